local support = require("spec.scripts.engine.support")

local fold = require("engine.fold")
local instants = require("engine.instants")

local wd, notify = support.wd, support.notify

local function small(change)
  local parts = {
    record = { { "name", nil, required = true }, { "list", "list" } },
    facts = {
      { id = "go", signs = true, effects = { notify("from_fact"),
        { kind = "document", name = "letter", series = "湘编办函", data = {}, line = 1 } },
        guards = { { text = "佐证材料未齐", line = 3, fn = function(case, form)
          return case.record.name ~= "bad" and form.text ~= "bad"
        end } }, form = { { "text" } } },
      { id = "paper" },
    },
    states = {
      { id = "a", on = { go = { among = { "b", "c" }, fn = function(case)
        return case.facts.go.count > 1 and "c" or case.record.name == "c" and "c" or "b"
      end }, ping = { to = "c" } }, late = { "paper" } },
      { id = "b", enter = { notify("in_b") }, on = { child_closed = { to = "c" } },
        takes = { "go" }, passes = { wait = { to = "c" } } },
      { id = "c", final = true, enter = { notify("in_c") } },
    },
    deadlines = { { id = "wait", starts = { "b" }, budget = wd(2), met = {} } },
    signals = { ping = { from = { other = true }, form = support.form({ { "text" } }) } },
  }
  if change then
    change(parts)
  end
  return support.def(parts)
end

local function opened(name, change)
  local case = support.case(small(change))
  return case:must("2026-09-14 09:00", "opened", { name = name or "x" })
end

