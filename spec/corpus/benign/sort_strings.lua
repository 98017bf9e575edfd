local t = { "b", "a", "C", "丁" }
table.sort(t)
assert(table.concat(t) == "Cab丁")
