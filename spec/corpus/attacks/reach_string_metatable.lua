-- expect: contained
local mt = getmetatable("")
assert(type(mt) ~= "table")
assert(not pcall(setmetatable, "", {}))
return "contained"
