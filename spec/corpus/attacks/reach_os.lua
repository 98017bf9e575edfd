-- expect: contained
assert(os == nil)
return "contained"
