-- From what people type to the canonical values of a case: each kind of field
-- reads its own mess, and a form gives every finding at once. What is stored
-- is plain data; what cannot be read is refused with one sentence.

local calendar = require("calendar.days")
local cells = require("language.cells")
local limits = require("language.limits")
local objects = require("language.objects")
local terms = require("language.terms")
local words = require("words")

local values = {}

values.time = terms.time

local READ = {}

local function refused(raw, zh, en)
  return nil, words.sayf("“%s”%s", "\"%s\" %s", type(raw) == "table" and "{…}" or words.short(raw),
    words.say(zh, en))
end

function READ.text(_, raw)
  if type(raw) ~= "string" and math.type(raw) ~= "integer" then
    return refused(raw, "不是文字", "is no text")
  end
  return (tostring(raw):match("^%s*(.-)%s*$"))
end

function READ.unit(_, raw)
  if type(raw) ~= "string" and math.type(raw) ~= "integer" then
    return refused(raw, "不是名称", "is no name")
  end
  return cells.plain(tostring(raw))
end

-- Two-character names are printed with a blank between them; the name has none.
function READ.person(_, raw)
  if type(raw) ~= "string" and math.type(raw) ~= "integer" then
    return refused(raw, "不是姓名", "is no name")
  end
  local text = cells.plain(tostring(raw))
  if text:find("[\x80-\xFF]") then
    return (text:gsub("%s+", ""))
  end
  return text
end

function READ.integer(_, raw)
  local value = cells.integer(raw)
  if not value then
    return refused(raw, "不是整数", "is no whole number")
  end
  return value
end

function READ.money(_, raw)
  local value = cells.money(raw)
  if not value then
    return refused(raw, "不是金额，请写成 12.30元（精确到分）", "is no amount; write 12.30")
  end
  return value
end

function READ.bool(_, raw)
  local value = cells.bool(raw)
  if value == nil then
    return refused(raw, "不是“是”或“否”", "is neither yes nor no")
  end
  return value
end

function READ.date(_, raw, opts)
  if type(raw) == "table" then
    raw = raw.date or "?"
  end
  local day, why = terms.day(raw, opts.today)
  return day and calendar.text(day) or nil, why
end

function READ.term(_, raw, opts)
  return terms.read(raw, opts.today)
end

function READ.choice(field, raw)
  local text = cells.plain(tostring(raw))
  for _, choice in ipairs(field.choices or {}) do
    if text == choice or cells.tight(text) == cells.tight(choice) then
      return choice
    end
  end
  return nil, words.sayf("没有“%s”这个选项%s（可选：%s）", "there is no choice \"%s\"%s (%s)",
    words.short(text), words.hint(text, field.choices or {}), words.join(field.choices or {}))
end

local function attachment(item)
  if type(item) ~= "table" or type(item.name) ~= "string" or type(item.digest) ~= "string"
    or math.type(item.size) ~= "integer" then
    return nil
  end
  return { name = item.name, digest = item.digest, size = item.size }
end

function READ.files(_, raw)
  if type(raw) ~= "table" then
    return refused(raw, "不是附件，请用 @文件 附上", "is no attachment; attach it as @FILE")
  end
  local out = {}
  for index, item in ipairs(raw.name and { raw } or raw) do
    out[index] = attachment(item)
    if not out[index] then
      return refused(item, "不是附件，请用 @文件 附上", "is no attachment; attach it as @FILE")
    end
  end
  return out
end

function READ.data(_, raw)
  if type(raw) == "string" then
    return objects.read(raw)
  elseif type(raw) ~= "table" then
    return refused(raw, "不是表", "is no table")
  end
  return raw
end

