local base = require("language.base")

local function run(source)
  local env = base.environment(base.build())
  return assert(load(source, "=script", "t", env))()
end

describe("base", function()
  local values = {
    { "sorts stably", [[local t = { { 1, "a" }, { 0, "b" }, { 1, "c" }, { 0, "d" } }
      table.sort(t, function(x, y) return x[1] < y[1] end)
      return t[1][2] .. t[2][2] .. t[3][2] .. t[4][2] ]], "bdac" },
    { "walks integers first, then strings", [[local t, out = { b = 1, a = 1, [2] = 1, [10] = 1,
      [1] = 1 }, ""
      for k in pairs(t) do out = out .. k .. " " end return out]], "1 2 10 a b " },
    { "steps in the same order with next", [[local t = { b = 1, a = 1, [3] = 1 }
      return next(t) .. next(t, 3) .. next(t, "a") .. tostring(next(t, "b"))]], "3abnil" },
    { "shows no addresses", [[return tostring({}) .. tostring(print or pairs)
      .. string.format("%s", {})]], "tablefunctiontable" },
    { "has no way out", [[return tostring(os or io or debug or load or package or getmetatable
      or collectgarbage or dofile or rawset or string.dump or math.random or math.sin)]], "nil" },
  }
  for _, case in ipairs(values) do
    it(case[1], function()
      assert.are.equal(case[3], run(case[2]))
    end)
  end

  local refusals = {
    "x = 1", "string.x = 1", "table.insert = nil", "return string.rep('x', 1 << 30)",
    "return string.format('%p', {})", "setmetatable({}, { __gc = 1 })",
    "setmetatable({}, { __mode = 'k' })", "setmetatable(string, {})",
      "table.move({}, 1, 1 << 40, 2)",
    "for _ in pairs({ [{}] = 1 }) do end",
  }
  for _, source in ipairs(refusals) do
    it("refuses " .. source, function()
      assert.has_error(function()
        run(source)
      end)
    end)
  end

  it("sorts like the stock sort", function()
    for size = 0, 60 do
      local list, other = {}, {}
      for at = 1, size do
        list[at] = (at * 7919) % 31
        other[at] = list[at]
      end
      base.sort(list)
      table.sort(other)
      assert.are.same(other, list)
    end
  end)
end)
