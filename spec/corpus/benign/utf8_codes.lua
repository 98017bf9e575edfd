local n = 0
for _, c in utf8.codes("三湘四水") do n = n + c end
assert(n > 0)
assert(utf8.char(0x7763, 0x529e) == "督办")
