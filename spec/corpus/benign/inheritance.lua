local Base = {}
Base.__index = Base
function Base:name() return "基" end
local Sub = setmetatable({}, { __index = Base })
Sub.__index = Sub
assert(setmetatable({}, Sub):name() == "基")
