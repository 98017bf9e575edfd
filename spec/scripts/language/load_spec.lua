local load = require("language.load")
local about = require("engine.about")
local words = require("words")

local BASE = [[
return workflow "甲" {
  id = "one", code = "AB", counts = "from_next_day", lands = "next_workday",
  settings = { limit = { "时限", workdays(40), min = workdays(5), max = workdays(120) } },
  record = {
    { "unit", "单位", unit, required = true }, { "term", "期限", term, default = setting "limit" },
    { "who", "人", person }, { "n", "数", integer }, { "us", "各单位", list(unit) },
  },
  fact "签收" { id = "signed", by = role "clerk", form = { { "on_day", "日期", date } },
    occurred = "on_day" },
  fact "报告" { id = "reported", by = unit_of("unit", "liaison"),
    form = { { "files", "佐证", files, min = 1 } } },
  fact "退回" { id = "sent_back", by = role "clerk" },
  state "拟稿" { id = "draft", on = { signed = "working" } },
  state "办理" { id = "working", on = { reported = "closed" }, takes = { "sent_back" } },
  state "办结" { id = "closed", final = true },
  deadline "时限" { id = "finish", starts = "signed", budget = setting "limit", met = "reported" },
  ladder "逾期" { id = "late", past = "finish", stops = "reported",
    step "电话" { id = "call", at = workdays(1), notify(role "clerk", "t") },
  },
  example "例" {
    opened { unit = "教育厅", term = workdays(3) },
    at "2026-03-02" { records "signed" { on_day = "2026-03-02" },
      records "reported" { files = { "a.pdf" } } },
    due("finish", "2026-03-05"), state_is "closed",
  },
}
]]

local function changed(from, to)
  local first, last = BASE:find(from, 1, true)
  assert(first, "not in the script: " .. from)
  return BASE:sub(1, first - 1) .. to .. BASE:sub(last + 1)
end

local function run(from, to, options)
  local given = { source = changed(from, to), name = "a.lua" }
  for key, value in pairs(options or {}) do
    given[key] = value
  end
  return load.script(given)
end

local OTHERS = { two = { id = "two", title = "乙",
  fields = { { id = "unit", label = "单位", required = true } } } }
local NOTIFY = 'notify(role "clerk", "t")'
local BUDGET = 'budget = setting "limit"'

