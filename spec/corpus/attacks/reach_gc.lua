-- expect: refused
setmetatable({}, { __gc = function() while true do end end })
