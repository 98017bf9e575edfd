-- expect: contained
assert(require == nil or not pcall(require, "raw.codec"))
assert(require == nil or not pcall(require, "engine.service"))
return "contained"
