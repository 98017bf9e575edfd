-- expect: stopped memory
local s = ("\0"):rep(8000000)
while true do
  s = string.format("%q", s)
end
