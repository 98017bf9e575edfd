-- What scripts may say beside the plainest: deadlines that apply or not, functions that give markers, forms in
-- effects, facts of every case written anew, and the text of a correction.
local builtins = require("language.schema.builtins")
local load = require("language.load")
local objects = require("language.objects")
local support = require("spec.scripts.engine.support")
local words = require("words")

local SCRIPT = [[
return workflow "甲" {
  id = "one", code = "AB", counts = "from_next_day", lands = "next_workday",
  settings = { short = { "短", workdays(3) }, long = { "长", workdays(8) } },
  record = { { "unit", "单位", text }, { "urgent", "急", bool }, { "skip", "不设", bool },
    { "rows", "行", list(text) } },
  fact "办" { id = "go", by = role "clerk" },
  fact "完" { id = "done", by = role "clerk" },
  fact "反弹" { id = "again", by = role "clerk", form = { { "why", "缘由", text } } },
  fact "拆分" { id = "split", by = role "clerk", form = { { "parts", "分为", list(text), min = 2 },
      { "into", "案", text } },
    each "parts" (open "one" { unit = it }), signal(field "into", "told", { why = field "unit" }) },
  signals = { told = { from = { "one" }, form = { { "why", "缘由", text } } } },
  state "始" { id = "start", on = { go = "busy", split = "apart" } },
  state "中" { id = "busy", on = { done = "ended" } },
  state "终" { id = "ended", final = true, on = { again = "busy", reopened = "busy" } },
  state "分" { id = "apart", final = true },
  deadline "时限" { id = "finish", starts = { "go", "again" }, met = "done",
    applies = function(case) return not case.record.skip end,
    budget = function(case) return case.record.urgent and setting "short" or setting "long" end },
  ladder "逾期" { id = "late", past = "finish", stops = "done",
    step "催" { id = "call", at = function(case) return case.record.urgent and workdays(1) or workdays(2) end,
      approve = role "clerk", within = workdays(2), notify(role "clerk", "t") } },
}
]]

local function opened(record)
  words.set_language("zh")
  local def, findings = load.script({ source = SCRIPT, name = "a.lua" })
  assert.are.same({}, findings)
  return support.case(def):must("2026-03-02", "opened", record)
end

describe("a deadline that applies", function()
  it("is started as ever", function()
    assert.are.equal("2026-03-12", opened({}):must("2026-03-02 11:00", "go").s.dl.finish.text)
  end)

  it("is not started, and refuses nothing, where it says no", function()
    local case = opened({ skip = true }):must("2026-03-02 11:00", "go")
    assert.is_nil(case.s.dl.finish)
    assert.are.equal("busy", case.s.state)
  end)
end)

describe("a function", function()
  it("may give a setting for a budget", function()
    assert.are.equal("2026-03-05", opened({ urgent = true }):must("2026-03-02 11:00", "go").s.dl.finish.text)
  end)

  it("is asked again when the record is corrected", function()
    local case = opened({}):must("2026-03-02 11:00", "go")
      :must("2026-03-02 12:00", "corrected", { fact = "opened", reason = "急件", data = { urgent = true } })
    assert.are.equal("2026-03-05", case.s.dl.finish.text)
  end)
end)

describe("a final state", function()
  it("reopens by a fact of its own: one more arming, the ladder climbs again", function()
    local case = opened({}):must("2026-03-02 11:00", "go"):must("2026-03-03", "done")
    assert.is_true(case.s.closed)
    case:must("2026-04-01", "again", { why = "反弹" })
    assert.is_nil(case.s.closed)
    assert.are.equal("busy", case.s.state)
    assert.are.equal(2, case.s.dl.finish.arm)
    case:to("2026-04-16")
    assert.are.equal(2, case.s.rungs.late.a)
    assert.is_not_nil(case:proposal():find("late/2/call", 1, true))
    assert.are.same({ "f4:reopen" }, case:effects("reopen"))
  end)

  it("takes nothing it does not name", function()
    local case = opened({}):must("2026-03-02 11:00", "go"):must("2026-03-03", "done")
    assert.are.equal("案件已结束（终），不再接受“办”", case:fact("2026-03-04", "go").text)
  end)
end)

