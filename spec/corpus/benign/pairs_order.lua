local keys = {}
for k in pairs({ z = 1, a = 1, [10] = 1, [-1] = 1, [2] = 1, [true] = 1, [1.5] = 1 }) do keys[#keys + 1] = tostring(k) end
assert(table.concat(keys, " ") == "-1 2 10 a z 1.5 true")
