local seen = {}
for k in pairs({ ["丙"] = 1, ["甲"] = 1, ["乙"] = 1 }) do seen[#seen + 1] = k end
assert(table.concat(seen) == "丙乙甲")