describe("the effects of a fact", function()
  it("see its own form before the record", function()
    local case = opened({ unit = "教育厅", rows = { "x" } }):must("2026-03-03", "split",
      { parts = { "甲", "乙" }, into = "430000-2026-AB-0009" })
    local bodies = {}
    for _, effect in ipairs(case.out.effects) do
      bodies[#bodies + 1] = effect[3]
    end
    assert.are.equal("甲", bodies[1].with.unit)
    assert.are.equal("乙", bodies[2].with.unit)
    assert.are.same({ kind = "case", number = "430000-2026-AB-0009" }, bodies[3].to)
    assert.are.same({ why = "教育厅" }, bodies[3].data)
  end)

  it("stand beside a form the script gives to split and merged, and to no other fact of every case", function()
    for _, fact in ipairs(builtins.facts) do
      assert.are.equal(fact[1] == "split" or fact[1] == "merged", fact.own or false)
    end
    local bad = SCRIPT:gsub('id = "split", by', 'id = "paused", by'):gsub("split = ", "paused = ")
    local _, findings = load.script({ source = bad, name = "a.lua" })
    assert.are.equal("“paused”（暂停）是每个案件都有的，不能再定义", findings[1].text)
  end)
end)

describe("an expired proposal", function()
  local function expired()
    return opened({ urgent = true }):must("2026-03-02 11:00", "go"):to("2026-03-11")
  end

  it("is put up again by the fact proposed_again, under a key of its own", function()
    local case = expired()
    assert.is_nil(case:proposal())
    case:must("2026-03-12", "proposed_again", { step = "催" })
    assert.are.equal("late/1/call/2#0", case:proposal())
    assert.is_nil(case:take("2026-03-12 11:00", "approved", case:proposal(), { by = "P1", opinion = "同意" }))
    assert.are.same({ "late/1/call/2#1" }, { case:effects("notify")[2] })
  end)

  it("is nothing to propose while it waits, or once the ladder has ended", function()
    local sentence = "没有过期退回的“催”可以重新提请"
    local case = opened({ urgent = true }):must("2026-03-02 11:00", "go"):to("2026-03-06 12:00")
    assert.is_not_nil(case:proposal())
    assert.are.equal(sentence, case:fact("2026-03-06 13:00", "proposed_again", { step = "催" }).text)
    local other = expired():must("2026-03-12", "done")
    assert.is_not_nil(other:fact("2026-03-13", "proposed_again", { step = "催" }))
  end)
end)

describe("a signal nobody asked about", function()
  it("is noted and does nothing where the state does not list it", function()
    local case = opened({})
    local fold = require("engine.fold")
    fold.apply(case.def, case.ctx, case.s, { kind = "signal", name = "told", at = case.s.opened + 1,
      now = case.s.opened, body = { from = { number = "x", workflow = "one" }, data = {} }, cal = "c1" }, case.out)
    assert.is_nil(case.s.facts.told)
    assert.are.equal("noted told 2026-03-02", case:lines("noted")[1])
  end)
end)

describe("objects.read", function()
  local CASES = {
    { [[{"basis": "《条例》", "n": 3, "on": true, "list": ["a", "b"]}]],
      { basis = "《条例》", n = 3, on = true, list = { "a", "b" } } },
    { "定性依据=《条例》；n=3", { ["定性依据"] = "《条例》", n = "3" } },
    { [[{"a": "b\"c\u4e00"}]], { a = "b\"c一" } }, { "{}", {} }, { "{\"a\"}", false }, { "x", false },
    { [[{"a": "b]], false }, { [[{"a": [1, 2}]], false },
  }
  for _, case in ipairs(CASES) do
    it("reads " .. case[1], function()
      assert.are.same(case[2] or nil, (objects.read(case[1])))
    end)
  end
end)
