local s = "湖南省委编办"
assert(s:sub(1, utf8.offset(s, 3) - 1) == "湖南")
