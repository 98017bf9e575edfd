-- expect: stopped memory
local t = {}
for i = 1, 200000 do t[i] = 0x4e00 end
local s = utf8.char(table.unpack(t))
while true do s = s .. s end
