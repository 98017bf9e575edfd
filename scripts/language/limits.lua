-- The least and the most a field allows: numbers by their value, texts by their
-- characters, lists and attachments by how many there are.

local words = require("words")

local limits = {}

local function items(_, value)
  return #value, words.say("个", " items")
end

local function itself(_, value)
  return value, ""
end

local MEASURE = { list = items, files = items, integer = itself, date = itself }

function MEASURE.text(_, value)
  return utf8.len(value) or #value, words.say("个字", " characters")
end

function MEASURE.money(_, value)
  return value, words.say("分", " fen")
end

function MEASURE.term(field, value)
  local limit = field.min or field.max
  return type(limit) == "table" and limit.kind == value.kind and value.n or nil, ""
end

local function measure(field, value)
  local rule = MEASURE[field.kind]
  if rule then
    return rule(field, value)
  end
end

local function bound(limit)
  return type(limit) == "table" and limit.n or limit
end

--- What is wrong with the size of a value; nil when it keeps to its limits.
---@param field table
---@param value any
---@return string? why
function limits.check(field, value)
  local size, unit = measure(field, value)
  local min, max = bound(field.min), bound(field.max)
  if size == nil then
    return nil
  elseif min and type(min) == type(size) and size < min then
    return words.sayf("至少 %s%s", "must be at least %s%s", tostring(min), unit)
  elseif max and type(max) == type(size) and size > max then
    return words.sayf("最多 %s%s", "must be at most %s%s", tostring(max), unit)
  end
  return nil
end

return limits
