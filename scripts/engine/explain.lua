-- Why each date and each step: for every deadline where it starts, how it is
-- counted and what moved it; for every rung why that day and what became of it;
-- for every decision which line made it; and what the case waits for now.

local calendar = require("calendar")
local explain_rungs = require("engine.explain_rungs")
local index = require("engine.index")
local instants = require("engine.instants")
local next_of = require("engine.next")
local words = require("words")

local explain = {}

local function title_of(group, id)
  local item = group.id[id]
  return item and item.title or tostring(id)
end

local function event_title(def, id)
  local item = def.facts.id[id] or def.states.id[id]
  return item and item.title or tostring(id)
end

local function budget_words(budget)
  if budget.kind == "open" then
    return words.say("长期", "open-ended")
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

local function span_text(span, zh, en)
  return words.sayf("  %s：%s 起，%s", "  %s: from %s, %s", words.say(zh, en),
    calendar.text(span.from), span.to
      and words.sayf("至 %s（该日起恢复计算）", "to %s (which counts again)", calendar.text(span.to))
      or words.say("尚未结束", "not over yet"))
end

local function add_spans(lines, dl)
  for _, pause in ipairs(dl.pauses) do
    lines[#lines + 1] = span_text(pause, "暂停", "paused")
  end
  for _, sub in ipairs(dl.subs) do
    lines[#lines + 1] = span_text(sub, "已提交，停止计时", "submitted, the clock stands")
  end
  for _, ext in ipairs(dl.ext) do
    lines[#lines + 1] = words.sayf("  延期 %s，原定 %s%s", "  extended by %s, before that due %s%s",
      calendar.describe(ext), tostring(ext.was), ext.reason and "：" .. ext.reason or "")
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
  local titles = {}
  for at, id in ipairs(index.sorted_keys(deadline.starts)) do
    titles[at] = event_title(def, id)
  end
  if deadline.applies then
    return words.sayf("期限“%s”：没有起算：本案不适用，或者还在等待：%s",
      "deadline \"%s\": not started: it does not apply, or waits for: %s", deadline.title,
      words.join(titles))
  end
  return words.sayf("期限“%s”：还没有起算，等待：%s", "deadline \"%s\": not started, waits for: %s",
    deadline.title, words.join(titles))
end

local function add_deadline(lines, def, ctx, s, id)
  local deadline, dl = def.deadlines.id[id], s.dl[id]
  if not dl then
    lines[#lines + 1] = not_started(def, deadline)
    return
  end
  local status = STATUS[dl.status] or { dl.status, dl.status }
  lines[#lines + 1] = words.sayf("期限“%s”：%s（%s）", "deadline \"%s\": %s (%s)", deadline.title,
    dl.text or words.say("长期", "open-ended"), words.say(status[1], status[2]))
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

local function row_name(def, row)
  local name = tostring(row.name)
  if name:find("/", 1, true) then
    return next_of.step_title(def, name)
  elseif def.deadlines.id[name] then
    return title_of(def.deadlines, name)
  end
  return event_title(def, name)
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

local function add_row(lines, def, row)
  local kind = KINDS[row.kind] or { row.kind, row.kind }
  local reason = type(row.body) == "table" and (row.body.reason or row.body.why)
  lines[#lines + 1] = words.sayf("%s %s“%s”%s（第%d行%s）", "%s %s \"%s\"%s (line %d%s)",
    instants.text(row.at), words.say(kind[1], kind[2]), row_name(def, row),
    type(reason) == "string" and "：" .. explain_rungs.reason(reason) or "", row.line or 0,
    row.version and words.sayf("，版本 %s", ", version %s", tostring(row.version)) or "")
end

local function state_title(def, s)
  local state = def.states.id[s.state]
  return state and state.title or tostring(s.state)
end

local function add_events(lines, def, s)
  local state, events = def.states.id[s.state], {}
  for at, id in ipairs(index.sorted_keys(state and state.on)) do
    events[at] = event_title(def, id)
  end
  lines[#lines + 1] = words.sayf("现在处于“%s”，等待：%s", "now in \"%s\", waiting for: %s",
    state_title(def, s), #events > 0 and words.join(events) or words.say("无", "nothing"))
end

local function add_people(lines, def, s)
  for _, key in ipairs(index.sorted_keys(s.props)) do
    local prop = s.props[key]
    lines[#lines + 1] = words.sayf("等待审批：“%s”，第%d位", "approval waits: \"%s\", signature %d",
      next_of.step_title(def, prop.l .. "/" .. prop.s), prop.sign)
  end
  for _, key in ipairs(index.sorted_keys(s.plan)) do
    local item = s.plan[key]
    lines[#lines + 1] = words.sayf("等待补办清单签字：“%s”，原定 %s",
      "the catch-up list waits: \"%s\", planned for %s",
      next_of.step_title(def, item.l .. "/" .. item.s), instants.text(item.p))
  end
end

local function add_waiting(lines, def, s)
  if s.closed then
    lines[#lines + 1] = words.sayf("案件已结束：%s", "the case has ended: %s", state_title(def, s))
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
    if not row.is_input then
      add_row(lines, def, row)
    end
  end
  add_waiting(lines, def, s)
  return lines
end

return explain
