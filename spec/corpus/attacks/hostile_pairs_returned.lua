-- expect: contained
return setmetatable({ "contained" }, { __pairs = function() while true do end end, __index = function() while true do end end })[1]
