-- expect: refused
return table.concat(setmetatable({}, { __len = function() return 2 ^ 40 // 1 | 0 end, __index = function() return "" end }))
