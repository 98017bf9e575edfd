-- Kinds that need to know nothing but the value: words, numbers, dates, time
-- values, functions, and the words out of a fixed few.

local calendar = require("calendar.days")
local markers = require("language.markers")
local schema = require("language.schema")
local words = require("words")

local plain = {}

local function typed(name, zh, en)
  return function(r, value, node, key)
    if type(value) ~= name then
      r:wrong(node, key, value, zh, en)
      return nil
    end
    return value
  end
end

plain.boolean = typed("boolean", "true 或 false", "true or false")

--- What a function of a case may call; everything else only builds parts of a procedure.
local CALLABLE = { workdays = true, days = true, months = true, date = true, field = true,
  setting = true }

plain["function"] = function(r, value, node, key)
  if type(value) ~= "function" then
    r:wrong(node, key, value, "一个函数", "a function")
    return nil
  end
  for at = node and node.free_from or 1, node and node.free_to or 0 do
    local name = node.free[at]
    if schema.word(name.name) and not CALLABLE[name.name] then
      r:complain(name, words.sayf("函数只给出值，里面不能用 %s",
        "a function only gives a value and cannot use %s",
        name.name), name.name)
    end
  end
  return value
end
plain.string = typed("string", "文字", "text")

function plain.words(r, value, node, key)
  if type(value) ~= "string" or not value:find("%S") then
    r:wrong(node, key, value, "文字", "text")
    return nil
  end
  return value
end

-- A title is read every day: one line of a length that fits, that stands as it is written.
local TITLE = 200
local TURNING = { "\u{202a}", "\u{202b}", "\u{202c}", "\u{202d}", "\u{202e}", "\u{2066}",
  "\u{2067}", "\u{2068}", "\u{2069}" }

local function turns(text)
  for _, mark in ipairs(TURNING) do
    if text:find(mark, 1, true) then
      return true
    end
  end
  return false
end

function plain.title(r, value, node, key)
  local text = plain.words(r, value, node, key)
  if text and #text > TITLE then
    r:complain(node, words.sayf("“%s”太长，最多 %d 字节", "\"%s\" is too long, at most %d bytes",
      words.short(text), TITLE), text)
    return nil
  elseif text and (text:find("%c") or turns(text)) then
    r:complain(node, words.say("名称中有控制字符", "the title has control characters"), text)
    return nil
  end
  return text
end

plain.plain_words = plain.words
plain.workflow_id = plain.words

local ID = 60

function plain.id(r, value, node, key)
  if type(value) ~= "string" then
    r:wrong(node, key, value, "代号文字", "an id in quotation marks")
    return nil
  elseif #value > ID then
    r:complain(node, words.sayf("代号“%s”太长，最多 %d 个字母",
      "the id \"%s\" is too long, at most %d letters", words.short(value), ID), value)
    return nil
  elseif not value:find("^[a-z][a-z0-9_]*$") then
    r:complain(node, words.sayf("代号“%s”只能用小写字母、数字和下划线，并以字母开头",
      "the id \"%s\" may only have small letters, digits and _, and begins with a letter", value),
        value)
    return nil
  end
  return value
end

function plain.code(r, value, node, key)
  if type(value) ~= "string" or not value:find("^%u%u%u?%u?$") then
    r:wrong(node, key, value, "2 到 4 个大写字母", "2 to 4 capital letters")
    return nil
  end
  return value
end

function plain.integer(r, value, node, key)
  if math.type(value) ~= "integer" then
    r:wrong(node, key, value, "整数", "a whole number")
    return nil
  end
  return value
end

function plain.natural(r, value, node, key)
  if math.type(value) ~= "integer" or value < 1 then
    r:wrong(node, key, value, "1 以上的整数", "a whole number of at least 1")
    return nil
  end
  return value
end

local function within(least, most)
  return function(r, value, node, key)
    if math.type(value) ~= "integer" or value < least or value > most then
      r:complain(node, words.sayf("%s应当在 %d 到 %d 之间", "%s must be from %d to %d", key[1],
        least, most), tostring(value))
      return nil
    end
    return value
  end
end

plain.weekday = within(1, 7)
plain.month = within(1, 12)

