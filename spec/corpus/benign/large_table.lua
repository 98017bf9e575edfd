local t = {}
for i = 1, 20000 do t[i] = { i } end
local n = 0
for _, v in ipairs(t) do n = n + v[1] end
assert(n == 200010000)
