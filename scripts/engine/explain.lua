-- Why each date and each step: for every deadline where it starts, how it is
-- counted and what moved it; for every rung why that day and what became of it;
-- for every decision which line made it; and what the case waits for now.

local calendar = require("calendar")
local explain_rungs = require("engine.explain_rungs")
local index = require("engine.index")
local instants = require("engine.instants")
local titles = require("engine.titles")
local words = require("words")

local explain = {}

local function budget_words(budget)
  if budget.kind == "open" then
    return words.say("长期", "open-ended")
  elseif budget.kind == "date" then
    return words.sayf("%s（写明的日期）", "%s (a stated date)", budget.date)
  end
  return calendar.describe(budget)
end

local SOURCES = {
  field = function(def, name)
    local field = def.record.id[name]
    return words.sayf("登记项“%s”", "the field \"%s\"", field and field.label or name)
  end,
  setting = function(def, name)
    local setting = def.settings[name]
    return words.sayf("设置“%s”", "the setting \"%s\"", setting and setting.label or name)
  end,
}

local function source_of(def, deadline)
  local budget = deadline.budget
  local source = type(budget) == "table" and SOURCES[budget.ref]
  if source then
    return source(def, budget.name)
  elseif type(budget) == "function" then
    return words.sayf("流程第%d行的算法", "the function at line %d", deadline.line or 0)
  end
  return words.sayf("流程第%d行", "line %d", deadline.line or 0)
end

local function end_text(span, over)
  if span.to then
    return words.sayf("至 %s（该日起恢复计算）", "to %s (which counts again)", calendar.text(span.to))
  elseif over then
    return words.say("随案件结束", "ended with the case")
  end
  return words.say("尚未结束", "not over yet")
end

local function add_list(lines, list, over, zh, en)
  for _, span in ipairs(list) do
    lines[#lines + 1] = words.sayf("  %s：%s 起，%s", "  %s: from %s, %s", words.say(zh, en),
      calendar.text(span.from), end_text(span, over))
  end
end

local function add_spans(lines, dl)
  local over = dl.met ~= nil or dl.over == true
  add_list(lines, dl.pauses, over, "暂停", "paused")
  add_list(lines, dl.subs, over, "已提交，停止计时", "submitted, the clock stands")
  for at, ext in ipairs(dl.ext) do
    local first = at == 1 and dl.first and dl.first ~= ext.was
      and words.sayf("，最初为 %s", ", first %s", dl.first) or ""
    lines[#lines + 1] = words.sayf("  延期 %s，原定 %s%s%s", "  extended by %s, before that due %s%s%s",
      calendar.describe(ext), tostring(ext.was), first, ext.reason and "：" .. ext.reason or "")
  end
end

local STATUS = {
  running = { "计时中", "running" }, passed = { "已逾期", "passed" }, met = { "已办结", "met" },
  submitted = { "已提交，待审核", "submitted" }, paused = { "暂停中", "paused" },
  open = { "长期，不设到期日", "open-ended" }, ended = { "随案件结束", "ended with the case" },
}

