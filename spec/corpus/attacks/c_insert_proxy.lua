-- expect: refused
table.insert(setmetatable({}, { __len = function() return math.maxinteger - 1 end, __newindex = rawequal, __index = type }), 1, 1)
