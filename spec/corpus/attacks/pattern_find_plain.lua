-- expect: stopped time
local s = ("a"):rep(4000000)
local p = ("a"):rep(2000000) .. "b"
while true do s:find(p, 1, true) end
