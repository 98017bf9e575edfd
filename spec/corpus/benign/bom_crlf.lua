local s = [[一
二]]
assert(s == "一\n二")
