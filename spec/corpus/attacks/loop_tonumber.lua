-- expect: stopped time
local s = ("9"):rep(100000)
while true do
  tonumber(s)
  tonumber(s, 36)
end
