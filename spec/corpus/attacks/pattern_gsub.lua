-- expect: stopped time
local s = ("a"):rep(20000)
return s:gsub("a*a*a*b", "")
