local t = {}
for i = 1, 100 do t[i] = { key = i % 3, at = i } end
table.sort(t, function(x, y) return x.key < y.key end)
for i = 2, 100 do assert(t[i - 1].key < t[i].key or t[i - 1].at < t[i].at) end
