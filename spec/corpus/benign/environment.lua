local _ENV = { assert = assert, x = 1 }
x = x + 1
assert(x == 2)
