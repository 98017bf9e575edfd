-- expect: stopped time
local s = ("ab"):rep(100000)
while true do
  s:find("%f[%w]%f[%W]z")
end