-- from, to, "line:column text" of the first finding, options
local CASES = {
  { "signed = \"working\"", "signd = \"working\"", "13:37 没有叫“signd”的事实或状态，是不是“signed”？" },
  { "state \"办结\"", "stat \"办结\"", "15:3 不认识“stat”这个词，是不是“state”？", nil, 2 },
  { "id = \"one\",", "id = \"one\"，", "2:13 全角标点 ， 要改成半角 ," },
  { "id = \"one\",", "id = “one”,", "2:8 全角引号 “ 要改成半角 \"" },
  { "workdays(5)", "workdays（5）", "3:60 全角标点 （ 要改成半角 (" },
  { "workdays(5)", "workdays(５)", "3:61 全角数字 ５ 要改成半角 5" },
  { "id = \"one\", code", "id = \"one\" code", "2:14 写法有误：“code”前面缺少逗号（第1行的 { 里）" },
  { "final = true },", "final = true,", "27:1 写法有误：到文件末尾还缺少 }，它应当与第15行的 { 配对" },
  { "final = true }", "final = true, final = true }", "15:45 “final”在同一个表里写了两次（第15行已有）" },
  { "final = true }", "finel = true }", "15:31 state 里没有“finel”这一项，是不是想写 final？" },
  { "final = true", "final = 1", "15:39 final应当是true 或 false，而不是1" },
  { "final = true", "办结", "15:31 “办结”要放在引号里" },
  { "state \"办结\" {", "state \"办结 {", "15:27 字符串没有结束，缺少右边的 \"" },
  { "id = \"closed\"", "id = \"Closed\"", "14:50 没有叫“closed”的状态，是不是“Closed”？" },
  { "id = \"sent_back\"", "id = \"signed\"", "12:3 事实“signed”重复了（第8行已有）" },
  { "id = \"sent_back\"", "id = \"paused\"", "12:3 “paused”（暂停）是每个案件都有的，不能再定义" },
  { "id = \"closed\"", "id = \"reported\"", "14:50 没有叫“closed”的状态", nil },
  { "fact \"签收\" { id = \"signed\", by", "fact \"签收\" { by", "8:13 fact 缺少必填的 id（代号）", nil },
  { "fact \"退回\" { id = \"sent_back\", by = role \"clerk\" }", "fact \"退回\"",
    "12:3 fact后面缺少 { … }" },
  { "fact \"退回\" {", "fact {", "12:3 fact后面要先写名称：fact \"名称\" { … }" },
  { "by = role \"clerk\", form", "by = \"clerk\", form",
    "8:35 by应当是role、unit_of 或 person_of（写 role \"clerk\"），而不是“clerk”" },
  { "unit_of(\"unit\"", "unit_of(\"who\"", "10:45 字段“who”不是单位" },
  { "occurred = \"on_day\"", "occurred = \"onday\"", "9:16 没有叫“onday”的表单字段，是不是“on_day”？" },
  { "at = workdays(1)", "at = 1", "18:35 at应当是workdays(n)、days(n) 或 months(n)，而不是1" },
  { "at = workdays(1)", "at = workdays(-1)", "18:5 步骤“call”在到期之前，要写 early = \"skip\" 或 \"now\"" },
  { "at = workdays(1)", "at = workdays", "18:35 at应当是workdays(n)、days(n) 或 months(n)，而不是workdays" },
  { "at = workdays(1)", "at = workdays(1.5)", "18:35 workdays应当是整数，最多 3660，而不是1.5" },
  { "at = workdays(1)", "at = workdays(1), after = \"cal\"", "18:56 没有叫“cal”的步骤，是不是“call”？" },
  { "at = workdays(1)", "at = workdays(1), approve = \"x\"",
    "18:58 approve应当是role 或 sign { … } 的列表，而不是“x”" },
  { "at = workdays(1)", "at = workdays(1), approve = { sign { } }", "18:60 sign 里没有写由谁批准" },
  { "stops = \"reported\",", "", "17:15 ladder 缺少必填的 stops（什么事情使它停止）" },
  { BUDGET, "budget = setting \"limt\"", "16:70 没有叫“limt”的设置，是不是“limit”？" },
  { BUDGET, "budget = field \"n\"",
    "16:62 期限不能取自字段“n”：它的类型是 integer，只能是 term 或 date" },
  { BUDGET, "budget = workdays(5), submitted = \"reported\"",
    "16:3 期限“时限”写了 submitted，就要写 returned（退回后时钟怎么走）" },
  { BUDGET, "budget = workdays(5), extends = { by = role \"clerk\", total = days(3) }",
    "16:3 期限“时限”以 workdays 计，延期 total 却以 days 计" },
  { "max = workdays(120)", "max = days(120)", "3:24 设置“limit”的 max 与它的值不是同一种" },
  { "max = workdays(120)", "max = workdays(3)", "3:24 设置“limit”的 min 大于 max" },
  { "max = workdays(120)", "max = workdays(30)", "3:24 设置“limit”的值不在 min 和 max 之间" },
  { "counts = \"from_next_day\"", "counts = \"from_nextday\"",
    "2:37 counts不能是“from_nextday”，只能是 from_next_day、from_same_day，是不是“from_next_day”？" },
  { ", counts = \"from_next_day\"", "", "16:3 期限“时限”没有写 counts，程序里也没有写" },
  { ", lands = \"next_workday\"", "", "16:3 期限“时限”没有写 lands，程序里也没有写" },
  { "state \"办结\"", "state \"空\" { id = \"lost\", final = true },\n  state \"办结\"",
    "15:3 状态“空”（lost）从起点走不到" },
  { "on = { reported = \"closed\" }, takes", "takes", "14:3 状态“办理”（working）没有出路，又没有写 final = true",
    nil, 2 },
  { "takes = { \"sent_back\" }", "takes = { \"reported\" }", "12:3 没有状态接受事实“退回”（sent_back）" },
  { "signed = \"working\"", "signed = choose({ \"workng\" }, function() end)",
    "13:55 没有叫“workng”的状态，是不是“working”？" },
  { NOTIFY, "notify(role \"clerk\")", "18:48 notify缺少第2个参数（发消息：给谁、用哪个模板）" },
  { NOTIFY, "document \"x\" {}, open \"x\"", "18:65 open后面缺少 { … }" },
  { NOTIFY, "open \"two\" { unitt = 1 }", "18:61 程序“乙”没有登记字段“unitt”，是不是“unit”？",
    { others = OTHERS }, 2 },
  { NOTIFY, "open \"tow\" { unit = 1 }", "18:48 没有叫“tow”的程序，是不是“two”？", { others = OTHERS } },
  { NOTIFY, "notify(role \"clark\", \"t\")", "18:60 没有叫“clark”的角色，是不是“clerk”？",
    { roles = { clerk = true, liaison = true } } },
  { NOTIFY, "notify(role \"clerk\", \"tt\")", "18:69 没有叫“tt”的模板，是不是“ttt”？",
    { templates = { ttt = true } } },
  { NOTIFY, "skip = function() return notify(role \"clerk\", \"x\") end",
    "18:73 函数只给出值，里面不能用 notify" },
  { NOTIFY, "skip = function(case) return cas.record.n == 1 end", "18:77 不认识“cas”这个词，是不是“case”？" },
  { NOTIFY, "open \"x\" { unit = it }", "18:66 it 只能写在 each 里" },
  { NOTIFY, "each \"us\" { unit = it }", "18:58 each应当是括号里的一个动作，而不是一个表" },
  { NOTIFY, "3", "18:48 这里只能列 notify、document、open、signal、each，而不是3" },
  { "integer }", "\"integer\" }", "6:41 字段类型应当是text、date、unit 等（integer 不加引号），而不是“integer”" },
  { "\"n\", \"数\"", "\"unit\", \"数\"", "6:29 字段“unit”重复了（第5行已有）" },
  { "\"n\", \"数\", integer", "\"n\", \"数\", integer, min = 3, max = 1", "6:29 字段“数”的 min 大于 max" },
  { "files, min = 1 } }", "files, keeps = true } }", "11:14 字段“files”写了 keeps，但登记里没有同名同类的字段" },
  { "return workflow", "local n = 0\nlocal function f() n = n + 1 end\nreturn workflow",
    "2:20 函数不能改写装载时建立的“n”，脚本不能在案件之间留下状态" },
  { "return workflow", "local t = {}\nlocal function f() table.insert(t, 1) end\nreturn workflow",
    "2:33 函数不能改写装载时建立的“t”，脚本不能在案件之间留下状态" },
  { "return workflow", "x = 1\nreturn workflow", "1:1 给“x”赋值前要先写 local" },
  { "return workflow", "workflow", "1:1 脚本要 return 一个 workflow 或 job" },
  { "return workflow", "local a = nil + 1\nreturn workflow", "1:1 装载时出错：不能计算：没有值（nil）" },
  { "return workflow", "local a = require \"shard\"\nreturn workflow",
    "1:1 装载时出错：没有叫“shard”的模块，是不是“shared”？", { modules = { shared = "return 1" } } },
  { "opened { unit", "opened { uint", "21:14 没有叫“uint”的字段，是不是“unit”？" },
  { "at \"2026-03-02\"", "at \"2026-02-30\"",
    "22:8 2026-02-30 这一天不存在" },
  { "records \"signed\"", "records \"singed\"", "22:31 没有叫“singed”的事实，是不是“signed”？" },
  { "{ on_day = ", "{ on_dya = ", "22:42 没有叫“on_dya”的字段，是不是“on_day”？" },
  { BUDGET, BUDGET, "3:24 设置“时限”（limit）的值 200个工作日 不在 5个工作日 和 120个工作日 之间", { settings = { limit = "200wd" } } },
  { "{ \"n\", \"数\", integer }", "{ \"n\", \"数\", 整数 }",
    "6:41 字段类型写 integer、text、date 等（没有“整数”这个词），是不是想写 integer？若是名称，要放在引号里" },
  { "{ \"n\", \"数\", integer }", "{ \"n\", \"数\", \"金额\" }",
    "6:41 字段类型写 integer、text、date 等（没有“金额”这个词），是不是想写 money？若是名称，要放在引号里" },
  { "{ \"n\", \"数\", integer }", "{ \"n\", \"数\", 其他 }", "6:41 “其他”要放在引号里" },
  { BUDGET, "budget = date \"2026-02-30\"", "16:62 2026-02-30 这一天不存在" },
  { BUDGET, BUDGET, "1:1 没有叫“limti”的设置，是不是“limit”？", { settings = { limti = 1 } } },
}

