local support = require("spec.scripts.engine.support")

local wd, days = support.wd, support.days

local function signed(term, change)
  local case = support.case(support.transfer(change))
  case:must("2026-09-28 09:00", "opened", { lead_unit = "edu", term = term or wd(5) })
  case:must("2026-09-28", "issued")
  case:must("2026-09-29", "signed", { on = "2026-09-29" })
  return case
end

local function clock(value)
  return function(parts)
    parts.deadlines[1].returned.clock = value
  end
end

describe("a due day", function()
  local cases = {
    { "5 workdays over the holiday", wd(5), nil, "2026-10-12" },
    { "15 days", days(15), nil, "2026-10-14" },
    { "1 month", { kind = "months", n = 1 }, nil, "2026-10-29" },
    { "a date, which is the due day itself", { kind = "date", date = "2026-10-31" }, nil,
      "2026-10-31" },
    { "after a submission and a return with the clock going on", wd(5), {
      { "2026-10-08", "reported" }, { "2026-10-12", "sent_back" } }, "2026-10-15" },
    { "after a pause over two workdays", wd(5), {
      { "2026-09-30", "paused", { reason = "等" } }, { "2026-10-09", "resumed" } }, "2026-10-14" },
    { "after overlapping pauses, which merge", wd(5), {
      { "2026-09-30", "paused", { reason = "等" } }, { "2026-10-08", "paused", { reason = "再等" } },
      { "2026-10-09", "resumed" } }, "2026-10-14" },
    { "in days after a pause, which gives back days", days(15), {
      { "2026-09-30", "paused", { reason = "等" } }, { "2026-10-09", "resumed" } }, "2026-10-23" },
    { "after an extension in workdays", wd(5), {
      { "2026-10-08", "extension_granted", { workdays = 3 } } }, "2026-10-15" },
    { "after an extension to a day, on that very day", wd(5), {
      { "2026-10-08", "extension_granted", { to = "2026-10-17" } } }, "2026-10-17" },
    { "after a start that was corrected", wd(5), {
      { "2026-10-08", "corrected", { fact = "signed", reason = "误", occurred = "2026-09-28" } } },
      "2026-10-10" },
    { "after a term that was corrected", wd(5), {
      { "2026-10-08", "corrected", { fact = "opened", reason = "误",
        data = { term = "3个工作日" } } } }, "2026-10-09" },
  }
  for _, one in ipairs(cases) do
    it("is right for " .. one[1], function()
      local case = signed(one[2])
      for _, fact in ipairs(one[3] or {}) do
        case:must(fact[1], fact[2], fact[3])
      end
      assert.are.equal(one[4], case.s.dl.finish.text)
    end)
  end

  it("counts anew after a return that restarts the clock", function()
    local case = signed(wd(5), clock("restart"))
    case:must("2026-10-08", "reported"):must("2026-10-12", "sent_back")
    assert.are.equal("2026-10-19", case.s.dl.finish.text)
  end)

  it("gives some workdays after a return that says so", function()
    local case = signed(wd(5), clock(wd(2)))
    case:must("2026-10-08", "reported"):must("2026-10-12", "sent_back")
    assert.are.equal("2026-10-14", case.s.dl.finish.text)
    assert.are.equal(1, case.s.dl.finish.arm)
  end)

  it("is counted back from a date of the record", function()
    local case = support.case(support.edges())
    case:must("2026-09-21 09:00", "opened", { term = wd(5), meeting = "2026-10-15" })
    case:must("2026-09-21", "go")
    assert.are.equal("2026-10-12", case.s.dl.before.text)
  end)

  it("is provisional beyond the last known year", function()
    local case = support.case(support.transfer())
    case:must("2026-12-28 09:00", "opened", { term = wd(8) }):must("2026-12-28", "issued")
    case:must("2026-12-29", "signed", { on = "2026-12-29" })
    assert.is_true(case.s.dl.finish.prov)
    assert.is_nil(signed().s.dl.finish.prov)
  end)

  it("keeps the original day in the chain of extensions", function()
    local case = signed():must("2026-10-08", "extension_granted", { workdays = 3 })
    local chain = case.s.dl.finish.chain
    assert.are.equal(2, #chain)
    assert.are.equal(chain[1] + 3, chain[2])
    assert.are.equal("2026-10-12", case.s.dl.finish.ext[1].was)
  end)

  it("moves with a changed calendar only when that is recorded", function()
    local case = signed()
    case.ctx.calendar = "c2"
    case:to("2026-09-30")
    assert.are.equal("2026-10-12", case.s.dl.finish.text)
    case:take("2026-09-30 11:00", "calendar_changed", "calendar", { calendar = "c2" })
    assert.are.equal("2026-10-15", case.s.dl.finish.text)
  end)
end)

describe("a deadline", function()
  it("does not run where the term is open", function()
    local case = signed({ kind = "open", reason = "长期坚持" })
    assert.are.equal("open", case.s.dl.finish.status)
    assert.is_false(require("engine.fold").wake(case.s))
  end)

  it("passes at 24:00 of its due day, once", function()
    local case = signed()
    case:to("2026-10-12 23:59")
    assert.are.same({}, case:lines("passed"))
    case:to("2026-10-13 00:00")
    assert.are.same({ "passed finish 2026-10-13" }, case:lines("passed"))
  end)

  it("is not passed by a unit that submitted in time, however long the office reviews", function()
    local case = signed():must("2026-10-12", "reported")
    case:to("2026-11-20")
    assert.are.equal("submitted", case.s.dl.finish.status)
    assert.are.same({}, case:lines("rung overdue/call"))
  end)

  it("takes back its passing when the submission turns out to be older", function()
    local case = signed()
    case:to("2026-10-13 12:00")
    case:must("2026-10-14", "reported", { on = "2026-10-10" })
    assert.are.same({ "superseded finish:passed 2026-10-14",
      "superseded overdue/call 2026-10-14" }, case:lines("superseded"))
    assert.are.equal("overdue/1/call/1#", case.out.effects[#case.out.effects][3].key)
    assert.are.equal("submitted", case.s.dl.finish.status)
  end)

  it("fails the fact when it cannot be armed", function()
    local case = support.case(support.edges())
    case:must("2026-09-21 09:00", "opened", { term = wd(5) })
    local refused = case:fact("2026-09-21", "go")
    assert.are.equal("invalid", refused.kind)
    assert.is_truthy(refused.text:find("before", 1, true))
    assert.are.equal("open", case.s.state)
  end)

  it("is armed again by a new start and by reopening, under the next number", function()
    local case = signed():must("2026-10-08", "reported"):must("2026-10-09", "accepted")
    case:must("2026-11-02", "reopened", { reason = "反弹" })
    assert.are.equal(2, case.s.dl.finish.arm)
    assert.are.equal("2026-11-09", case.s.dl.finish.text)
    case:to("2026-11-10")
    assert.are.equal("overdue/2/call/1#1", case:effects("notify")[#case:effects("notify")])
  end)
end)

describe("what a deadline refuses", function()
  local cases = {
    { "a second extension", { { "2026-10-08", "extension_granted", { workdays = 3 } } },
      { "2026-10-09", "extension_granted", { workdays = 3 } }, "conflict", "最多延期 1 次" },
    { "an extension beyond the total", {}, { "2026-10-08", "extension_granted",
      { workdays = 21 } }, "conflict", "最迟可延至 2026-11-09" },
    { "an extension to an earlier day", {}, { "2026-10-08", "extension_granted",
      { to = "2026-10-09" } }, "invalid", "不晚于" },
    { "an extension that says nothing", {}, { "2026-10-08", "extension_granted", {} }, "invalid",
      "workdays" },
    { "resuming what is not paused", {}, { "2026-10-08", "resumed", {} }, "conflict", "没有暂停" },
    { "a fact of tomorrow", {}, { "2026-10-08", "reported", { on = "2026-10-09" } }, "invalid",
      "还没有到" },
    { "correcting what was never recorded", {}, { "2026-10-08", "corrected",
      { fact = "reported", reason = "误" } }, "missing", "无从更正" },
  }
  for _, one in ipairs(cases) do
    it("is " .. one[1], function()
      local case = signed()
      for _, fact in ipairs(one[2]) do
        case:must(fact[1], fact[2], fact[3])
      end
      case:to(one[3][1] .. " 09:59")
      local before = support.dump(case.s)
      local refused = case:fact(one[3][1], one[3][2], one[3][3])
      assert.are.equal(one[4], refused and refused.kind)
      assert.is_truthy(refused.text:find(one[5], 1, true), refused.text)
      assert.are.equal(before, support.dump(case.s))
    end)
  end
end)
