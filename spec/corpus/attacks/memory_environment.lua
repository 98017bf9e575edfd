-- expect: stopped memory
local _ENV = setmetatable({}, { __index = function(t, k) return t[k .. k] end })
return x
