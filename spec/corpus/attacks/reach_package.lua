-- expect: contained
assert(package == nil)
return "contained"
