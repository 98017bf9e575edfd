local function sum(n) return n == 0 and 0 or n + sum(n - 1) end
assert(sum(10000) == 50005000)