function plain.enum(r, value, node, key)
  for _, allowed in ipairs(key.values) do
    if value == allowed then
      return value
    end
  end
  if type(value) ~= "string" then
    r:wrong(node, key, value, table.concat(key.values, " / "), table.concat(key.values, " / "))
    return nil
  end
  r:complain(node, words.sayf("%s不能是“%s”，只能是 %s%s", "%s cannot be \"%s\", only %s%s", key[1],
    value, words.join(key.values), words.hint(value, key.values)), value)
  return nil
end

function plain.clock_time(r, value, node, key)
  local hour, minute = tostring(value):match("^(%d%d):(%d%d)$")
  if not hour or tonumber(hour) > 23 or tonumber(minute) > 59 then
    r:wrong(node, key, value, "\"09:00\" 这样的时刻", "a time such as \"09:00\"")
    return nil
  end
  return value
end

-- Written as a date is, but the month has no such day.
local function no_such_day(r, value, node)
  local text = type(value) == "string" and value:match("^%d%d%d%d%-%d%d%-%d%d$")
  if not text then
    return false
  end
  r:complain(node, words.sayf("%s 这一天不存在", "there is no day %s", text), text)
  return true
end

function plain.day(r, value, node, key)
  if not calendar.day(value) then
    if no_such_day(r, value, node) then
      return nil
    end
    r:wrong(node, key, value, "\"2026-10-01\" 这样存在的日期", "an existing date such as \"2026-10-01\"")
    return nil
  end
  return value
end

function plain.moment(r, value, node, key)
  local day, time = tostring(value):match("^(%S+)[ T]?(.*)$")
  time = time == "" and "10:00" or time
  local hour, minute = tostring(time):match("^(%d%d):(%d%d)$")
  if not calendar.day(day) and no_such_day(r, day, node) then
    return nil
  elseif not calendar.day(day) or not hour or tonumber(hour) > 23 or tonumber(minute) > 59 then
    r:wrong(node, key, value, "\"2026-10-01\" 或 \"2026-10-01 15:30\"",
      "\"2026-10-01\" or \"2026-10-01 15:30\"")
    return nil
  end
  return day .. " " .. time
end

local TIMES = { workdays = true, days = true, months = true }

--- Whether a value is a time value.
---@param value any
---@return boolean
local function is_time(value)
  return TIMES[markers.word(value) or ""] and value.kind ~= nil or false
end

function plain.time(r, value, node, key)
  if not is_time(value) then
    r:wrong(node, key, value, "workdays(n)、days(n) 或 months(n)",
      "workdays(n), days(n) or months(n)")
    return nil
  elseif math.type(value.n) ~= "integer" or math.abs(value.n) > 3660 then
    r:wrong(node, { value.kind }, value.n, "整数，最多 3660", "a whole number up to 3660")
    return nil
  end
  return { kind = value.kind, n = value.n }
end

function plain.time_or_function(r, value, node, key)
  if type(value) == "function" then
    return plain["function"](r, value, node, key)
  end
  return plain.time(r, value, node, key)
end

function plain.clock(r, value, node, key)
  if value == "continue" or value == "restart" then
    return value
  elseif is_time(value) then
    return plain.time(r, value, node, key)
  end
  r:wrong(node, key, value, "\"continue\"、\"restart\" 或 workdays(n)",
    "\"continue\", \"restart\" or workdays(n)")
  return nil
end

function plain.setting_value(r, value, node, key)
  if is_time(value) then
    return plain.time(r, value, node, key)
  elseif math.type(value) == "integer" or type(value) == "string" or type(value) == "boolean" then
    return value
  end
  r:wrong(node, key, value, "时间、整数、文字或 true/false", "a time, a whole number, text or true/false")
  return nil
end

function plain.limit(r, value, node, key)
  if is_time(value) then
    return plain.time(r, value, node, key)
  elseif markers.word(value) == "date" and value.kind then
    return plain.day(r, value.date, node, key)
  elseif math.type(value) == "integer" or type(value) == "string" then
    return value
  end
  r:wrong(node, key, value, "整数、时间或日期", "a whole number, a time or a date")
  return nil
end

function plain.strings(r, value, node, key)
  local given = type(value) == "string" and { value } or value
  if type(given) ~= "table" or markers.word(given) then
    r:wrong(node, key, value, "文字的列表", "a list of texts")
    return {}
  end
  local out = {}
  for _, item in ipairs(r:items(given, node, function(one)
    return type(one) == "string"
  end, { words.say("文字", "texts") })) do
    out[#out + 1] = item[1]
  end
  return out
end

plain.was = plain.strings
plain.names = plain.strings

return plain
