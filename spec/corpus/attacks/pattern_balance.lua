-- expect: stopped time
local s = ("("):rep(200000)
return s:find("%b()")
