local closed
local co = coroutine.create(function()
  local _ <close> = setmetatable({}, { __close = function() closed = true end })
  coroutine.yield()
end)
coroutine.resume(co)
assert(coroutine.close(co) and closed)
