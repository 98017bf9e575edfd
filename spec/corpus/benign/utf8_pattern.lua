local out = {}
for c in ("督办事项"):gmatch(utf8.charpattern) do out[#out + 1] = c end
assert(#out == 4 and out[2] == "办")
