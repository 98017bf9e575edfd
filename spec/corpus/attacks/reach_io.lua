-- expect: contained
assert(io == nil)
return "contained"
