-- What an office set for the settings of a procedure: its own values, checked
-- against the limits the author gave, take the place of the author's.

local calendar = require("calendar.days")
local values = require("language.values")
local words = require("words")

local settings = {}

local KINDS = { boolean = "bool", integer = "integer" }

local function number_of(value)
  return type(value) == "table" and value.n or type(value) == "number" and value or nil
end

local function outside(setting, value)
  local n, min, max = number_of(value), number_of(setting.min), number_of(setting.max)
  return n and (min and n < min or max and n > max) or false
end

--- A setting's value as text.
---@param value any
---@return string
function settings.text(value)
  if type(value) == "table" then
    return calendar.describe(value)
  elseif type(value) == "boolean" then
    return value and words.say("是", "yes") or words.say("否", "no")
  end
  return tostring(value)
end

local function outside_text(setting, value)
  local title = setting.label or setting.id
  local given, least, most = settings.text(value), setting.min, setting.max
  if least ~= nil and most ~= nil then
    return words.sayf("设置“%s”（%s）的值 %s 不在 %s 和 %s 之间",
      "the setting \"%s\" (%s) is %s, which is not between %s and %s", title, setting.id or title,
      given, settings.text(least), settings.text(most))
  elseif least ~= nil then
    return words.sayf("设置“%s”（%s）的值 %s 小于 %s", "the setting \"%s\" (%s) is %s, less than %s",
      title, setting.id or title, given, settings.text(least))
  end
  return words.sayf("设置“%s”（%s）的值 %s 大于 %s", "the setting \"%s\" (%s) is %s, more than %s",
    title, setting.id or title, given, settings.text(most))
end

local function read_time(setting, raw)
  local value, why = values.time(raw)
  if value and value.kind ~= setting.value.kind then
    return nil, words.sayf("设置“%s”以 %s 计，不能写 %s", "the setting \"%s\" counts %s, not %s",
      setting.label or setting.id, setting.value.kind, value.kind)
  end
  return value, why
end

local function read_plain(setting, raw)
  local kind = KINDS[math.type(setting.value) or type(setting.value)] or "text"
  return values.read({ kind = kind }, raw, {})
end

--- A setting's value as an office writes it: "10wd", "5个工作日", 3, "是".
---@param setting table
---@param raw any
---@return any value
---@return string? why
function settings.read(setting, raw)
  local value, why = (type(setting.value) == "table" and read_time or read_plain)(setting, raw)
  if value ~= nil and outside(setting, value) then
    return nil, outside_text(setting, value)
  elseif value == nil and not why then
    why = words.sayf("设置“%s”没有写值", "the setting \"%s\" is empty", setting.label or setting.id)
  end
  return value, why
end

local function apply_one(r, setting, raw)
  local value, why = settings.read(setting, raw)
  if setting.fixed then
    why, value = words.sayf("设置“%s”不得改变", "the setting \"%s\" may not be changed",
      setting.label or setting.id), nil
  end
  if value == nil then
    r:complain(setting, why, setting.id)
    return
  end
  setting.base, setting.value = setting.value, value
end

-- A default taken from a setting is known as soon as the settings are.
local function fill_defaults(def)
  for _, id in ipairs(def.record.order) do
    local default = def.record.id[id].default
    local setting = type(default) == "table"
      and default.ref == "setting" and def.settings[default.name]
    if setting then
      def.record.id[id].default_value = setting.value
    end
  end
end

--- Put an office's values in place of the author's.
---@param r table reader
---@param def table
---@param given table<string, any>?
function settings.apply(r, def, given)
  for _, id in ipairs(words.sorted(given or {})) do
    if def.settings[id] and given[id] ~= nil then
      apply_one(r, def.settings[id], given[id])
    elseif given[id] ~= nil then
      r:complain({ line = def.line, column = 1 }, words.sayf("没有叫“%s”的设置%s",
        "there is no setting \"%s\"%s", id, words.hint(id, def.settings)), id)
    end
  end
  fill_defaults(def)
end

return settings
