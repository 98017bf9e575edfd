local y, m, d = ("2026年9月28日"):match("^(%d+)年(%d+)月(%d+)日$")
assert(y == "2026" and m == "9" and d == "28")
