local log = {}
do
  local a <close> = setmetatable({}, { __close = function() log[#log + 1] = "a" end })
  local b <close> = setmetatable({}, { __close = function() log[#log + 1] = "b" end })
end
assert(table.concat(log) == "ba")
local c <const> = 1
assert(c == 1)
