-- Kinds that describe what is filled in: fields and the forms made of them,
-- the kinds of fields, settings, and the signals a procedure accepts.

local markers = require("language.markers")
local reader = require("language.reader")
local spoken = require("language.spoken")
local words = require("words")

local forms = {}

local function is_plain(value)
  return type(value) == "table" and markers.word(value) == nil
end

local function read_choice(r, marker, node, out)
  local _, body = r:marker(marker, node, {})
  for _, item in ipairs(r:items(marker.body or {}, body or node, function(one)
    return type(one) == "string"
  end, { words.say("文字", "texts") })) do
    out.choices[#out.choices + 1] = item[1]
  end
  if #out.choices == 0 then
    r:complain(node, words.say("choice 里没有可选的词", "choice lists no words"), "choice")
  end
end

local function not_a_kind(r, value, node)
  local known = {}
  for _, kind in ipairs({ "text", "integer", "money", "date", "term", "unit", "person", "bool",
    "files", "choice", "list" }) do
    known[kind] = true
  end
  local hint = type(value) == "string" and known[value]
    and words.sayf("（%s 不加引号）", " (write %s without quotation marks)", value) or ""
  local told = type(value) == "string" and spoken.hint(value)
  if told then
    r.unsure = true
    return r:complain(node, told, value)
  end
  r:wrong(node, { words.say("字段类型", "the kind of a field") }, value, "text、date、unit 等" .. hint,
    "text, date, unit or another kind" .. hint)
end

function forms.kind(r, value, node)
  local word = markers.word(value)
  local row = word and markers.row(value)
  if not row or not row.kind or value.kind then
    not_a_kind(r, value, node)
    return nil
  end
  local out = { kind = word }
  if word == "choice" then
    out.choices = {}
    read_choice(r, value, node, out)
  elseif word == "list" then
    local read = r:marker(value, node, {})
    out.item = read[1] and read[1].kind
    out.choices = read[1] and read[1].choices
  elseif value.args then
    r:marker(value, node, {})
  end
  return out
end

local function read_field(r, given, node)
  local out = r:closed(reader.table_row("field"), given, node, {})
  local kind = out[3] or {}
  local place = r:place(node)
  return { id = out[1], label = out[2], kind = kind.kind, item = kind.item, choices = kind.choices,
    required = out.required or false, default = out.default, min = out.min, max = out.max,
    fixed = out.fixed, keeps = out.keeps, was = out.was, line = place.line,
    column = place.column }
end

local function check_limits(r, field, node)
  if type(field.min) == "number" and type(field.max) == "number" and field.min > field.max then
    r:complain(node, words.sayf("字段“%s”的 min 大于 max", "the min of field \"%s\" is above its max",
      field.label or field.id or "?"), field.id)
  end
end

local function add_field(r, form, field, node)
  if not field.id then
    return
  elseif form.id[field.id] then
    r:complain(node, words.sayf("字段“%s”重复了（第%d行已有）", "the field \"%s\" stands twice (see line %d)",
      field.id, form.id[field.id].line), field.id)
    return
  elseif field.label and form.by_label[field.label] then
    r:complain(node, words.sayf("名称“%s”重复了", "the label \"%s\" stands twice", field.label),
      field.label)
    return
  end
  form.order[#form.order + 1] = field.id
  form.id[field.id] = field
  if field.label then
    form.by_label[field.label] = field.id
  end
end

function forms.form(r, value, node, key)
  local form = { order = {}, id = {}, by_label = {} }
  if not is_plain(value) then
    r:wrong(node, key, value, "字段的列表 { { … }, … }", "a list of fields { { … }, … }")
    return form
  elseif type(value[1]) == "string" then
    r:complain(node, words.sayf("%s要写两层括号：{ { \"代号\", \"名称\", 类型 } }",
      "%s needs two braces: { { \"id\", \"label\", kind } }", key[1]), key[1])
    return form
  end
  for _, name in ipairs(r:order(value, node)) do
    local _, entry = r:entry(node, name)
    r:complain(entry or node, words.sayf("%s里不能有 %s =", "%s takes no %s =", key[1], name), name)
  end
  for _, item in ipairs(r:items(value, node, is_plain, { "{ \"代号\", \"名称\", 类型 }" })) do
    local field = r:read("field_table", item[1], item[2])
    check_limits(r, field, item[2])
    add_field(r, form, field, item[2])
  end
  return form
end

function forms.field_table(r, value, node)
  return read_field(r, value, node)
end

local function compare(setting)
  local low, high, value = setting.min, setting.max, setting.value
  local function number(of)
    return type(of) == "table" and of.n or type(of) == "number" and of or nil
  end
  local min, max, is = number(low), number(high), number(value)
  return min and max and min > max, is and (min and is < min or max and is > max)
end

local function kind_of(value)
  return type(value) == "table" and value.kind or type(value)
end

local function check_setting(r, setting, node)
  for _, limit in ipairs({ "min", "max" }) do
    local bound, value = setting[limit], setting.value
    if bound ~= nil and value ~= nil and kind_of(bound) ~= kind_of(value) then
      r:complain(node, words.sayf("设置“%s”的 %s 与它的值不是同一种",
        "setting \"%s\": its %s is of another kind than its value", setting.id, limit), setting.id)
      return
    end
  end
  local crossed, outside = compare(setting)
  if crossed then
    r:complain(node, words.sayf("设置“%s”的 min 大于 max", "the min of setting \"%s\" is above its max",
      setting.id), setting.id)
  elseif outside then
    r:complain(node, words.sayf("设置“%s”的值不在 min 和 max 之间",
      "the value of setting \"%s\" is not between min and max", setting.id), setting.id)
  end
end

function forms.setting_table(r, value, node, key)
  local out = r:closed(reader.table_row("setting"), value, node, {})
  local place = r:place(node)
  local setting = { id = key[1], label = out[1], value = out[2], min = out.min, max = out.max,
    fixed = out.fixed or false, line = place.line, column = place.column }
  check_setting(r, setting, node)
  return setting
end

local function map(r, value, node, key, kind)
  local out = { order = {}, id = {} }
  if not is_plain(value) then
    r:wrong(node, key, value, "一个表 { 代号 = { … } }", "a table { id = { … } }")
    return out
  end
  for _, name in ipairs(r:order(value, node)) do
    local value_node, entry = r:entry(node, name)
    if r:read("id", name, entry or node, key) then
      out.order[#out.order + 1] = name
      out.id[name] = r:read(kind, value[name], value_node or node, { name })
    end
  end
  return out
end

function forms.settings(r, value, node, key)
  local read = map(r, value, node, key, "setting_table")
  if read.id.order then
    r:complain(node, words.say("设置不能叫 order", "a setting cannot be called order"), "order")
    return { order = {} }
  end
  local out = { order = read.order }
  for id, setting in pairs(read.id) do
    out[id] = setting
  end
  return out
end

function forms.signal_table(r, value, node)
  local out = r:closed(reader.table_row("signal_in"), value, node, {})
  local from = {}
  for _, id in ipairs(out.from or {}) do
    from[id] = true
  end
  return { from = from, form = out.form or { order = {}, id = {}, by_label = {} } }
end

function forms.signals(r, value, node, key)
  return map(r, value, node, key, "signal_table").id
end

return forms
