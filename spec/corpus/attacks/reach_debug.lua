-- expect: contained
assert(debug == nil)
return "contained"
