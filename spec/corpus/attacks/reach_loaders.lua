-- expect: contained
assert(load == nil and loadstring == nil and loadfile == nil and dofile == nil)
return "contained"
