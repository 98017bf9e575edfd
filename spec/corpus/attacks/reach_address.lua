-- expect: contained
assert(not tostring({}):find("0x") and not tostring(print):find("0x"))
assert(not string.format("%s", {}):find("0x"))
assert(not pcall(string.format, "%p", {}))
assert(not ("%s"):format(coroutine.create(print)):find("0x"))
return "contained"
