-- expect: refused
local t = {}
local top = t
for _ = 1, 200000 do
  t[1] = {}
  t = t[1]
end
return top
