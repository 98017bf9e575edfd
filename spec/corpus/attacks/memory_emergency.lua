-- expect: stopped memory
local mt = setmetatable({}, { __newindex = function(t, k, v) rawset(t, k, v) end })
local t = setmetatable({}, mt)
local keep = {}
while true do
  t[#keep] = ("y"):rep(4096) .. #keep
  keep[#keep + 1] = t
  t = setmetatable({}, { __newindex = mt.__newindex })
end
