-- expect: stopped memory
local t = {}
for i = 1, 100 do t[i] = ("x"):rep(1 << 20) end
return table.concat(t)
