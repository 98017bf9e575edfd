local shown = setmetatable({}, { __index = { "甲", "乙" }, __len = function() return 2 end })
assert(table.concat(shown, "、") == "甲、乙")
assert(select("#", table.unpack(shown)) == 2)
