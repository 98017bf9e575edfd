-- expect: stopped time
local t = {}
for i = 1, 200 do t[i] = i end
while true do
  for k in pairs(t) do t[k] = nil t[k] = 1 end
end
