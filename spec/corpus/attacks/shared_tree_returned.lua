-- expect: stopped any
local t = { 1 }
for _ = 1, 60 do t = { t, t } end
return t
