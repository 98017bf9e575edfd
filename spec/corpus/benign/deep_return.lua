local t = {}
local top = t
for _ = 1, 60 do
  t.inner = {}
  t = t.inner
end
return top
