-- expect: contained
assert(not pcall(select, -1))
assert(select("#") == 0)
return "contained"
