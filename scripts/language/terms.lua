-- Dates and terms as letters and ledgers write them: 2025.3.5, serial numbers
-- of a spreadsheet, 30个工作日, 反馈后2个月内, 3月底前, 一季度, 立行立改,
-- 长期坚持. A term keeps its words; what cannot be read is refused, not guessed.

local calendar = require("calendar.days")
local cells = require("language.cells")
local words = require("words")

local terms = {}

local SERIAL_ZERO = -25569 -- day 0 of spreadsheets that count from 1899-12-30
local OPEN = { "立行立改", "即知即改", "边查边改", "立即整改", "长期", "持续", "常态", "一直坚持" }
local QUARTERS = { ["一"] = 3, ["二"] = 6, ["三"] = 9, ["四"] = 12, ["1"] = 3, ["2"] = 6, ["3"] = 9,
  ["4"] = 12 }

local function civil(year, month, date)
  year, month, date = tonumber(year), tonumber(month), tonumber(date)
  return calendar.day(string.format("%04d-%02d-%02d", year, month, date))
end

local SHAPES = {
  "^(%d%d%d%d)%-(%d%d?)%-(%d%d?)$", "^(%d%d%d%d)%.(%d%d?)%.(%d%d?)$",
  "^(%d%d%d%d)/(%d%d?)/(%d%d?)$", "^(%d%d%d%d)年(%d%d?)月(%d%d?)日$",
  "^(%d%d%d%d)年(%d%d?)月(%d%d?)号$", "^(%d%d%d%d)年(%d%d?)月(%d%d?)$",
  "^(%d%d%d%d)(%d%d)(%d%d)$",
}

local function serial_day(raw)
  local number = tonumber(raw)
  if number and number >= 20000 and number < 80000 then
    return math.floor(number) + SERIAL_ZERO
  end
  return nil
end

local function shaped_day(text)
  for _, shape in ipairs(SHAPES) do
    local year, month, date = text:match(shape)
    if year then
      return civil(year, month, date), true
    end
  end
  return nil, false
end

-- 3月2日 says no year: it is the one in which it is written.
local function yearless_day(text, today)
  local month, date = text:gsub("号$", "日"):match("^(%d%d?)月(%d%d?)日$")
  if month and today then
    return civil((calendar.civil(today)), month, date), true
  end
  return nil, false
end

--- The day a date cell names; one without a year lies in the year of today.
---@param raw any
---@param today integer?
---@return integer? day
---@return string? why
function terms.day(raw, today)
  local text = cells.plain(tostring(raw))
  text = text:gsub("[ T]+%d%d?:%d%d[%d:.]*$", ""):gsub("%s+", "")
  local day, shaped = shaped_day(text)
  if not shaped then
    day, shaped = yearless_day(text, today)
  end
  day = day or not shaped and serial_day(text)
  if day then
    return day
  elseif shaped then
    return nil, words.sayf("日期“%s”不存在", "there is no such date: \"%s\"", words.short(raw))
  end
  return nil, words.sayf("“%s”不是日期，请写成 2026-03-05 或 2026年3月5日",
    "\"%s\" is no date; write 2026-03-05", words.short(raw))
end

local KINDS = {
  { "^(.+)个工作日$", "workdays", 1 }, { "^(.+)工作日$", "workdays", 1 }, { "^(.+)个月$", "months", 1 },
  { "^(.+)个星期$", "days", 7 }, { "^(.+)星期$", "days", 7 }, { "^(.+)周$", "days", 7 },
  { "^(.+)年$", "months", 12 }, { "^(.+)个自然日$", "days", 1 }, { "^(.+)自然日$", "days", 1 },
  { "^(.+)日$", "days", 1 }, { "^(.+)天$", "days", 1 },
}

local function stripped(text)
  local rest = text:match("^.-之日起(.+)$") or text:match("^.+后(.+)$")
    or text:match("^.+起(.+)$") or text
  rest = rest:gsub("^,", ""):gsub("^在", "")
  for _, tail in ipairs({ "完成$", "办结$", "到位$", "以内$", "之内$", "内$" }) do
    rest = rest:gsub(tail, "")
  end
  return rest
end

local function counted(text)
  if text == "半年" then
    return { kind = "months", n = 6 }
  end
  for _, row in ipairs(KINDS) do
    local number = text:match(row[1])
    local n = number and cells.count(number)
    if n and n <= 3660 and not (row[3] == 12 and n > 99) then
      return { kind = row[2], n = n * row[3] }
    end
  end
  return nil
end

--- A budget as written: "10wd", "10个工作日", "反馈后2个月内".
---@param raw any
---@return table? time
---@return string? why
function terms.time(raw)
  if type(raw) == "table" then
    if (raw.kind == "workdays" or raw.kind == "days" or raw.kind == "months")
      and math.type(raw.n) == "integer" then
      return { kind = raw.kind, n = raw.n }
    end
    raw = "?"
  end
  local text = cells.tight(tostring(raw))
  if text:find("^[+-]?%d+%a+$") then
    return calendar.budget(text)
  end
  local time = counted(stripped(text))
  if time then
    return time
  end
  return nil, words.sayf("“%s”不是期限，请写成 10个工作日、15日内、2个月 或 10wd",
    "\"%s\" is no budget; write 10wd, 15d or 2m", words.short(raw))
