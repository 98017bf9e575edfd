-- expect: stopped time
::again::
coroutine.wrap(function() goto on ::on:: end)()
goto again
