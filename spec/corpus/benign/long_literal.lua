local s = [==[
第一行
第二行 ]] 未完
]==]
assert(select(2, s:gsub("\n", "")) == 2)
