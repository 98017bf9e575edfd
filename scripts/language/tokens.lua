-- The words and signs of a script with their line and column, columns in
-- characters. It exists because a tail call hides the author's line and a
-- table has none. Full-width punctuation outside strings and comments is
-- found here and read as the sign it stands for, so that the rest of the
-- script can still be checked.

local spoken = require("language.spoken")
local words = require("words")

local tokens = {}

local KEYWORDS = {}
for word in ([[and break do else elseif end false for function goto if in local nil not or repeat
return then true until while]]):gmatch("%a+") do
  KEYWORDS[word] = true
end

local HALF = {
  ["，"] = ",", ["、"] = ",", ["。"] = ".", ["．"] = ".", ["；"] = ";", ["："] = ":", ["（"] = "(",
  ["）"] = ")", ["【"] = "[", ["】"] = "]", ["［"] = "[", ["］"] = "]", ["｛"] = "{", ["｝"] = "}",
  ["＝"] = "=", ["＋"] = "+", ["－"] = "-", ["＊"] = "*", ["／"] = "/", ["＜"] = "<", ["＞"] = ">",
  ["＃"] = "#", ["～"] = "~", ["％"] = "%", ["\u{3000}"] = " ", ["\u{A0}"] = " ", ["—"] = "-",
}
local QUOTES = {
  ["“"] = "”", ["”"] = "”", ["‘"] = "’", ["’"] = "’", ["＂"] = "＂", ["＇"] = "＇",
  ["「"] = "」", ["『"] = "』", ["《"] = "》",
}
local THREE = { ["..."] = true }
local TWO = {}
for sign in (".. == ~= <= >= << >> // ::"):gmatch("%S+") do
  TWO[sign] = true
end
local ESCAPES = { n = "\n", t = "\t", r = "\r", a = "\a", b = "\b", f = "\f", v = "\v",
  ["\\"] = "\\", ['"'] = '"', ["'"] = "'", ["\n"] = "\n" }

local function column_of(scan, at)
  return (utf8.len(scan.source, scan.start, at - 1, true) or at - scan.start) + 1
end

local function issue(scan, at, text, author)
  scan.issues[#scan.issues + 1] = { line = scan.line, column = column_of(scan, at), text = text,
    words = author }
end

local function push(scan, kind, text, at, value)
  scan.list[#scan.list + 1] = { kind = kind, text = text, line = scan.line,
    column = column_of(scan, at), value = value }
end

local function count_lines(scan, from, to)
  local at = scan.source:find("\n", from, true)
  while at and at <= to do
    scan.line, scan.start = scan.line + 1, at + 1
    at = scan.source:find("\n", at + 1, true)
  end
end

local function unescape(raw)
  raw = raw:gsub("\\z%s*", "")
  raw = raw:gsub("\\u{(%x+)}", function(hex)
    return utf8.char(tonumber(hex, 16) & 0x7FFFFFFF)
  end)
  return (raw:gsub("\\(.)", function(sign)
    return ESCAPES[sign]
  end))
end

local function long_bracket(source, at)
  local level = source:match("^%[(=*)%[", at)
  if not level then
    return nil
  end
  local _, stop = source:find("]" .. level .. "]", at, true)
  return stop or #source, #level + 2, stop ~= nil
end

local function read_quoted(scan, at, quote)
  local source, stop = scan.source, at + 1
  while true do
    local sign = source:match("^[^\\\n\"']*()", stop)
    local found = source:sub(sign, sign)
    if found == quote then
      push(scan, "string", source:sub(at, sign), at, unescape(source:sub(at + 1, sign - 1)))
      count_lines(scan, at, sign)
      return sign + 1
    elseif found == "" or found == "\n" then
      issue(scan, at, words.sayf("字符串没有结束，缺少右边的 %s",
        "the string does not end; the closing %s is missing", quote), source:sub(at, sign - 1))
      push(scan, "string", source:sub(at, sign - 1), at, source:sub(at + 1, sign - 1))
      scan.broken = true
      return sign
    end
    stop = found == "\\" and sign + 2 or sign + 1
  end
end