describe("load.script", function()
  before_each(function()
    words.set_language("zh")
  end)

  for index, case in ipairs(CASES) do
    it(("says %d: %s"):format(index, case[3]), function()
      local _, findings = run(case[1], case[2], case[4])
      local said = {}
      for at, one in ipairs(findings) do
        said[at] = ("%d:%d %s"):format(one.line, one.column, one.text)
      end
      local found = said[case[5] or 1]
      assert.are.equal(case[3], found, table.concat(said, "\n"))
    end)
  end

  it("says everything that is wrong at once", function()
    local source = changed("signed = \"working\"", "signd = \"working\"")
      :gsub("final = true", "finel = true"):gsub("at = workdays%(1%)", "at = 1")
    local def, findings = load.script({ source = source, name = "a.lua" })
    assert.is_nil(def)
    assert.are.equal(3, #findings)
    assert.are.equal("signd", findings[1].words)
    assert.are.equal("a.lua", findings[3].file)
  end)

  it("speaks English when asked", function()
    words.set_language("en")
    local _, findings = run("final = true }", "finel = true }")
    words.set_language("zh")
    assert.are.equal("state has no key \"finel\"; did you mean \"final\"?", findings[1].text)
  end)

  it("accepts a byte order mark and carriage returns", function()
    local def, findings = load.script({ source = "\u{FEFF}" .. BASE:gsub("\n", "\r\n"),
      name = "a.lua" })
    assert.are.same({}, findings)
    assert.are.equal("one", def.id)
  end)

  it("uses a local and a required part like one written in place", function()
    local def, findings = load.script({ name = "a.lua",
      source = "local parts = require \"shared\"\n" .. changed(NOTIFY, "parts.remind(\"t\")"),
      modules = { shared = "local shared = {}\nfunction shared.remind(name)\n"
        .. "  return notify(role \"clerk\", name)\nend\nreturn shared" } })
    assert.are.same({}, findings)
    assert.are.equal("t", def.ladders.id.late.steps.id.call.effects[1].template)
  end)

  it("loads within five milliseconds", function()
    local best = math.huge
    for _ = 1, 20 do
      local from = os.clock()
      load.script({ source = BASE, name = "a.lua" })
      best = math.min(best, os.clock() - from)
    end
    assert.is_true(best < 0.005, tostring(best))
  end)
end)

describe("the definition", function()
  local def = load.script({ source = BASE, name = "a.lua", settings = { limit = "20个工作日" } })

  it("has plain parts in the author's order", function()
    assert.are.equal("workflow", def.kind)
    assert.are.equal("draft", def.initial)
    assert.are.same({ "unit", "term", "who", "n", "us" }, def.record.order)
    assert.are.equal("unit", def.record.by_label["单位"])
    assert.are.same({ to = "working" }, def.states.id.draft.on.signed)
    assert.are.same({ sent_back = true }, def.states.id.working.takes)
    assert.are.same({ { kind = "unit_of", field = "unit", role = "liaison" } },
      def.facts.id.reported.by)
    assert.are.same({ ref = "setting", name = "limit" }, def.deadlines.id.finish.budget)
    assert.are.equal("from_next_day", def.deadlines.id.finish.counts)
    assert.are.same({ kind = "workdays", n = 1 }, def.ladders.id.late.steps.id.call.at)
    assert.are.equal("plan", def.ladders.id.late.missed)
    assert.are.equal(18, def.ladders.id.late.steps.id.call.line)
    assert.are.same({ kind = "notify", to = { { kind = "role", role = "clerk" } }, template = "t",
      data = {}, line = 18 }, def.ladders.id.late.steps.id.call.effects[1])
  end)

  it("takes the office's settings", function()
    assert.are.same({ kind = "workdays", n = 20 }, def.settings.limit.value)
    assert.are.same({ kind = "workdays", n = 20 }, def.record.id.term.default_value)
  end)

  it("holds the facts and ends of every case", function()
    assert.are.equal("立案", def.facts.id.opened.title)
    assert.are.equal(def.record, def.facts.id.opened.form)
    assert.is_true(def.facts.id.paused.builtin)
    assert.is_true(def.facts.id.paused.form.id.reason.required)
    assert.is_true(def.states.id.withdrawn.final)
  end)

  it("holds examples as plain items", function()
    local example = def.examples[1]
    assert.are.same({ unit = "教育厅", term = { kind = "workdays", n = 3 } }, example.opened)
    assert.are.equal("2026-03-02 10:00", example.items[1].at)
    assert.are.same({ do_ = "records", fact = "reported", line = 23, column = 7,
      form = { files = { { name = "a.pdf", digest = "", size = 0 } } } }, example.items[1].items[2])
    assert.are.same({ do_ = "due", deadline = "finish", date = "2026-03-05", line = 24,
      column = 5 },
      example.items[2])
  end)

  it("is told to the host as plain data", function()
    local told = about.of(def)
    assert.are.equal("AB", told.code)
    assert.are.same({ "t" }, told.templates)
    assert.are.equal("电话", told.steps["late/call"].title)
    assert.are.same({ id = "limit", label = "时限", value = "20个工作日", kind = "workdays",
      min = "5个工作日", max = "120个工作日", fixed = false }, told.settings[1])
  end)
end)

describe("load.script with a job", function()
  it("gives the schedule and the function", function()
    local def = load.script({ name = "j.lua", source = [[
return job "季度对账" { id = "quarter", every = quarterly { workday = -3, at = "09:00" },
  missed = "once", run = function(ctx) return ctx.store end }]] })
    assert.are.equal("job", def.kind)
    assert.are.same({ kind = "quarterly", workday = -3, at = "09:00" }, def.every)
    assert.is_function(def.run)
  end)
end)

describe("load.chunk", function()
  it("runs on the base without constructors", function()
    local chunk = load.chunk({ source = "return add(1, 2), workflow", name = "c.lua",
      extra = { add = function(a, b) return a + b end } })
    assert.are.equal(3, (chunk()))
    local none, findings = load.chunk({ source = "local = 1", name = "c.lua" })
    assert.is_nil(none)
    assert.are.equal(1, #findings)
  end)
end)
