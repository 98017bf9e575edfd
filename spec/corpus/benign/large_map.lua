local t = {}
for i = 1, 5000 do t["键" .. i] = i end
local n = 0
for _, v in pairs(t) do n = n + v end
assert(n == 12502500)
