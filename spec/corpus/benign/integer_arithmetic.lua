assert(7 // 2 == 3 and -7 // 2 == -4 and 7 % -3 == -2)
assert(math.maxinteger + 1 == math.mininteger)
assert(math.type(10 / 2) == "float" and math.tointeger(5.0) == 5)
