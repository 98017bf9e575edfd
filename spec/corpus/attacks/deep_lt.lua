-- expect: refused
local meta = {}
meta.__lt = function(a, b) return b < a end
return setmetatable({}, meta) < setmetatable({}, meta)
