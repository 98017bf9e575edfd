-- expect: refused
return coroutine.create(function() end)
