-- expect: stopped any
local t = { "return " }
for i = 1, 100000 do t[#t + 1] = "(" end
local s = table.concat(t)
while true do s = s .. s end
