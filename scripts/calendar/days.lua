-- Plain dates: days as integers since 1970-01-01, civil dates, months with
-- their ends, and budgets as they are written and said. No year notice is
-- needed for anything here; what needs one is in calendar.lua.

local words = require("words")

local days = {}

local MONDAY = 4 -- 1970-01-05, so that (day - MONDAY) % 7 is 0 on Mondays
local LIMIT = 3660
local KINDS = { wd = "workdays", d = "days", m = "months" }

--- The day of a civil date, not checked for existence (proleptic Gregorian).
---@param year integer
---@param month integer
---@param date integer
---@return integer day
function days.from_civil(year, month, date)
  local shifted = month <= 2 and year - 1 or year
  local era = shifted // 400
  local of_era = shifted - era * 400
  local of_year = (153 * ((month + 9) % 12) + 2) // 5 + date - 1
  return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468
end

--- The civil date of a day.
---@param day integer
---@return integer year, integer month, integer date
function days.civil(day)
  local shifted = day + 719468
  local era = shifted // 146097
  local of_era = shifted - era * 146097
  local years = (of_era - of_era // 1460 + of_era // 36524 - of_era // 146096) // 365
  local of_year = of_era - (365 * years + years // 4 - years // 100)
  local part = (5 * of_year + 2) // 153
  local month = part < 10 and part + 3 or part - 9
  return years + era * 400 + (month <= 2 and 1 or 0), month, of_year - (153 * part + 2) // 5 + 1
end

--- The last date of a month.
---@param year integer
---@param month integer
---@return integer
function days.month_length(year, month)
  if month == 12 then
    return 31
  end
  return days.from_civil(year, month + 1, 1) - days.from_civil(year, month, 1)
end

--- The day written "YYYY-MM-DD"; nil for a text or a date that is none.
---@param text any
---@return integer?
function days.day(text)
  if type(text) ~= "string" then
    return nil
  end
  local year, month, date = text:match("^(%d%d%d%d)%-(%d%d)%-(%d%d)$")
  if not year then
    return nil
  end
  year, month, date = tonumber(year), tonumber(month), tonumber(date)
  if month < 1 or month > 12 or date < 1 or date > days.month_length(year, month) then
    return nil
  end
  return days.from_civil(year, month, date)
end

--- A day written "YYYY-MM-DD".
---@param day integer
---@return string
function days.text(day)
  return string.format("%04d-%02d-%02d", days.civil(day))
end

--- The day of the week, 1 for Monday to 7 for Sunday.
---@param day integer
---@return integer
function days.weekday(day)
  return (day - MONDAY) % 7 + 1
end

--- The corresponding day some months on, or the month's end where there is none.
---@param day integer
---@param months integer
---@return integer
function days.add_months(day, months)
  local year, month, date = days.civil(day)
  local count = year * 12 + month - 1 + months
  year, month = count // 12, count % 12 + 1
  return days.from_civil(year, month, math.min(date, days.month_length(year, month)))
end

local function is_within(n)
  return math.type(n) == "integer" and n >= -LIMIT and n <= LIMIT
end

--- Whether a value is a span that can be counted: its kind, and a number within ten years of days.
---@param value any
---@return boolean
function days.is_span(value)
  return type(value) == "table" and (value.kind == "workdays" or value.kind == "days"
    or value.kind == "months") and is_within(value.n)
end

--- Read a budget written "5wd", "15d", "2m" or "-3wd".
---@param text string
---@return table? budget
---@return string? why
function days.budget(text)
  local count, unit = tostring(text):match("^([+-]?%d+)(%a+)$")
  if not KINDS[unit or ""] then
    return nil, words.sayf("“%s”不是期限，请写成 5wd、15d、2m 或 -3wd",
      "\"%s\" is no budget; write 5wd, 15d, 2m or -3wd", words.short(text))
  end
  local n = tonumber(count)
  if not is_within(n) then
    return nil, words.sayf("期限“%s”太长，最多 %d", "the budget \"%s\" is too long, at most %d",
      words.short(text), LIMIT)
  end
  return { kind = KINDS[unit], n = n }
end

--- A budget in words.
---@param budget table
---@return string
function days.describe(budget)
  if budget.kind == "date" then
    return budget.date
  end
  local zh = { workdays = "%d个工作日", days = "%d日", months = "%d个月" }
  local en = { workdays = "%d working days", days = "%d days", months = "%d months" }
  return words.sayf(zh[budget.kind], en[budget.kind], budget.n)
end

return days
