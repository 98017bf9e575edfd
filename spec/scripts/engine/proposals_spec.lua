local support = require("spec.scripts.engine.support")

local wd = support.wd

local function proposed()
  local case = support.case(support.edges())
  case:must("2026-10-12 08:00", "opened", { unit = "a", units = {}, term = wd(5),
    meeting = "2026-10-30" })
  case:must("2026-10-12 10:00", "go"):to("2026-10-20 10:00")
  return case, "climb/1/third/1#0"
end

describe("a proposal", function()
  it("keeps what was shown and releases it with the last signature, papers signed", function()
    local case, key = proposed()
    case:take("2026-10-21", "approved", key, { by = "p1" })
    assert.are.equal(0, #case:effects("open"))
    case:take("2026-10-21 11:00", "approved", key, { by = "p2", basis = "10月21日会议" })
    case:take("2026-10-21 12:00", "approved", key, { by = "p3", basis = "10月21日会议" })
    assert.are.same({ "climb/1/third/1#1" }, case:effects("open"))
    for _, effect in ipairs(case.out.effects) do
      if effect[2] == "document" then
        assert.are.equal("climb/1/third/1#2", effect[1])
        assert.is_true(effect[3].signed)
      end
    end
    assert.are.same({ "released climb/third 2026-10-21" }, case:lines("released"))
  end)

  local refusals = {
    { "a signature without the meeting it needs", { by = "p2" }, "invalid" },
    { "a signature out of order", { by = "p2", sign = 1, basis = "会议" }, "conflict" },
  }
  for _, one in ipairs(refusals) do
    it("refuses " .. one[1], function()
      local case, key = proposed()
      case:take("2026-10-21", "approved", key, { by = "p1" })
      assert.are.equal(one[3], case:take("2026-10-21 11:00", "approved", key, one[2]).kind)
    end)
  end

  it("refuses the same person twice where all must sign", function()
    local case, key = proposed()
    case:take("2026-10-21", "approved", key, { by = "p1" })
    case:take("2026-10-21 11:00", "approved", key, { by = "p2", basis = "会议" })
    local refused = case:take("2026-10-21 12:00", "approved", key, { by = "p2", basis = "会议" })
    assert.are.equal("conflict", refused.kind)
  end)

  it("refuses approval when the step no longer holds", function()
    local case, key = proposed()
    case:must("2026-10-21", "stop")
    assert.are.equal("conflict", case:take("2026-10-21 11:00", "approved", key, { by = "p1" }).kind)
  end)

  it("returns to the drafter in the end, and its step was not carried out", function()
    local case, key = proposed()
    case:to("2026-10-24 00:00")
    assert.are.same({}, case:lines("expired"))
    case:to("2026-10-27 00:00")
    assert.are.same({ "expired climb/third 2026-10-27" }, case:lines("expired"))
    assert.is_nil(case.s.props[key])
    assert.are.equal("expired", case.s.rungs.climb.steps.third.fires[1].o)
    case:to("2026-11-20")
    assert.are.equal(0, case.s.rungs.climb.steps.fourth.n)
    local found
    for _, effect in ipairs(case.out.effects) do
      found = found or effect[3].template == "proposal_returned" and effect[3].to[1].role
    end
    assert.are.equal("clerk", found)
  end)

  it("is dropped when its rung moves into the future", function()
    local case, key = proposed()
    case:must("2026-10-20 11:00", "extension_granted", { workdays = 5, deadline = "main" })
    assert.is_nil(case.s.props[key])
    case:to("2026-10-28")
    assert.is_truthy(case.s.props["climb/1/third/2#0"])
  end)
end)
