local function f(...) return select("#", ...), (select(2, ...)) end
local n, second = f(1, nil, 3)
assert(n == 3 and second == nil)
assert(table.pack(1, 2).n == 2 and select(2, table.unpack({ 1, 2 })) == 2)
