require("spec.scripts.engine.support")

local instants = require("engine.instants")
local service = require("engine.service")
local view = require("engine.view")

local SOURCE = [[
return workflow "移交" {
  id = "w", code = "YJ", counts = "from_next_day", lands = "next_workday",
  record = { { "unit_name", "单位", text, required = true }, { "bad", "坏", bool } },
  fact "开始" { id = "go", by = role "clerk" },
  fact "完成" { id = "fine", by = role "clerk", guard { "还不行", function(case, form)
    return case.record.bad ~= true or case.record.bad + 1
  end } },
  state "办" { id = "open", on = { go = "busy" } },
  state "忙" { id = "busy", on = { fine = "done" } },
  state "毕" { id = "done", final = true },
  deadline "期限" { id = "main", starts = "go", budget = workdays(5), met = "fine" },
  ladder "催" { id = "push", past = "main", stops = "fine",
    step "提醒" { id = "call", at = workdays(1), notify(role "clerk", "remind") } },
  example "到点提醒" {
    opened { unit_name = "省教育厅" },
    at "2026-09-29" { records "go" },
    due("main", "2026-10-12"), reached("call", "2026-10-13"), sent "remind", state_is "busy",
  },
  example "写错了" {
    opened { unit_name = "省教育厅" },
    at "2026-09-29" { records "go" },
    due("main", "2026-10-13"),
  },
}
]]

local YEARS = { [2026] = { notice = "n26", off = { ["2026-10-01"] = "国庆",
  ["2026-10-02"] = "国庆", ["2026-10-05"] = "国庆", ["2026-10-06"] = "国庆",
  ["2026-10-07"] = "国庆" }, work = { ["2026-10-10"] = "国庆" } } }

local function request(op, more)
  local out = { op = op, kind = "workflow", name = "w.lua", source = SOURCE, modules = {},
    settings = {}, opens_at = 540, lang = "zh", calendars = { c1 = { years = YEARS } },
    calendar = "c1" }
  for key, value in next, more or {} do
    out[key] = value
  end
  return out
end

local function input(date, name, body)
  return { kind = "fact", name = name, at = instants.read(date), body = body, cal = "c1" }
end

