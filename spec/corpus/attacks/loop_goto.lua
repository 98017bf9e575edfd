-- expect: stopped time
::again::
goto again
