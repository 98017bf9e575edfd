local t = { 1, 2, 3 }
table.insert(t, 4)
table.insert(t, 1, 0)
assert(table.remove(t) == 4 and table.remove(t, 1) == 0 and #t == 3)
assert(table.concat(table.move(t, 1, 3, 2), ",") == "1,1,2,3")
