-- expect: refused
table.move(setmetatable({}, { __index = type }), 1, math.maxinteger - 1, 1, setmetatable({}, { __newindex = rawequal }))
