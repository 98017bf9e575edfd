-- expect: refused
local meta = {}
meta.__eq = function() return setmetatable({}, meta) == setmetatable({}, meta) end
return setmetatable({}, meta) == setmetatable({}, meta)
