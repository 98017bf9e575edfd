local t = setmetatable({}, { __tostring = function() return "第一项" end })
assert(("%s"):format(t) == "第一项" and tostring(t) == "第一项")
assert(tostring(nil) == "nil" and tostring(true) == "true" and ("%s %s"):format(1, nil) == "1 nil")
