-- expect: contained
assert(string.dump == nil and ("").dump == nil)
return "contained"
