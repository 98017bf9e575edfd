local function counter()
  local n = 0
  return function()
    n = n + 1
    return n
  end
end
local a, c = counter(), counter()
a()
assert(a() == 2 and c() == 1)