function READ.list(field, raw, opts)
  local given = type(raw) == "table" and raw.kind == nil and raw or { raw }
  if type(raw) == "string" and field.item ~= "money" then
    given = cells.split(raw)
  end
  local out, item = {}, { kind = field.item or "text", choices = field.choices }
  for _, one in ipairs(given) do
    local value, why = values.read(item, one, opts)
    if why then
      return nil, why
    end
    out[#out + 1] = value
  end
  return out
end

local function is_empty(raw)
  return raw == nil or type(raw) == "string" and utf8.len(raw) ~= nil and cells.tight(raw) == ""
end

local BLANK = { integer = true, money = true, date = true }

--- Read one value; an empty one is nil without a reason, and so is 无 where a number is asked for.
---@param field table { kind, label, choices, item, min, max }
---@param raw any
---@param opts { today: integer? }?
---@return any value
---@return string? why
function values.read(field, raw, opts)
  if is_empty(raw) or BLANK[field.kind] and cells.none(raw) then
    return nil, nil
  elseif type(raw) == "string" and not utf8.len(raw) then
    return nil, words.say("不是有效的 UTF-8 文字", "is not valid UTF-8")
  end
  local value, why = READ[field.kind or "text"](field, raw, opts or {})
  if value == nil then
    return nil, why
  end
  local limit = limits.check(field, value)
  if limit then
    return nil, limit
  end
  return value
end

local function default_of(field, opts)
  local default = field.default
  if type(default) == "table" and default.ref == "setting" then
    default = opts.settings and opts.settings[default.name]
    if default == nil then
      default = field.default_value
    end
  end
  if type(default) == "function" or type(default) == "table" and default.ref then
    return nil
  end
  return default
end

--- Give the fields that are empty their defaults.
---@param form table FORM
---@param out table canonical values, filled
---@param opts { today: integer?, settings: table? }
---@return table out
function values.fill(form, out, opts)
  for _, id in ipairs(form.order) do
    local field = form.id[id]
    if out[id] == nil and field.default ~= nil then
      out[id] = values.read(field, default_of(field, opts), opts)
    end
  end
  return out
end

local function is_missing(field, value)
  return field.required and (value == nil or type(value) == "table"
    and (field.kind == "list" or field.kind == "files") and #value == 0)
end

local function absence(field, value)
  if value == nil and field.kind == "files" and (field.min or 0) > 0 then
    return words.sayf("至少附 %d 个文件", "needs at least %d files", field.min)
  elseif is_missing(field, value) then
    return words.say("必须填写", "must be filled in")
  end
  return nil
end

local function read_field(field, raw, opts, out, findings)
  if is_empty(raw) then
    raw = default_of(field, opts)
  end
  local value, why = values.read(field, raw, opts)
  why = why or absence(field, value)
  if why then
    findings[#findings + 1] = { field = field.id, text = words.sayf("“%s”：%s", "\"%s\": %s",
      field.label or field.id, why) }
  else
    out[field.id] = value
  end
end

local function known_names(form)
  local known = {}
  for _, id in ipairs(form.order) do
    known[id] = id
    known[form.id[id].label or id] = id
  end
  return known
end

-- Labels and ids both reach a field; one that is reached twice is told.
local function by_id(form, given, findings)
  local known, out = known_names(form), {}
  for _, name in ipairs(words.sorted(given)) do
    local id = known[name]
    if not id then
      findings[#findings + 1] = { field = name, text = words.sayf("没有“%s”这一项%s",
        "there is no field \"%s\"%s", words.short(name), words.hint(name, known)) }
    elseif out[id] ~= nil then
      findings[#findings + 1] = { field = id, text = words.sayf("“%s”填了两次",
        "\"%s\" is given twice", words.short(name)) }
    else
      out[id] = given[name]
    end
  end
  return out
end

--- Read a form: fields by id or by label, defaults filled in, everything wrong at once.
---@param form table FORM
---@param given table
---@param opts { today: integer?, settings: table? }?
---@return table? values
---@return { field: string, text: string }[]? findings
function values.form(form, given, opts)
  local findings, out = {}, {}
  local raw = by_id(form, given or {}, findings)
  for _, id in ipairs(form.order) do
    read_field(form.id[id], raw[id], opts or {}, out, findings)
  end
  if #findings > 0 then
    return nil, findings
  end
  return out, nil
end

return values
