local parts = {}
for i = 1, 1000 do parts[i] = "第" .. i .. "项" end
assert(#table.concat(parts, "\n") > 8000)
