-- expect: contained
local function h() error("again") end
local ok = xpcall(error, h, "x")
assert(not ok)
return "contained"
