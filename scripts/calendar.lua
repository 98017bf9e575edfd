-- The working-day calendar: days as integers since 1970-01-01, budgets in
-- workdays, days and months, and the reasons for every date. Year notices
-- come in as data; prefix sums make adding workdays a matter of two look-ups.
-- Years without a notice know weekends only, and what touches them is
-- provisional.

local days = require("calendar.days")
local reasons = require("calendar.reasons")
local words = require("words")

local calendar = {}

local Calendar = {}
Calendar.__index = Calendar

local MONDAY = 4 -- 1970-01-05, so that (day - MONDAY) % 7 is 0 on Mondays

calendar.from_civil = days.from_civil
calendar.civil = days.civil
calendar.month_length = days.month_length
calendar.day = days.day
calendar.text = days.text
calendar.is_span = days.is_span
calendar.weekday = days.weekday
calendar.add_months = days.add_months
calendar.budget = days.budget
calendar.describe = days.describe

-- How many weekdays lie between the Monday of the epoch's second week and day, inclusive.
local function weekdays_to(day)
  local past = day - MONDAY
  return past // 7 * 5 + math.min(past % 7 + 1, 5)
end

local function nth_weekday(count)
  return MONDAY + (count - 1) // 5 * 7 + (count - 1) % 5
end

local function note_days(into, given, works, notice)
  for key, entry in next, given or {} do
    local text = type(entry) == "table" and entry.date or key
    local name = type(entry) == "table" and entry.name or entry
    local day = days.day(text)
    if not day then
      error(words.sayf("历表中的日期“%s”不存在", "no such date in the calendar: \"%s\"",
        tostring(text)), 0)
    end
    into[day] = { works = works, name = tostring(name), notice = notice }
  end
end

local function read_years(self, years)
  for key, year in next, years or {} do
    local number = math.tointeger(tonumber(year.year or key))
    self.years[number] = year.notice or false
    note_days(self.special, year.off, false, year.notice)
    note_days(self.special, year.on or year.work, true, year.notice)
    self.last = math.max(self.last or number, number)
  end
end

local function covered(self)
  local from, to
  for number in next, self.years do
    local first, last = days.from_civil(number, 1, 1), days.from_civil(number, 12, 31)
    from, to = math.min(from or first, first), math.max(to or last, last)
  end
  for day in next, self.special do
    from, to = math.min(from or day, day), math.max(to or day, day)
  end
  return from or MONDAY, to or MONDAY - 1
end

local function sum_up(self)
  self.from, self.to = covered(self)
  self.base = weekdays_to(self.from - 1)
  local upto, nth, count, special = {}, {}, 0, self.special
  for day = self.from, self.to do
    local known = special[day]
    local works
    if known then
      works = known.works
    else
      works = (day - MONDAY) % 7 < 5
    end
    if works then
      count = count + 1
      nth[count] = day
    end
    upto[day - self.from + 1] = count
  end
  self.upto, self.nth, self.count = upto, nth, count
  self.shift = weekdays_to(self.to) - (self.base + count)
end

--- Build a calendar. Years are shaped like the files of calendar/: notice, off, on (or work).
---@param given { years: table, extra: table? }
---@return table calendar
function calendar.new(given)
  local self = setmetatable({ years = {}, special = {} }, Calendar)
  read_years(self, given.years)
  local extra = given.extra or {}
  note_days(self.special, extra.off, false, extra.notice)
  note_days(self.special, extra.on or extra.work, true, extra.notice)
  sum_up(self)
  return self
end

local function workdays_to(self, day)
  if day < self.from then
    return weekdays_to(day)
  elseif day > self.to then
    return weekdays_to(day) - self.shift
  end
  return self.base + self.upto[day - self.from + 1]
end

local function nth_workday(self, count)
  if count <= self.base then
    return nth_weekday(count)
  elseif count <= self.base + self.count then
    return self.nth[count - self.base]
  end
  return nth_weekday(count + self.shift)
