-- expect: stopped time
local e = setmetatable({}, { __tostring = function() while true do end end })
local ok, got = pcall(error, e)
return tostring(got)
