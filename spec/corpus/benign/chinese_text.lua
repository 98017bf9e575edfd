local unit = "省教育厅"
assert(#unit == 12 and utf8.len(unit) == 4)
return "督办：" .. unit
