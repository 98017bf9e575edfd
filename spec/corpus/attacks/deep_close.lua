-- expect: refused
local function f(n)
  local x <close> = setmetatable({}, { __close = function() f(n + 1) end })
  return n
end
f(1)
