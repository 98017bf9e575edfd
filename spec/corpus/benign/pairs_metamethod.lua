local t = setmetatable({}, { __pairs = function() return ipairs({ "甲" }) end })
for i, v in pairs(t) do assert(i == 1 and v == "甲") end
