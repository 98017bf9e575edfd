-- expect: stopped time
local s = ("\xfd\xbf\xbf\xbf\xbf\xbf"):rep(10000)
while true do
  for _ in utf8.codes(s, true) do end
end
