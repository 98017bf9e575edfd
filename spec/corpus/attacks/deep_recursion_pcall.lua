-- expect: stopped any
local function f() return pcall(f) and 1 + f() end
return f()
