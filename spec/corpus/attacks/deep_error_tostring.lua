-- expect: stopped any
local e = setmetatable({}, { __tostring = function(s) error(s) end })
error(e)