end

--- Whether people work on a day.
---@param day integer
---@return boolean
function Calendar:is_workday(day)
  local known = self.special[day]
  if known then
    return known.works
  end
  return (day - MONDAY) % 7 < 5
end

--- Why a day is special: its name and the notice that says so; nil for an ordinary day.
---@param day integer
---@return { works: boolean, name: string, notice: string? }?
function Calendar:special_day(day)
  return self.special[day]
end

--- The last day of the last year whose notice is known; nil where none is.
---@return integer?
function Calendar:known_until()
  return self.last and days.from_civil(self.last, 12, 31)
end

--- Whether every year from one day to another is known.
---@param from integer
---@param to integer
---@return boolean
function Calendar:knows(from, to)
  local first, last = days.civil(math.min(from, to)), days.civil(math.max(from, to))
  for year = first, last do
    if self.years[year] == nil then
      return false
    end
  end
  return true
end

--- Workdays after one day up to and including another (negative backwards), and plain days.
---@param from integer
---@param to integer
---@return integer workdays, integer days
function Calendar:between(from, to)
  return workdays_to(self, to) - workdays_to(self, from), to - from
end

local function add_workdays(self, start, n, same)
  if n > 0 then
    return nth_workday(self, workdays_to(self, same and start - 1 or start) + n)
  end
  return nth_workday(self, workdays_to(self, same and start or start - 1) + n + 1)
end

local function add_months(start, n, same)
  local reached = days.add_months(start, n)
  if not same then
    return reached
  elseif n < 0 then
    return reached + 1
  end
  local _, _, date = days.civil(start)
  local _, _, got = days.civil(reached)
  return date - 1 > got - 1 and reached or reached - 1
end

local function reach(self, start, budget, same)
  local n = budget.n
  if budget.kind == "date" then
    return days.day(budget.date)
  elseif n == 0 then
    return start
  elseif budget.kind == "workdays" then
    return add_workdays(self, start, n, same)
  elseif budget.kind == "days" then
    return start + n + (same and (n > 0 and -1 or 1) or 0)
  end
  return add_months(start, n, same)
end

--- Move a day off the rest days.
---@param day integer
---@param lands "next_workday"|"previous_workday"|"as_is"
---@return integer
function Calendar:land(day, lands)
  if lands == "as_is" or self:is_workday(day) then
    return day
  end
  local before = workdays_to(self, day)
  return nth_workday(self, lands == "previous_workday" and before or before + 1)
end

local function landing(budget, lands)
  if budget.kind == "date" then
    return "as_is"
  end
  return lands or budget.n < 0 and "previous_workday" or "next_workday"
end

--- The due day of a budget. Without opts the start is not counted, and the end lands on the next
--- workday, or on the previous one when counted back. A date is its own due day.
---@param start integer
---@param budget { kind: string, n: integer?, date: string? }
---@param opts { counts: string?, lands: string? }?
---@return integer due
---@return table trace start, reached, provisional, lands, same
function Calendar:add(start, budget, opts)
  opts = opts or {}
  local same, lands = opts.counts == "from_same_day", landing(budget, opts.lands)
  local reached = reach(self, start, budget, same)
  local due = self:land(reached, lands)
  local from = budget.kind == "workdays" and start or reached
  return due, { start = start, reached = reached, lands = lands, same = same,
    provisional = budget.kind ~= "date" and not self:knows(from, due) }
end

--- The lines that say why a due day is what it is, with the due day they end on.
---@param start integer
---@param budget { kind: string, n: integer?, date: string? }
---@param opts { counts: string?, lands: string? }?
---@return string[] lines
---@return integer due
---@return boolean provisional
function Calendar:explain(start, budget, opts)
  local due, trace = self:add(start, budget, opts)
  return reasons.lines(self, budget, due, trace), due, trace.provisional
end

return calendar
