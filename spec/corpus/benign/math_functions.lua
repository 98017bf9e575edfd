assert(math.floor(3.7) == 3 and math.ceil(3.2) == 4 and math.max(1, 5, 3) == 5)
assert(math.abs(-2) == 2 and math.sqrt(16) == 4 and math.fmod(7, 3) == 1 and math.huge > 1)
