local t = { 5, 3, 9, 1 }
table.sort(t)
assert(table.concat(t, ",") == "1,3,5,9")
