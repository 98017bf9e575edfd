-- Why each rung of a ladder stands on its day, and what became of it: the part of
-- the explanation that reads the state of ladders.

local calendar = require("calendar")
local index = require("engine.index")
local instants = require("engine.instants")
local rungs = require("engine.rungs")
local view = require("engine.view")
local words = require("words")

local explain_rungs = {}

local REASONS = {
  early = { "起算时该日已过", "its day lay before the start" },
  entered_higher = { "从更高一级进入", "the ladder was entered higher" },
  jumped = { "被跳过", "jumped over" },
  skip = { "按流程条件跳过", "skipped by its condition" },
  missed = { "停机期间错过，按流程跳过", "missed during an outage" },
  missed_once = { "停机期间错过，只补最后一级", "missed; only the last one is made up" },
  rejected = { "前一级被否决", "rejected" },
  superseded = { "日期更正后不应发生", "would not have happened" },
  met = { "期限已办结", "the deadline was met" },
  closed = { "案件已结束", "the case ended" },
  armed_again = { "期限重新起算", "the deadline started anew" },
  corrected = { "事实更正", "a fact was corrected" },
  extended = { "延期", "an extension" },
  paused = { "暂停", "a pause" },
  resumed = { "恢复计时", "the clock goes on" },
  returned = { "退回", "a return" },
  submitted = { "提交", "a submission" },
  calendar_changed = { "历表变更", "the calendar changed" },
  record_changed = { "登记内容变更", "the record changed" },
  nobody = { "没有人可以送达", "it reached nobody" },
  no_start_day = { "未能起算，起算日期没有填写", "it could not start, its first day is not filled in" },
  no_budget = { "未能起算，没有可用的办理期限", "it could not start, it has no usable budget" },
  not_taken = { "本案现处状态不接受，仅留痕", "the present state does not take it: noted only" },
  plan = { "补办清单不再执行", "skipped on the catch-up list" },
  open = { "期限改为长期", "the term became open-ended" },
}

local OUTCOMES = {
  fired = { "已执行", "carried out" }, proposed = { "等待审批", "waits for approval" },
  released = { "已批准执行", "approved and carried out" }, rejected = { "被否决", "rejected" },
  expired = { "提请过期，视为没有执行", "expired, not carried out" },
  skipped = { "跳过", "skipped" }, planned = { "等待补办清单签字", "waits on the catch-up list" },
}

local function say(pair, default)
  return pair and words.say(pair[1], pair[2]) or default
end

--- The words for a reason in a decision.
---@param reason string
---@return string
function explain_rungs.reason(reason)
  return say(REASONS[reason], reason)
end

local function offset_text(offset, after)
  if offset.n == 0 then
    return after and words.say("执行当日", "on the same day") or words.say("到期当日", "on the due day")
  end
  local size = offset.n and { kind = offset.kind, n = math.abs(offset.n) } or offset
  local how = calendar.describe(size)
  if after then
    return words.sayf("执行后%s", "%s later", how)
  elseif offset.n and offset.n < 0 then
    return words.sayf("到期前%s", "%s before the due day", how)
  end
  return words.sayf("到期后%s", "%s after the due day", how)
end

-- What a function gives now; one that fails is told by the case, not here.
local function computed(w, step)
  local ok, offset = pcall(view.value, w, step.at, step)
  if not ok then
    view.place()
  end
  return ok and type(offset) == "table" and offset or ok and offset == nil and { n = 0 } or nil
end

local function place_of(w, ladder, step)
  local from = step.after and ladder.steps.id[step.after]
  local offset = type(step.at) == "table" and step.at or computed(w, step)
  local is_function = type(step.at) == "function"
  local how = offset and offset_text(offset, from)
    or words.say("日数由程序计算", "the script counts the days")
  if offset and is_function then
    how = words.sayf("%s（日数由程序计算）", "%s (the script counts the days)", how)
  end
  return from and words.sayf("“%s”%s", "after \"%s\": %s", from.title, how) or how
end

local function timer_of(s, ladder, step)
  for _, timer in ipairs(s.timers) do
    if timer.k == "rung" and timer.l == ladder and timer.s == step then
      return timer
    end
  end
  return nil
end

local function future_of(s, ls, ladder, step)
  local rung, timer = ls.steps[step.id], timer_of(s, ladder.id, step.id)
  if timer then
    return words.sayf("将于 %s", "will come on %s", instants.text(timer.at))
  elseif rung.x then
    return words.say("不再执行：", "will not come: ") .. explain_rungs.reason(rung.x)
  elseif rung.early then
    return words.say("不执行：", "does not come: ") .. explain_rungs.reason("early")
  elseif ls.st == "ended" then
    return words.say("阶梯已停止", "the ladder has ended")
  elseif step.after then
    return words.say("前一级执行后才起算", "stands only after that step is carried out")
  end
  return words.say("停住，等待恢复计时", "held until the clock goes on")
end

local DONE = { fired = true, released = true }

-- A measure taken on a day its rule no longer gives stands, and the line says so.
local function moved_text(w, ladder, step, nth, fire)
  if not DONE[fire.o] or type(step.at) == "function" then
    return ""
  end
  local ok, day = pcall(rungs.day, w, ladder, step, nth)
  if not ok or not day or day <= instants.day(fire.p) then
    return ""
  end
  return words.sayf("（改期后应为 %s，措施保留）", " (by the date as it is now: %s; it stands)",
    calendar.text(day))
end

local function past_of(w, ladder, step, fires)
  local out = {}
  for at, fire in ipairs(fires) do
    out[at] = instants.text(fire.p) .. " " .. say(OUTCOMES[fire.o], fire.o)
      .. moved_text(w, ladder, step, at, fire)
  end
  return words.join(out)
end

-- Enough of a work of the fold to count days and ask the script's functions.
local function work(def, ctx, s, ladder)
  local dl = s.dl[ladder.past]
  return { def = def, ix = index.of(def), ctx = ctx, s = s,
    cal = dl and ctx.calendars[dl.cal] or ctx.calendars[ctx.calendar] }
end

--- Add the lines of one ladder.
---@param lines string[]
---@param def table
---@param ctx table
---@param s table
---@param id string
function explain_rungs.add(lines, def, ctx, s, id)
  local ladder, ls = def.ladders.id[id], s.rungs[id]
  if not ls then
    return
  end
  local w = work(def, ctx, s, ladder)
  for _, name in ipairs(ladder.steps.order) do
    local step, rung = ladder.steps.id[name], ls.steps[name]
    local past, future = past_of(w, ladder, step, rung.fires), future_of(s, ls, ladder, step)
    local done = #rung.fires > 0 and not timer_of(s, id, name)
    lines[#lines + 1] = words.sayf("  “%s”：%s；%s", "  \"%s\": %s; %s", step.title,
      place_of(w, ladder, step), done and past
        or (past ~= "" and past .. words.say("；", "; ") or "") .. future)
  end
end

return explain_rungs
