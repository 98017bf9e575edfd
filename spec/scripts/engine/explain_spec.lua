local support = require("spec.scripts.engine.support")

local explain = require("engine.explain")
local fold = require("engine.fold")
local next_of = require("engine.next")
local words = require("words")

local wd = support.wd

local function transfer(term, change)
  local case = support.case(support.transfer(change))
  case:must("2026-09-28 09:00", "opened", { lead_unit = "edu", term = term or wd(5) })
  case:must("2026-09-28", "issued")
  return case:must("2026-09-29", "signed", { on = "2026-09-29" })
end

local function told(case)
  local rows = {}
  for at, row in ipairs(case.out.rows) do
    rows[at] = { is_input = row[1], kind = row[2], name = row[3], at = row[4], body = row[5],
      line = row[6] }
  end
  return table.concat(explain.lines(case.def, case.ctx, case.s, rows), "\n")
end

local function has(text, part)
  assert.is_truthy(text:find(part, 1, true), part .. "\n" .. text)
end

local function lacks(text, part)
  assert.is_nil(text:find(part, 1, true), text)
end

local function upcoming(case)
  local out = {}
  for at, item in ipairs(next_of.list(case.def, case.ctx, case.s)) do
    out[at] = item.text
  end
  return out
end

describe("the explanation", function()
  before_each(function()
    words.set_language("zh")
  end)

  it("says that a measure stands when its day moved to one that is over", function()
    local case = transfer():to("2026-10-14 10:00")
    case:must("2026-10-14 11:00", "corrected", { fact = "signed", data = { on = "2026-09-30" },
      reason = "笔误" })
    assert.are.same({}, case:lines("superseded"))
    has(told(case), "“call”：到期后1个工作日；2026-10-13 09:00 已执行（改期后应为 2026-10-14，措施保留）")
  end)

  it("shows a measure superseded when its day moved into the future", function()
    local case = transfer():to("2026-10-13 10:00")
    case:must("2026-10-13 11:00", "corrected", { fact = "signed", data = { on = "2026-09-30" },
      reason = "笔误" })
    local text = told(case)
    has(text, "2026-10-13 11:00 被推翻“call”")
    has(text, "“call”：到期后1个工作日；将于 2026-10-14 09:00")
    case:to("2026-10-14 10:00")
    assert.are.same({ "rung overdue/call 2026-10-13", "rung overdue/call 2026-10-14" },
      { table.unpack(case:lines("rung"), 2) })
  end)

  it("says rules the way people do, with what a function gives now", function()
    local text = told(transfer(wd(20), function(parts)
      parts.ladders[1].steps[1].at = function() return wd(-10) end
      parts.ladders[1].steps[2].at = wd(0)
    end))
    has(text, "“warn”：到期前10个工作日（日数由程序计算）；将于")
    has(text, "“call”：到期当日；将于")
    has(text, "“notice”：“talk”执行后5个工作日；")
    lacks(text, "到期日起")
  end)

  it("names who must sign, and cites the step's line on every row of a proposal", function()
    local case = transfer():to("2026-10-19 10:00")
    has(told(case), "待编办主任批准“talk”")
    case:take("2026-10-20", "approved", case:proposal(), { by = "D" })
    for _, row in ipairs(case.out.rows) do
      if row[2] == "signed" and not row[1] or row[2] == "released" then
        assert.are.equal(3, row[6])
      end
    end
    has(told(case), "批准执行“talk”（第3行）")
    lacks(told(case), "第0行")
  end)

  it("says that a signal was not taken", function()
    local case = transfer(nil, function(parts)
      parts.signals = { ping = { from = {} } }
    end)
    fold.apply(case.def, case.ctx, case.s, { kind = "signal", name = "ping", cal = "c1",
      at = case.s.since, body = { from = { number = "N" } } }, case.out)
    has(told(case), "说明“信号 ping”：本案现处状态不接受，仅留痕")
    lacks(told(case), "not_taken")
  end)

  it("says a written date once", function()
    has(told(transfer({ kind = "date", date = "2026-10-30" })), "期限 2026-10-30（写明的日期），来自")
  end)

  it("says how a closed case ended", function()
    local case = transfer():must("2026-10-19", "reported", { on = "2026-10-19" })
    case:must("2026-10-20 15:00", "accepted")
    local text = told(case)
    has(text, "期限“finish”：2026-10-12，逾期办结（2026-10-20）")
    has(text, "已提交，停止计时：2026-10-19 起，随案件结束")
    lacks(text, "尚未结束")
  end)

  it("tells an extension once, with the due day the case began with", function()
    local case = transfer():must("2026-10-08 10:00", "corrected", { fact = "signed",
      data = { on = "2026-09-30" }, reason = "笔误" })
    case:must("2026-10-08 11:00", "extension_granted", { workdays = 5, deadline = "finish" })
    local text = told(case)
    has(text, "延期 5个工作日，原定 2026-10-13，最初为 2026-10-12")
    has(text, "2026-10-08 11:00 延期“finish”，由 2026-10-13 改为 2026-10-20")
    lacks(text, "2026-10-08 11:00 日期变动")
    for _, row in ipairs(case.out.rows) do
      if row[2] == "extended" then
        assert.are.equal("2026-10-12", row[5].original)
      end
    end
  end)

  it("names the end of a case that was withdrawn", function()
    local case = transfer():must("2026-10-08", "withdrawn", { reason = "撤" })
    has(told(case), "案件已结束：")
  end)
end)

describe("what comes next", function()
  before_each(function()
    words.set_language("zh")
  end)

  it("says in one line that a step falls due and who must approve it", function()
    local items = upcoming(transfer():to("2026-10-14"))
    assert.are.same({ "2026-10-19 09:00 “talk”到期，提请编办主任批准" }, items)
  end)

  it("says whose signature the case waits for", function()
    assert.are.same({ "2026-10-19 09:00 已提请，在等编办主任批准“talk”（2026-10-19 提出）" },
      upcoming(transfer():to("2026-10-21")))
  end)

  it("says what an open case waits for, and that a closed one is closed", function()
    local case = support.case(support.transfer())
    case:must("2026-09-28 09:00", "opened", { lead_unit = "edu", term = wd(5) })
    assert.are.same({ "2026-09-28 09:00 起处于“draft”，在等：issued" }, upcoming(case))
    case:must("2026-09-28 10:00", "issued"):must("2026-09-29", "signed", { on = "2026-09-29" })
    case:must("2026-09-30", "reported", { on = "2026-09-30" }):must("2026-09-30 16:00", "accepted")
    assert.are.same({ "2026-09-30 16:00 案件已办结：closed" }, upcoming(case))
  end)
end)
