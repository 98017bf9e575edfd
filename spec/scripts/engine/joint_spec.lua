-- A joint signature: each of those named signs, and nobody stands for two of them.
local proposals = require("engine.proposals")

local function waiting(as)
  return { sign = 1, signs = { { who = { { kind = "role", role = "deputy" }, { kind = "role", role = "commission" } },
    all_of = true } }, as = as }
end

describe("proposals.stands_for", function()
  local cases = {
    { "the first who signs stands for the first side held", nil, { 1 }, 1 },
    { "who holds both stands for the side that is still open", { 1 }, { 1, 2 }, 2 },
    { "a second one of the same side stands for nothing", { 1 }, { 1 }, nil },
    { "the other side completes it", { 1 }, { 2 }, 2 },
    { "without word from the host the next open side counts", { 1 }, nil, 2 },
  }
  for _, case in ipairs(cases) do
    it(case[1], function()
      assert.equal(case[4], proposals.stands_for(waiting(case[2]), { as = case[3] }))
    end)
  end
end)
