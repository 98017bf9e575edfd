-- expect: stopped time
for i = 1, 2, 1e-300 do local _ = i end