local function add_count(lines, cal, deadline, dl)
  if dl.budget.kind == "open" or not cal then
    return
  end
  local counted, due = cal:explain(dl.base, dl.budget,
    { counts = deadline.counts, lands = deadline.lands })
  for _, line in ipairs(counted) do
    lines[#lines + 1] = "  " .. line
  end
  add_spans(lines, dl)
  if dl.due ~= due then
    lines[#lines + 1] = words.sayf("  扣除停止计时的日子并计入延期后：%s",
      "  with the days that do not count and the extensions: %s", dl.text)
  end
end

local function not_started(def, deadline)
  local events = titles.events(def, index.sorted_keys(deadline.starts))
  if deadline.applies then
    return words.sayf("期限“%s”：没有起算：本案不适用，或者还在等待：%s",
      "deadline \"%s\": not started: it does not apply, or waits for: %s", deadline.title, events)
  end
  return words.sayf("期限“%s”：还没有起算，等待：%s", "deadline \"%s\": not started, waits for: %s",
    deadline.title, events)
end

local function status_text(dl)
  local due = dl.text or words.say("长期", "open-ended")
  if dl.status == "met" and dl.late then
    return words.sayf("%s，逾期办结（%s）", "%s, met late (%s)", due, calendar.text(dl.met))
  end
  local status = STATUS[dl.status] or { dl.status, dl.status }
  return words.sayf("%s（%s）", "%s (%s)", due, words.say(status[1], status[2]))
end

local function add_deadline(lines, def, ctx, s, id)
  local deadline, dl = def.deadlines.id[id], s.dl[id]
  if not dl then
    lines[#lines + 1] = not_started(def, deadline)
    return
  end
  lines[#lines + 1] = words.sayf("期限“%s”：%s", "deadline \"%s\": %s", deadline.title,
    status_text(dl))
  lines[#lines + 1] = words.sayf("  自 %s 起算，期限 %s，来自%s%s",
    "  starts on %s, budget %s, from %s%s", calendar.text(dl.base), budget_words(dl.budget),
    source_of(def, deadline), deadline.basis and words.sayf("，依据：%s", ", basis: %s",
      tostring(deadline.basis)) or "")
  if dl.base ~= dl.start then
    lines[#lines + 1] = words.sayf("  最初自 %s 起算，退回后重新计算", "  first started on %s; counted anew"
      .. " after the return", calendar.text(dl.start))
  end
  add_count(lines, ctx.calendars[dl.cal] or ctx.calendars[ctx.calendar], deadline, dl)
  if dl.prov then
    lines[#lines + 1] = words.say("  该年放假安排尚未公布，日期为暂定",
      "  the holidays of that year are not known yet: the date is provisional")
  end
end

local KINDS = {
  entered = { "进入", "enters" }, armed = { "起算", "armed" }, redated = { "日期变动", "redated" },
  submitted = { "提交", "submitted" }, returned = { "退回", "returned" }, met = { "办结", "met" },
  passed = { "届满", "passed" }, paused = { "暂停", "paused" }, resumed = { "恢复", "resumed" },
  extended = { "延期", "extended" }, rung = { "到达", "reached" }, skipped = { "跳过", "skipped" },
  held = { "停住", "held" }, superseded = { "被推翻", "superseded" },
  planned = { "列入补办清单", "on the catch-up list" }, jumped = { "跳级", "jumped" },
  proposed = { "提请审批", "proposed" }, released = { "批准执行", "released" },
  dropped = { "撤销提请", "dropped" }, expired = { "提请过期", "expired" },
  signed = { "签批", "signed" }, noted = { "说明", "noted" },
}

-- A date that moved by an act of its own is told by the row of that act.
local function is_told(row)
  return row.kind == "redated" and type(row.body) == "table" and row.body.why == "extended"
end

local function moved_text(body)
  if type(body.due) == "string" and type(body.was) == "string" then
    return words.sayf("，由 %s 改为 %s", ", from %s to %s", body.was, body.due)
  end
  return ""
end

local function cited(row)
  local version = row.version and words.sayf("版本 %s", "version %s", tostring(row.version))
  local line = (row.line or 0) > 0 and words.sayf("第%d行", "line %d", row.line)
  if not line then
    return ""
  end
  return words.sayf("（%s）", " (%s)", version and line .. words.say("，", ", ") .. version or line)
end

local function add_row(lines, def, row)
  local kind = KINDS[row.kind] or { row.kind, row.kind }
  local body = type(row.body) == "table" and row.body or {}
  local reason = body.reason or body.why
  lines[#lines + 1] = words.sayf("%s %s“%s”%s%s%s", "%s %s \"%s\"%s%s%s", instants.text(row.at),
    words.say(kind[1], kind[2]), titles.row(def, row.kind, tostring(row.name)), moved_text(body),
    type(reason) == "string" and words.say("：", ": ") .. explain_rungs.reason(reason) or "",
    cited(row))
end

local function add_events(lines, def, s)
  local state = def.states.id[s.state]
  local events = index.sorted_keys(state and state.on)
  lines[#lines + 1] = words.sayf("现在处于“%s”，等待：%s", "now in \"%s\", waiting for: %s",
    titles.state(def, s.state), #events > 0 and titles.events(def, events)
      or words.say("无", "nothing"))
end

local function add_people(lines, def, s)
  for _, key in ipairs(index.sorted_keys(s.props)) do
    lines[#lines + 1] = words.sayf("待%s", "waits for %s", titles.awaited(def, s.props[key]))
  end
  for _, key in ipairs(index.sorted_keys(s.plan)) do
    local item = s.plan[key]
    lines[#lines + 1] = words.sayf("等待补办清单签字：“%s”，原定 %s",
      "the catch-up list waits: \"%s\", planned for %s",
      titles.step(def, item.l .. "/" .. item.s), instants.text(item.p))
  end
end

local function add_waiting(lines, def, s)
  if s.closed then
    lines[#lines + 1] = words.sayf("案件已结束：%s", "the case has ended: %s",
      titles.state(def, s.state))
    return
  end
  add_events(lines, def, s)
  add_people(lines, def, s)
  local timer = s.timers[1]
  lines[#lines + 1] = timer and words.sayf("下一次自动处理：%s", "the clock acts next at %s",
    instants.text(timer.at)) or words.say("没有到期的自动处理", "nothing is due by itself")
end

--- Why each date and each step of a case.
---@param def table
---@param ctx table
---@param s table snapshot
---@param rows table { seq, is_input, kind, name, at, body, line, … }…
---@return string[]
function explain.lines(def, ctx, s, rows)
  local lines = {}
  for _, id in ipairs(def.deadlines.order) do
    add_deadline(lines, def, ctx, s, id)
    for _, ladder in ipairs(index.of(def).ladders_of[id]) do
      explain_rungs.add(lines, def, ctx, s, ladder)
    end
  end
  for _, row in ipairs(rows) do
    if not row.is_input and not is_told(row) then
      add_row(lines, def, row)
    end
  end
  add_waiting(lines, def, s)
  return lines
end

return explain
