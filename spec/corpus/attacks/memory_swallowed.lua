-- expect: stopped memory
local t = {}
while true do pcall(function() t[#t + 1] = ("x"):rep(1 << 16) .. #t end) end
