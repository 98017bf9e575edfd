local co = coroutine.create(function(x)
  local y = coroutine.yield(x + 1)
  return y * 2
end)
assert(select(2, coroutine.resume(co, 1)) == 2)
assert(select(2, coroutine.resume(co, 21)) == 42)
assert(coroutine.status(co) == "dead")
assert(not coroutine.resume(co))
