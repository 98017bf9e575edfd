-- expect: stopped memory
local t = {}
for _ = 1, 1e7 do
  t = setmetatable({}, { __index = t })
end
