-- expect: contained
pcall(function() string.format = function() return "evil" end end)
pcall(function() string.rep = nil end)
assert(("%d"):format(1) == "1")
return "contained"