describe("the fold", function()
  it("enters the first state when the case is opened", function()
    local case = opened()
    assert.are.equal("a", case.s.state)
    assert.are.same({ "entered a 2026-09-14" }, case:lines())
  end)

  it("hands out the fact's effects, then those of the state it enters", function()
    local case = opened():must("2026-09-14", "go")
    assert.are.same({ "f2#1", "f2#2", "e2#1" }, case:effects())
    assert.is_true(case.out.effects[2][3].signed)
  end)

  it("signs the papers of the state that a signing fact leads to, and of no other", function()
    local function with_paper(parts)
      parts.states[2].enter = { { kind = "document", name = "paper", data = {}, line = 1 } }
      parts.states[3].enter = { { kind = "document", name = "end", data = {}, line = 1 } }
    end
    local signed = {}
    for _, effect in ipairs(opened("x", with_paper):must("2026-09-14", "go"):to("2026-09-20").out.effects) do
      if effect[2] == "document" then
        signed[#signed + 1] = effect[3].name .. " " .. tostring(effect[3].signed)
      end
    end
    assert.are.same({ "letter true", "paper true", "end false" }, signed)
  end)

  it("says when the record changed: by defaults, by what a fact keeps, by a correction", function()
    local case = opened("x", function(parts)
      parts.facts[2].form = { { "name", nil, keeps = true } }
    end)
    assert.is_false(case.out.record)
    case:must("2026-09-14", "paper", { name = "y" })
    assert.is_true(case.out.record)
    assert.are.equal("y", case.s.record.name)
  end)

  it("lets a function choose among declared states", function()
    assert.are.equal("c", opened("c"):must("2026-09-14", "go").s.state)
  end)

  it("keeps the state for facts it takes, and records late papers", function()
    local case = opened():must("2026-09-14", "paper"):must("2026-09-14 11:00", "go")
    case:must("2026-09-14 12:00", "go")
    assert.are.equal("b", case.s.state)
    assert.are.equal(2, case.s.facts.go.n)
  end)

  it("moves a state when its deadline passes, and closes the case in a final one", function()
    local case = opened():must("2026-09-14", "go"):to("2026-09-16 23:59")
    assert.are.equal("b", case.s.state)
    case:to("2026-09-17")
    assert.are.equal("c", case.s.state)
    assert.is_true(case.s.closed)
    assert.are.same({ "e3:close" }, case:effects("close"))
    assert.is_false(fold.wake(case.s))
  end)

  it("ends a case that is withdrawn in any open state", function()
    local case = opened():must("2026-09-14", "withdrawn", { reason = "撤" })
    assert.are.equal("withdrawn", case.s.state)
    assert.is_true(case.s.closed)
  end)

  it("takes the end of a child as an event with its outcome", function()
    local case = opened():must("2026-09-14", "go")
    case:take("2026-09-15", "child_opened", "n1", { workflow = "talk", key = "e2#1" })
    case:take("2026-09-15 11:00", "child_closed", "n1", { workflow = "talk", outcome = "done" })
    assert.are.same({ number = "n1", workflow = "talk", key = "e2#1", state = "closed",
      outcome = "done" }, case.s.children[1])
    assert.are.equal("c", case.s.state)
  end)

  it("takes signals it declares, from whom it declares", function()
    local case = opened()
    local from = { number = "n", workflow = "stranger" }
    assert.are.equal("denied", case:take("2026-09-14", "signal", "ping", { from = from }).kind)
    assert.are.equal("missing", case:take("2026-09-14", "signal", "pong", { from = from }).kind)
    from.workflow = "other"
    assert.is_nil(case:take("2026-09-14", "signal", "ping", { from = from, data = {} }))
    assert.are.equal("c", case.s.state)
  end)

  it("takes earlier timers before a fact, and at equal instants the fact first", function()
    local case = support.case(support.transfer())
    case:must("2026-09-28 09:00", "opened", { term = wd(5) }):must("2026-09-28", "issued")
    case:must("2026-09-29", "signed", { on = "2026-09-29" })
    case:must("2026-10-13 00:00", "reported")
    assert.are.same({}, case:lines("passed"))
    assert.are.equal("submitted", case.s.dl.finish.status)
  end)

  it("stops after a bounded number of timers, however a script goes in circles", function()
    local case = opened("x", function(parts)
      parts.states[2].passes = { wait = { to = "b" } }
      parts.deadlines[1].budget = wd(0)
    end)
    case:must("2026-09-14", "go")
    local at = instants.read("2027-09-14")
    fold.advance(case.def, case.ctx, case.s, at, at, { rows = {}, effects = {} })
    assert.is_true(case.s.n < 2000)
  end)
end)

describe("admission", function()
  local cases = {
    { "an unknown fact, naming the right one", "gp", {}, "missing", "go" },
    { "a fact the state does not take", "reopened", { reason = "x" }, "conflict", "不接受" },
    { "what a guard forbids, in its words", "go", { text = "bad" }, "denied", "佐证材料未齐" },
    { "a field the form does not have", "go", { txet = "x" }, "invalid", "txet" },
    { "a pause where nothing may be paused", "paused", { reason = "x" }, "conflict", "暂停" },
  }
  for _, one in ipairs(cases) do
    it("refuses " .. one[1], function()
      local case = opened()
      local refused = case:fact("2026-09-14", one[2], one[3])
      assert.are.equal(one[4], refused and refused.kind)
      assert.is_truthy(refused.text:find(one[5], 1, true), refused.text)
    end)
  end

  it("refuses everything before the case is opened, and opening twice", function()
    local case = support.case(small())
    assert.are.equal("missing", case:fact("2026-09-14", "go").kind)
    assert.are.equal("invalid", case:fact("2026-09-14", "opened", {}).kind)
    case:must("2026-09-14", "opened", { name = "x" })
    assert.are.equal("conflict", case:fact("2026-09-14", "opened", { name = "x" }).kind)
  end)

  it("refuses facts once the case has ended", function()
    local case = opened("c"):must("2026-09-14", "go")
    assert.are.equal("conflict", case:fact("2026-09-15", "noted", { text = "x" }).kind)
  end)

  it("names the nearest right field when a function reads a wrong one", function()
    local case = opened("x", function(parts)
      parts.facts[1].guards[1].fn = function(c) return c.record.nmae end
    end)
    local ok, why = pcall(case.fact, case, "2026-09-14", "go")
    assert.is_false(ok)
    assert.is_truthy(tostring(why):find("name", 1, true))
  end)

  it("lets no function change the case", function()
    local case = opened("x", function(parts)
      parts.facts[1].guards[1].fn = function(c) c.state = "c" return true end
    end)
    assert.is_false((pcall(case.fact, case, "2026-09-14", "go")))
    assert.are.equal("a", case.s.state)
  end)
end)

describe("the hot path", function()
  it("reads a plain rung without touching anything but its timer and its rung", function()
    local case = support.case(support.transfer())
    case:must("2026-09-28 09:00", "opened", { term = wd(5) }):must("2026-09-28", "issued")
    case:must("2026-09-29", "signed", { on = "2026-09-29" }):to("2026-10-13 08:00")
    local out = { rows = {}, effects = {} }
    local wake = fold.wake(case.s)
    fold.advance(case.def, case.ctx, case.s, wake, wake, out)
    assert.are.equal(2, #out.rows)
    assert.are.same({ "overdue/1/call/1#1", "notify" }, { out.effects[1][1], out.effects[1][2] })
    assert.are.equal(instants.read("2026-10-13 09:00"), out.rows[1][4])
  end)
end)
