local t = { 5, 3, 9, 1 }
table.sort(t, function(x, y) return x > y end)
assert(t[1] == 9 and t[4] == 1)
