-- expect: contained
pcall(setmetatable, _ENV, { __index = function() while true do end end, __newindex = error })
return "contained"
