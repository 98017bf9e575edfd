-- expect: stopped time
while true do coroutine.wrap(function() coroutine.yield() end)() end
