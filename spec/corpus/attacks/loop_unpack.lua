-- expect: stopped time
local s = ("\0"):rep(100000)
while true do
  pcall(string.unpack, ("x"):rep(100000), s)
end
