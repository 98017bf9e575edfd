-- Why a due day is that day: the lines a clerk shows when asked "why the
-- 9th?". The start, each day counted, each day skipped with the notice that
-- says so, the roll off a rest day, and whether a year's notice is missing.

local days = require("calendar.days")
local words = require("words")

local reasons = {}

local ZH = { "一", "二", "三", "四", "五", "六", "日" }
local EN = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" }

--- A day with its weekday.
---@param day integer
---@return string
function reasons.dated(day)
  local weekday = days.weekday(day)
  return words.sayf("%s（星期%s）", "%s (%s)", days.text(day),
    words.say(ZH[weekday], EN[weekday]))
end

--- Why a day is or is not worked, as the end of a line; empty for a plain workday.
---@param cal table
---@param day integer
---@return string
function reasons.cause(cal, day)
  local special = cal:special_day(day)
  if not special then
    return cal:is_workday(day) and "" or words.say("，周末", ", weekend")
  end
  local what = special.works and words.sayf("，%s调休上班", ", make-up workday for %s", special.name)
    or words.sayf("，%s放假", ", off for %s", special.name)
  if not special.notice then
    return what
  end
  return what .. words.sayf("，依据%s", ", by %s", special.notice)
end

local function start_line(trace, budget)
  if budget.kind == "date" then
    return words.say("期限是写明的日期", "the deadline is a stated date")
  end
  local way = trace.same and words.say("当日起算", "counted from this day on")
    or words.say("当日不计", "this day is not counted")
  return words.sayf("起算 %s，%s", "start %s, %s", reasons.dated(trace.start), way)
end

local function walk(lines, cal, trace, budget)
  local step = budget.n < 0 and -1 or 1
  local day, count = trace.start, 0
  if not trace.same then
    day = day + step
  end
  while (day - trace.reached) * step <= 0 do
    if cal:is_workday(day) then
      count = count + 1
      lines[#lines + 1] = words.sayf("第%d个工作日 %s%s", "working day %d: %s%s",
        step * count, reasons.dated(day), reasons.cause(cal, day))
    else
      lines[#lines + 1] = words.sayf("不计 %s%s", "not counted: %s%s",
        reasons.dated(day), reasons.cause(cal, day))
    end
    day = day + step
  end
end

local function count_lines(lines, cal, trace, budget)
  if budget.kind == "date" then
    return
  elseif budget.kind == "workdays" and budget.n ~= 0 then
    walk(lines, cal, trace, budget)
    return
  end
  lines[#lines + 1] = words.sayf("%s，到 %s", "%s reach %s", days.describe(budget),
    reasons.dated(trace.reached))
end

local function roll_lines(lines, cal, trace, due)
  if due == trace.reached then
    if not cal:is_workday(due) then
      lines[#lines + 1] = words.sayf("%s不是工作日%s，按规定不顺延", "%s is no workday%s, and stays as it is",
        reasons.dated(due), reasons.cause(cal, due))
    end
    return
  end
  local step = due > trace.reached and 1 or -1
  for day = trace.reached, due - step, step do
    lines[#lines + 1] = words.sayf("不是工作日 %s%s", "no workday: %s%s",
      reasons.dated(day), reasons.cause(cal, day))
  end
  if step > 0 then
    lines[#lines + 1] = words.sayf("顺延到 %s%s", "moved on to %s%s", reasons.dated(due),
      reasons.cause(cal, due))
  else
    lines[#lines + 1] = words.sayf("提前到 %s%s", "moved back to %s%s", reasons.dated(due),
      reasons.cause(cal, due))
  end
end

--- The lines for one due day.
---@param cal table
---@param budget table
---@param due integer
---@param trace table as Calendar:add gives it
---@return string[]
function reasons.lines(cal, budget, due, trace)
  local lines = { start_line(trace, budget) }
  count_lines(lines, cal, trace, budget)
  roll_lines(lines, cal, trace, due)
  lines[#lines + 1] = words.sayf("到期日 %s", "due %s", reasons.dated(due))
  if trace.provisional then
    lines[#lines + 1] = words.sayf("%d年的放假通知尚未录入，日期为暂定",
      "the holiday notice of %d is not known yet, so the date is provisional", (days.civil(due)))
  end
  return lines
end

return reasons
