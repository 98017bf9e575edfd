local support = require("spec.scripts.engine.support")

local wd = support.wd

local function busy(record, change)
  local values = { unit = "a", units = { "x", "y" }, term = wd(5), meeting = "2026-10-30" }
  for key, value in next, record or {} do
    values[key] = value
  end
  local case = support.case(change or support.edges())
  return case:must("2026-10-12 08:00", "opened", values):must("2026-10-12 10:00", "go")
end

-- The decisions of one ladder as "kind step day".
local function of(case, ladder)
  local out = {}
  for _, line in ipairs(case:lines()) do
    local kind, step, day = line:match("^(%S+) " .. ladder .. "/(%S+) (%S+)$")
    if kind and kind ~= "noted" then
      out[#out + 1] = kind .. " " .. step .. " " .. day:sub(6)
    end
  end
  return out
end

local function proposal(case, step)
  for key, prop in next, case.s.props do
    if prop.s == step then
      return key
    end
  end
  return nil
end

local function sign(case, date, step, by, basis)
  return case:take(date, "approved", proposal(case, step), { by = by, basis = basis })
end

describe("a ladder", function()
  it("reaches its rungs at the opening hour, before and after the due day", function()
    local case = busy():to("2026-10-20 08:59")
    assert.are.same({ "rung first 10-15", "rung second 10-19" }, of(case, "climb"))
    case:to("2026-10-20 09:00")
    assert.are.same({ "rung first 10-15", "rung second 10-19", "rung third 10-20",
      "proposed third 10-20" }, of(case, "climb"))
  end)

  it("skips a step whose condition says so, and does not count it as reached", function()
    local case = busy({ free = true }):to("2026-10-19")
    assert.are.same({ "rung first 10-15", "skipped second 10-19" }, of(case, "climb"))
    assert.are.equal(0, case.s.rungs.climb.steps.second.n)
  end)

  it("can be entered higher", function()
    local case = busy({ high = true }):to("2026-10-21")
    assert.are.same({ "skipped first 10-12", "skipped second 10-12", "rung third 10-20",
      "proposed third 10-20" }, of(case, "climb"))
  end)

  it("fires a rung of the past at once where early says now, and not where it says skip", function()
    local case = busy({ term = wd(1), meeting = "2026-10-16" })
    assert.are.same({ "rung first 10-12" }, of(case, "climb"))
    assert.are.same({ "skipped e1 10-12" }, of(case, "early"))
  end)

  it("lets a step after another stand on the day that one was released", function()
    local case = busy():to("2026-10-22")
    sign(case, "2026-10-22 11:00", "third", "p1")
    assert.is_nil(sign(case, "2026-10-23 11:00", "third", "p2", "会议"))
    sign(case, "2026-10-23 12:00", "third", "p3", "会议")
    case:to("2026-10-27 08:00")
    assert.are.equal(0, case.s.rungs.climb.steps.fourth.n)
    case:to("2026-10-27 09:00")
    assert.are.equal(1, case.s.rungs.climb.steps.fourth.n)
  end)

  it("jumps: the goal fires at once, those between are skipped", function()
    local case = busy():to("2026-10-20")
    case:take("2026-10-20 11:00", "rejected", proposal(case, "third"), { by = "p1" })
    case:to("2026-10-22 10:00")
    local lines = of(case, "climb")
    assert.are.same({ "dropped third 10-20", "rung fourth 10-22", "jumped fourth 10-22",
      "skipped fifth 10-22", "rung sixth 10-22" }, { table.unpack(lines, 5) })
  end)

  it("repeats a step a bounded number of times under new keys", function()
    local case = busy():to("2026-11-30")
    assert.are.same({ "rung s1 10-20", "rung s1 10-21", "rung s1 10-22", "rung s1 10-23",
      "rung s2 10-30", "proposed s2 10-30" }, of(case, "side"))
    local keys = {}
    for _, key in ipairs(case:effects("notify")) do
      keys[#keys + 1] = key:match("^side/1/s1/%d#1$")
    end
    assert.are.same({ "side/1/s1/1#1", "side/1/s1/2#1", "side/1/s1/3#1", "side/1/s1/4#1" }, keys)
  end)

  it("hands out one effect for each element of a list", function()
    local case = busy():to("2026-12-31")
    local keys = {}
    for _, key in ipairs(case:effects("notify")) do
      keys[#keys + 1] = key:match("^climb/1/sixth/1#%d$")
    end
    assert.are.same({ "climb/1/sixth/1#1", "climb/1/sixth/1#2" }, keys)
  end)

  it("shifts its rungs by the time it was held", function()
    local case = busy():must("2026-10-19 12:00", "hold")
    case:to("2026-10-25")
    assert.are.same({}, of(case, "side"))
    case:must("2026-10-26 08:00", "resume")
    case:to("2026-10-28")
    assert.are.same({ "rung s1 10-27", "rung s1 10-28" }, of(case, "side"))
  end)

  it("moves its rungs with an extension and fires again what had fired too early", function()
    local case = busy():to("2026-10-15 12:00")
    case:must("2026-10-16", "extension_granted", { workdays = 5, deadline = "main" })
    case:to("2026-10-26")
    assert.are.same({ "rung first 10-15", "superseded first 10-16", "rung first 10-22",
      "rung second 10-26" }, of(case, "climb"))
    assert.are.equal("climb/1/first/2#1", case:effects("notify")[3])
  end)

  it("ends with what stops it, drops what waits and withdraws its children", function()
    local case = busy():to("2026-10-20"):must("2026-10-20 15:00", "stop")
    case:to("2027-02-01")
    assert.are.same({ "dropped third 10-20" }, { table.unpack(of(case, "climb"), 5) })
    assert.are.equal(1, #case:effects("withdraw"))
    assert.is_nil(proposal(case, "third"))
  end)

  it("ends what stands after a rejected step, unless the step says skip", function()
    local case = busy():to("2026-10-30 10:00")
    case:take("2026-10-30 11:00", "rejected", proposal(case, "s2"), { by = "p1" })
    assert.are.same({ "dropped s2 10-30", "skipped s3 10-30" },
      { table.unpack(of(case, "side"), 7) })
  end)

  it("lets a next step fire when a message reaches nobody", function()
    local case = busy():to("2026-10-15 12:00")
    case:take("2026-10-15 13:00", "unreachable", "climb/1/first/1#1", { who = "x" })
    assert.are.same({ "rung first 10-15", "rung second 10-15" }, of(case, "climb"))
  end)

  it("tells the administrator by default", function()
    local case = busy():to("2026-10-20 12:00")
    case:take("2026-10-20 13:00", "unreachable", "side/1/s1/1#1", { who = "x" })
    local last = case.out.effects[#case.out.effects]
    assert.are.equal("unreachable", last[3].template)
    assert.are.equal("admin", last[3].to[1].role)
  end)
end)

describe("after an outage", function()
  local function outage()
    return busy({ meeting = "2026-10-20" }):to("2026-10-14"):outage("2026-11-10 10:00")
  end

  it("plan puts the rungs on a list that a person signs", function()
    local case = outage()
    local first = "climb/1/first/1#plan"
    assert.is_truthy(case.s.plan[first])
    assert.are.equal("planned first 10-15", of(case, "climb")[1])
    case:take("2026-11-10 11:00", "plan_signed", "plan", { fire = { first },
      skip = { "climb/1/second/1#plan" }, reason = "过时" })
    local lines = of(case, "climb")
    assert.are.same({ "rung first 11-10", "skipped second 11-10" },
      { lines[#lines - 1], lines[#lines] })
    assert.are.equal("conflict", case:take("2026-11-10 12:00", "plan_signed", "plan",
      { fire = { first } }).kind)
  end)

  it("once makes up the last rung only", function()
    local lines = of(outage(), "side")
    assert.are.same({ "skipped s1 10-20", "skipped s1 10-21", "skipped s1 10-22",
      "skipped s1 10-23", "rung s2 11-10", "proposed s2 11-10" }, lines)
  end)

  it("each makes up every rung, dated when it really happened", function()
    local case = busy({ meeting = "2026-10-20" }):outage("2026-11-10 10:00")
    assert.are.same({ "skipped e1 10-12", "rung e2 11-10" }, of(case, "early"))
  end)

  it("within grace nothing is late", function()
    local case = busy():outage("2026-10-16 18:00")
    assert.are.same({ "rung first 10-15" }, of(case, "climb"))
  end)
end)
