local co = coroutine.create(function() error("坏了", 0) end)
local ok, why = coroutine.resume(co)
assert(not ok and why == "坏了")
assert(not pcall(coroutine.wrap(function() error("x") end)))
