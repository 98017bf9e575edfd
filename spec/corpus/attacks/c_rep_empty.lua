-- expect: contained
assert(("").rep("", 1 << 62) == "")
return "contained"
