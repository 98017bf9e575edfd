-- Reads what a correction says as people type it at the command line:
-- {"字段": "值", "n": 3, "on": true, "list": ["a", "b"]}, or 字段=值；字段=值.
-- Only plain values and lists of them; anything else is refused.

local words = require("words")

local objects = {}

local ESCAPES = { n = "\n", t = "\t", r = "\r", b = "\b", f = "\f" }
local CONSTANTS = { ["true"] = true, ["false"] = false }

local function unescaped(text)
  text = text:gsub("\\u(%x%x%x%x)", function(code)
    return utf8.char(tonumber(code, 16))
  end)
  return (text:gsub("\\(.)", function(letter)
    return ESCAPES[letter] or letter
  end))
end

-- The end of the text that began at `from`: the next quotation mark no backslash stands before.
local function text_at(source, from)
  local at = from
  while true do
    local stop = source:find("[\"\\]", at)
    if not stop then
      return nil
    elseif source:sub(stop, stop) == "\"" then
      return unescaped(source:sub(from, stop - 1)), stop + 1
    end
    at = stop + 2
  end
end

local value_at

local function list_at(source, at)
  local out = {}
  at = source:find("%S", at)
  while at and source:sub(at, at) ~= "]" do
    local value, after = value_at(source, at)
    if value == nil then
      return nil
    end
    out[#out + 1] = value
    at = source:match("^%s*,%s*()", after) or source:match("^%s*()%]", after)
  end
  return at and out, at and at + 1
end

function value_at(source, at)
  local first = source:sub(at, at)
  if first == "\"" then
    return text_at(source, at + 1)
  elseif first == "[" then
    return list_at(source, at + 1)
  end
  local word, after = source:match("^([%w.+-]+)()", at)
  if CONSTANTS[word] ~= nil then
    return CONSTANTS[word], after
  end
  return tonumber(word), after
end

local function object(source)
  local out, at = {}, source:match("^%s*{%s*()")
  while at and not source:find("^}%s*$", at) do
    local name, after = source:match("^\"()", at), nil
    if name then
      name, after = text_at(source, name)
    end
    local from = name and source:match("^%s*:%s*()", after)
    local value
    if from then
      value, after = value_at(source, from)
    end
    if value == nil then
      return nil
    end
    out[name] = value
    at = source:match("^%s*,%s*()", after) or source:match("^%s*()}", after)
  end
  return at and out
end

local function pairs_of(source)
  local out = {}
  for part in source:gsub("；", ";"):gmatch("[^;]+") do
    local name, value = part:match("^%s*([^=]-)%s*=%s*(.-)%s*$")
    if not name or name == "" then
      return nil
    end
    out[name] = value
  end
  return next(out) and out or nil
end

--- The table a text spells, or nil and why it spells none.
---@param text string
---@return table? object
---@return string? why
function objects.read(text)
  local out = text:find("^%s*{") and object(text) or not text:find("^%s*{") and pairs_of(text)
  if out then
    return out
  end
  return nil, words.sayf("读不懂“%s”，请写成 字段=值；字段=值",
    "cannot read \"%s\"; write field=value;field=value", text)
end

return objects
