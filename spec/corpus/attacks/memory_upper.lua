-- expect: stopped memory
local s = ("x"):rep(12 << 20)
local u = s:upper()
return u:reverse() .. s