describe("the service", function()
  local kept
  before_each(function()
    kept = {}
    service.use({
      encode = function(value)
        kept[#kept + 1] = view.copy(value)
        return "snapshot " .. #kept
      end,
      decode = function(bytes)
        return view.copy(kept[tonumber(bytes:match("%d+"))])
      end,
      item = function() end,
    })
    assert.is_true(service.answer(request("load")).ok)
  end)

  local function decide(item)
    return service.answer({ op = "decide", calendar = "c1", items = { item } }).items[1]
  end

  local function opened(bad)
    local now = instants.read("2026-09-29 09:00")
    local r = decide({ "N1", false, now, now, false, input("2026-09-29 09:00", "opened",
      { record = { unit_name = "x", bad = bad } }) })
    return decide({ "N1", r[2], now, now, false, input("2026-09-29 10:00", "go", { form = {} }) })
  end

  it("decides what is asked and says when to come again", function()
    local r = opened()
    assert.are.equal(10, #r)
    assert.is_false(r[8])
    assert.is_false(r[9])
    assert.are.equal("busy", r[4])
    assert.are.equal("2026-10-12", r[5])
    assert.are.equal(instants.read("2026-10-13 00:00"), r[3])
    assert.are.same({ true, "fact", "go" }, { r[1][1][1], r[1][1][2], r[1][1][3] })
  end)

  it("takes the timers due up to an instant", function()
    local at = instants.read("2026-10-13 09:00")
    local r = decide({ "N1", opened()[2], at, at, false, false })
    local kinds = {}
    for index, row in ipairs(r[1]) do
      kinds[index] = row[2] .. " " .. row[3]
    end
    assert.are.same({ "timer main:passed", "passed main", "timer push/call", "rung push/call" },
      kinds)
    assert.are.equal("push/1/call/1#1", r[7][1][1])
    assert.is_false(r[3])
  end)

  it("refuses in the result and keeps nothing", function()
    local before = opened()
    local r = decide({ "N1", before[2], false, 0, false,
      input("2026-09-30", "noted", { form = { txet = "x" } }) })
    assert.are.equal("invalid", r[8].kind)
    assert.are.same({}, r[1])
    assert.are.equal(before[2], r[2])
  end)

  it("marks the decisions that a recorded input caused", function()
    local r = decide({ "N1", opened()[2], false, 0,
      { input("2026-09-30", "noted", { form = { text = "x" } }),
        input("2026-09-30 11:00", "fine", { form = {} }) }, false })
    assert.are.equal("met", r[1][1][2])
    assert.are.equal(2, r[1][1][7])
    assert.is_true(r[6])
  end)

  it("makes a script's fault the refusal of that case alone, with its line", function()
    local before = opened(true)
    local ask = input("2026-09-30", "fine", { form = {} })
    local good = input("2026-09-30", "noted", { form = { text = "x" } })
    local reply = service.answer({ op = "decide", calendar = "c1", items = {
      { "N1", before[2], false, 0, false, ask }, { "N2", before[2], false, 0, false, good } } })
    local refused = reply.items[1][8]
    assert.are.equal("internal", refused.kind)
    assert.are.equal(6, refused.fault.line)
    assert.are.equal("还不行", refused.fault.where)
    assert.is_truthy(refused.text:find("N1", 1, true))
    assert.is_false(reply.items[2][8])
  end)

  it("runs the examples when it checks, one sentence for each that fails", function()
    local r = service.answer(request("check"))
    assert.are.same({}, r.findings)
    assert.is_true(r.examples[1].ok)
    assert.is_false(r.examples[2].ok)
    assert.are.equal("期限“期限”应于 2026-10-13 到期，实际为 2026-10-12", r.examples[2].text)
    assert.are.equal("YJ", r.about.code)
    assert.are.same({ "remind" }, r.about.templates)
  end)

  it("explains dates, rungs and what the case waits for", function()
    local text = table.concat(service.answer({ op = "explain", snapshot = opened()[2], rows = {},
      lang = "zh" }).lines, "\n")
    for _, part in ipairs({ "期限“期限”：2026-10-12（计时中）", "依据n26",
      "“提醒”：到期后1个工作日；将于 2026-10-13 09:00", "现在处于“忙”，等待：完成" }) do
      assert.is_truthy(text:find(part, 1, true), part .. "\n" .. text)
    end
  end)

  it("says what comes next if nobody acts", function()
    local items = service.answer({ op = "next", snapshot = opened()[2], at = 0 }).items
    assert.are.equal("2026-10-13 00:00 期限“期限”届满", items[1].text)
    assert.are.equal("2026-10-13 09:00 “提醒”到点执行", items[2].text)
  end)

  it("reads a form and says everything that is wrong", function()
    assert.are.equal("a", service.answer({ op = "values", form = "record",
      given = { ["单位"] = "a" }, today = 20000 }).values.unit_name)
    assert.are.equal(1, #service.answer({ op = "values", form = "record", given = {},
      today = 20000 }).findings)
  end)

  it("counts a due day and refuses one that does not exist", function()
    local due = { op = "due", start = "2026-09-29", budget = "5wd", explain = true }
    assert.are.equal("2026-10-12", service.answer(due).due)
    due.start = "2026-02-30"
    assert.are.equal("invalid", service.answer(due).refused.kind)
  end)

  it("refuses an unknown request", function()
    assert.is_truthy(service.answer({ op = "dance" }).refused)
  end)

  it("says what is wrong with a script instead of loading it", function()
    local r = service.answer(request("load", { source = "return workflow 'x' { idd = 1 }" }))
    assert.is_false(r.ok)
    assert.is_true(#r.findings > 0)
  end)
end)

describe("a script that runs", function()
  local function run(kind, source, args)
    local calls, printed = {}, {}
    service.use({
      call = function(frame)
        calls[#calls + 1] = frame
        if frame.args[1] == "bad" then
          return { ok = false, kind = "invalid", text = "no such view" }
        end
        return { ok = true, value = frame.call == "store.value" and 7 or { { n = 1 } } }
      end,
      out = function(frame)
        printed[#printed + 1] = frame.out
      end,
    })
    local reply = service.answer(request("run", { kind = kind, name = "x.lua", source = source,
      args = args or {}, at = instants.read("2026-09-28 09:00") }))
    return reply, calls, printed
  end

  it("queries, prints and returns", function()
    local reply, calls, printed = run("chunk",
      'print("n", store.value("SELECT $1", 3), args[1]) return calendar.due("2026-09-29", "5wd")',
      { "a" })
    assert.is_true(reply.done, reply.fault)
    assert.are.same({ call = "store.value", args = { "SELECT $1", { 3 } } }, calls[1])
    assert.are.same({ "n\t7\ta" }, printed)
    assert.are.equal("2026-10-12", reply.returned)
  end)

  it("collects what a job asks for, to be applied at its end", function()
    local reply = run("job", [[
      return job "对账" { id = "j", every = daily { at = "09:00" }, run = function(ctx)
        for _, row in ipairs(ctx.store.rows("SELECT 1")) do
          ctx.case.open("w", { n = row.n })
        end
        ctx.notify.send({ role = "clerk" }, "t", { day = ctx.today })
      end }]])
    assert.is_true(reply.done, reply.fault)
    assert.are.same({ kind = "open", workflow = "w", record = { n = 1 } }, reply.acts[1])
    assert.are.equal("2026-09-28", reply.acts[2].data.day)
  end)

  it("ends with a fault that names file and line, and applies nothing", function()
    local reply = run("chunk", 'case.open("w", {})\nstore.rows("bad")')
    assert.is_false(reply.done)
    assert.is_truthy(reply.fault:find("x.lua:2: no such view", 1, true), reply.fault)
    assert.is_nil(reply.acts)
  end)
end)

