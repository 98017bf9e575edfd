-- expect: stopped memory
local t = {}
t[1 << 24] = 1
for i = 1, 1 << 24 do t[i] = i end
