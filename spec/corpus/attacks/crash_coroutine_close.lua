-- expect: stopped any
local co
for _ = 1, 200000 do
  local before = co
  co = coroutine.create(function()
    local x <close> = setmetatable({}, { __close = function() if before then coroutine.close(before) end end })
    coroutine.yield()
  end)
  coroutine.resume(co)
end
coroutine.close(co)
