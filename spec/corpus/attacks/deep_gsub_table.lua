-- expect: refused
local t = setmetatable({}, { __index = function(t) return (("x"):gsub(".", t)) end })
return (("x"):gsub(".", t))