local function repair(scan, at, length, with)
  scan.repairs[#scan.repairs + 1] = { at = at, length = length, with = with }
end

-- A text between full-width quotation marks is read as a string, and told once.
local function read_wide_quoted(scan, at, sign)
  local source = scan.source
  local from = at + #sign
  local after = QUOTES[sign]
  local line_end = source:find("\n", at, true) or #source + 1
  local closing = source:find(after, from, true) or line_end
  local plain = source:find('"', from, true) or line_end
  local stop = math.min(closing, plain, line_end)
  local width = stop == closing and stop < line_end and #after or stop == plain and 1 or 0
  issue(scan, at, words.sayf("全角引号 %s 要改成半角 \"",
    "the full-width quotation mark %s must be a plain \"", sign), source:sub(at, stop + width - 1))
  push(scan, "string", source:sub(at, stop + width - 1), at, source:sub(from, stop - 1))
  repair(scan, at, #sign, '"')
  repair(scan, stop, width, '"')
  return stop + width
end

local function read_half(scan, at, sign, half)
  local space = words.say("空格", "space")
  issue(scan, at, words.sayf("全角标点 %s 要改成半角 %s", "the full-width %s must be a plain %s",
    half == " " and space or sign, half == " " and space or half), sign)
  repair(scan, at, #sign, half)
  if half ~= " " then
    push(scan, "op", half, at)
  end
  return at + #sign
end

local function read_digit(scan, at, sign)
  local digit = utf8.codepoint(sign) - 0xFF10
  issue(scan, at, words.sayf("全角数字 %s 要改成半角 %d",
    "the full-width digit %s must be a plain %d", sign, digit), sign)
  repair(scan, at, #sign, tostring(digit))
  push(scan, "number", tostring(digit), at, digit)
  return at + #sign
end

-- Chinese words outside quotation marks, up to the next full-width sign.
local function read_bare_words(scan, at)
  local text = scan.source:match("^[\x80-\xFF]+", at)
  for wide in text:gmatch(utf8.charpattern) do
    if HALF[wide] or QUOTES[wide] then
      text = text:sub(1, text:find(wide, 1, true) - 1)
      break
    end
  end
  local before = scan.list[#scan.list]
  local as_kind = before and before.text == "," and spoken.hint(text)
  issue(scan, at, as_kind or words.sayf("“%s”要放在引号里",
    "%s must stand between quotation marks", text), text)
  push(scan, "string", text, at, text)
  scan.broken = true
  return at + #text
end

local function read_wide(scan, at)
  local sign = scan.source:match("^" .. utf8.charpattern, at)
  if not sign or not utf8.len(sign) then
    issue(scan, at, words.say("这里有不是 UTF-8 的字节", "a byte here is not valid UTF-8"), "")
    scan.broken = true
    return at + 1
  end
  if QUOTES[sign] then
    return read_wide_quoted(scan, at, sign)
  elseif HALF[sign] then
    return read_half(scan, at, sign, HALF[sign])
  elseif sign >= "０" and sign <= "９" and #sign == 3 then
    return read_digit(scan, at, sign)
  end
  return read_bare_words(scan, at)
end

local function read_comment(scan, at)
  local stop = long_bracket(scan.source, at + 2)
  if stop then
    count_lines(scan, at, stop)
    return stop + 1
  end
  return scan.source:find("\n", at, true) or #scan.source + 1
end

local function read_number(scan, at)
  local source = scan.source
  local text = source:match("^0[xX][%x%.]+[pP]?[+-]?%x*", at)
    or source:match("^%d*%.?%d*[eE][+-]?%d+", at) or source:match("^%d*%.?%d*", at)
  push(scan, "number", text, at, tonumber(text))
  return at + #text
end

local function read_sign(scan, at)
  local source = scan.source
  local sign = source:sub(at, at + 2)
  if not THREE[sign] then
    sign = source:sub(at, at + 1)
    sign = TWO[sign] and sign or source:sub(at, at)
  end
  push(scan, "op", sign, at)
  return at + #sign
end

local function read_long(scan, at)
  local stop, width, closed = long_bracket(scan.source, at)
  if not stop then
    return read_sign(scan, at)
  end
  push(scan, "string", "[[…]]", at, scan.source:sub(at + width, stop - width):gsub("^\r?\n", ""))
  if not closed then
    issue(scan, at, words.say("长字符串没有结束，缺少 ]]", "the long string does not end; ]] is missing"),
      "[[")
    scan.broken = true
  end
  count_lines(scan, at, stop)
  return stop + 1
end

local function read_word(scan, at)
  local text = scan.source:match("^[%w_]+", at)
  push(scan, KEYWORDS[text] and "keyword" or "name", text, at)
  return at + #text
end

-- In the order they are tried.
local RULES = {
  { "^[%a_]", read_word }, { "^%d", read_number }, { "^%.%d", read_number },
  { "^%-%-", read_comment }, { "^%[", read_long }, { "^[\x80-\xFF]", read_wide },
}

local function read_one(scan, at)
  local source = scan.source
  local sign = source:sub(at, at)
  if sign == '"' or sign == "'" then
    return read_quoted(scan, at, sign)
  end
  for _, rule in ipairs(RULES) do
    if source:find(rule[1], at) then
      return rule[2](scan, at)
    end
  end
  return read_sign(scan, at)
end

--- Split a script into tokens { kind, text, line, column, value }; the last is "eof".
---@param source string
---@return table[] list
---@return table[] issues full-width signs and unfinished strings, in order
---@return { broken: boolean, repairs: table[] } state
function tokens.scan(source)
  local scan = { source = source, list = {}, issues = {}, repairs = {}, line = 1, start = 1,
    broken = false }
  local at = 1
  while true do
    local after = source:match("^[ \t\r\f\v]*()", at)
    local sign = source:byte(after)
    if not sign then
      push(scan, "eof", "", after)
      return scan.list, scan.issues, scan
    elseif sign == 10 then
      scan.line, scan.start = scan.line + 1, after + 1
      at = after + 1
    else
      at = read_one(scan, after)
    end
  end
end

--- The script with every full-width sign replaced by the plain one, to be loaded in its place.
---@param source string
---@param repairs table[]
---@return string
function tokens.repaired(source, repairs)
  local parts, from = {}, 1
  for _, fix in ipairs(repairs) do
    parts[#parts + 1] = source:sub(from, fix.at - 1)
    parts[#parts + 1] = fix.with
    from = fix.at + fix.length
  end
  parts[#parts + 1] = source:sub(from)
  return table.concat(parts)
end

return tokens