end

local function month_end(year, month)
  return calendar.from_civil(year, month, calendar.month_length(year, month))
end

local function valid_month(text)
  local month = cells.count(text or "")
  return month and month >= 1 and month <= 12 and month or nil
end

local MONTHS = { "^(.+)月(.+)日$", "^(.+)月(.+)号$", "^(.+)月底$", "^(.+)月末$", "^(.+)月份$",
  "^(.+)月$", "^(.+)月内$" }
local NAMED = { ["上半年"] = 6, ["下半年"] = 12, ["底"] = 12, ["末"] = 12, ["年底"] = 12,
  ["年末"] = 12, ["年内"] = 12 }

-- Each shape gives the month and date meant; a date of nil is the month's end.
local function month_and_date(text)
  for _, shape in ipairs(MONTHS) do
    local month, date = text:match(shape)
    if month then
      return valid_month(month), date and cells.count(date)
    end
  end
  local quarter = text:gsub("^第", ""):gsub("末$", ""):gsub("底$", ""):match("^(.+)季度$")
  if quarter then
    return QUARTERS[quarter], nil
  end
  return NAMED[text], nil
end

local function place(year, month, date)
  if not date then
    return month_end(year, month)
  end
  return date >= 1 and date <= 31 and civil(year, month, date) or nil
end

local RELATIVE = { ["今年"] = 0, ["本年"] = 0, ["明年"] = 1 }

local function year_of(text, today)
  local year, rest = text:match("^(%d%d%d%d)年(.+)$")
  if year then
    return tonumber(year), rest
  end
  local word = text:sub(1, #"今年")
  if RELATIVE[word] and today then
    return (calendar.civil(today)) + RELATIVE[word], text:sub(#word + 1)
  end
  return nil, text
end

local function this_month(text, today)
  local ahead = text == "本月底" and 0 or text == "本月内" and 0 or text == "下月底" and 1 or nil
  if not ahead or not today then
    return nil
  end
  local year, month = calendar.civil(calendar.add_months(today, ahead))
  return month_end(year, month)
end

local function short_month(text)
  local year, month = text:match("^(%d%d%d%d)[./-](%d%d?)$")
  return valid_month(month) and month_end(tonumber(year), tonumber(month))
end

-- A month without a year is the next one to come.
local function coming(month, date, today)
  local year = calendar.civil(today)
  local day = place(year, month, date)
  if day and day < today then
    return place(year + 1, month, date)
  end
  return day
end

local function deadline_day(text, today)
  local day, shaped = shaped_day(text)
  if day or shaped then
    return day
  end
  local year, rest = year_of(text, today)
  local month, date = month_and_date(rest)
  if month and year then
    return place(year, month, date)
  elseif month then
    return today and coming(month, date, today)
  end
  return short_month(text) or this_month(text, today)
end

local function trimmed_date(text)
  for _, tail in ipairs({ "之前完成$", "前完成$", "前办结$", "以前$", "之前$", "前$", "完成$", "为止$", "止$" }) do
    local rest, changed = text:gsub(tail, "")
    if changed > 0 then
      return rest, tail ~= "完成$" and tail ~= "止$"
    end
  end
  return text, false
end

-- "6月前" may mean before June or by the end of it, so it is not read.
local function is_vague(rest, before)
  return before and (rest:find("月$") or rest:find("年$") or rest:find("季度$")) ~= nil
end

local function open_reason(text)
  for _, word in ipairs(OPEN) do
    if text:find(word, 1, true) then
      return true
    end
  end
  return false
end

-- What nobody typed has no words to keep: they would be those of whoever happens to read.
local function canonical(given)
  if given.kind == "date" and calendar.day(given.date) then
    return { kind = "date", date = given.date, raw = given.raw }
  elseif given.kind == "open" then
    return { kind = "open", reason = given.reason or given.raw or "长期", raw = given.raw }
  end
  local time = terms.time(given)
  if time then
    time.raw = given.raw
  end
  return time
end

local function read_text(raw, today)
  local text = cells.tight(raw)
  if open_reason(text) then
    return { kind = "open", reason = raw, raw = raw }
  end
  local rest, before = trimmed_date(text)
  local day = not is_vague(rest, before) and deadline_day(rest, today)
  if day then
    return { kind = "date", date = calendar.text(day), raw = raw }
  end
  local time = not before and terms.time(text) or nil
  if time and time.n >= 0 then
    time.raw = raw
    return time
  end
  day = serial_day(text)
  return day and { kind = "date", date = calendar.text(day), raw = raw } or nil
end

--- A term: a budget, a date, or open; its words are kept.
---@param raw any
---@param today integer? the day yearless dates are read on
---@return table? term
---@return string? why
function terms.read(raw, today)
  local term
  if type(raw) == "table" then
    term = canonical(raw)
    raw = raw.raw or raw.kind or "?"
  else
    raw = tostring(raw):match("^%s*(.-)%s*$")
    term = read_text(raw, today)
  end
  if term then
    return term
  end
  return nil, words.sayf("读不懂期限“%s”，请写成 30个工作日、2个月内、3月底前、2026年6月30日前 或 长期坚持",
    "cannot read the term \"%s\"; write 30wd, 2m, 2026-06-30 or 长期", words.short(raw))
end

return terms
