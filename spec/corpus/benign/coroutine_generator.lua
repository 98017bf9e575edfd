local function upto(n)
  return coroutine.wrap(function() for i = 1, n do coroutine.yield(i) end end)
end
local sum = 0
for i in upto(100) do sum = sum + i end
assert(sum == 5050)
