-- expect: stopped memory
local t = {}
for i = 1, 900000 do t[i] = i end
local function f(...)
  return select("#", ...) + f(...)
end
return f(table.unpack(t, 1, 200000))
