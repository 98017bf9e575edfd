local V = {}
V.__index = V
V.__add = function(x, y) return setmetatable({ n = x.n + y.n }, V) end
V.__eq = function(x, y) return x.n == y.n end
V.__lt = function(x, y) return x.n < y.n end
local one, two = setmetatable({ n = 1 }, V), setmetatable({ n = 2 }, V)
assert(one + one == two and one < two)
