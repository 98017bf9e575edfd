-- expect: contained
assert(collectgarbage == nil)
return "contained"
