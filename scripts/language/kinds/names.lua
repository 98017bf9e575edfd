-- Kinds that name something declared elsewhere in the script: facts, states,
-- deadlines, steps, fields, settings, roles. A name nobody declared is told
-- together with the nearest one that exists.

local builtins = require("language.schema.builtins")
local markers = require("language.markers")
local words = require("words")

local names = {}

local LABELS = {
  fact = { "事实", "fact" }, state = { "状态", "state" }, event = { "事实或状态", "fact or state" },
  deadline = { "期限", "deadline" }, step = { "步骤", "step" }, field = { "登记字段", "record field" },
  setting = { "设置", "setting" }, signal = { "信号", "signal" }, role = { "角色", "role" },
  template = { "模板", "template" }, form = { "表单字段", "form field" },
}

--- Check that a name exists among those declared.
---@param r table
---@param what string a key of LABELS
---@param known table<string, any>
---@param value any
---@param node table?
---@param key table?
---@return string?
local function known_name(r, what, known, value, node, key)
  local label = words.say(LABELS[what][1], LABELS[what][2])
  if type(value) ~= "string" then
    r:wrong(node, key, value, label .. "的代号", "the id of a " .. label)
    return nil
  elseif known[value] == nil then
    r.unsure = true
    r:complain(node, words.sayf("没有叫“%s”的%s%s", "there is no \"%s\" among the %ss%s",
      value, label, words.hint(value, known)), value)
    return nil
  end
  return value
end

local function of(what, group)
  return function(r, value, node, key)
    return known_name(r, what, r.index[group], value, node, key)
  end
end

names.fact = of("fact", "facts")
names.state = of("state", "states")
names.deadline = of("deadline", "deadlines")
names.step = of("step", "steps")
names.setting_name = of("setting", "settings")
names.signal_name = of("signal", "signals")

-- In the effects of a fact, the fields of its own form are known beside those of the record.
local function visible(r)
  local out = {}
  for _, fields in ipairs({ r.index.fields, r.own_form or {} }) do
    for name, field in next, fields do
      out[name] = field
    end
  end
  return out
end

function names.record_field(r, value, node, key)
  return known_name(r, "field", visible(r), value, node, key)
end

local function field_of_kind(kind, zh, en)
  return function(r, value, node, key)
    local fields = kind == "list" and visible(r) or r.index.fields
    local name = known_name(r, "field", fields, value, node, key)
    local field = name and fields[name]
    if field and field.kind and field.kind ~= kind and field.item ~= kind then
      r:complain(node, words.sayf("字段“%s”不是%s", "the field \"%s\" is not %s", name,
        words.say(zh, en)), name)
      return nil
    end
    return name
  end
end

names.unit_field = field_of_kind("unit", "单位", "a unit")
names.person_field = field_of_kind("person", "人员", "a person")
names.record_list = field_of_kind("list", "列表", "a list")

local date_field = field_of_kind("date", "日期", "a date")

function names.record_date(r, value, node, key)
  if markers.word(value) == "field" then
    return date_field(r, value.name, (r:nodes(value, node))[1] or node, key)
  end
  return date_field(r, value, node, key)
end

function names.form_date(r, value, node, key)
  local form = r.form or {}
  local name = known_name(r, "form", form, value, node, key)
  if name and form[name] ~= "date" and form[name] ~= true then
    r:complain(node, words.sayf("字段“%s”不是日期", "the field \"%s\" is not a date", name), name)
  end
  return name
end

function names.role(r, value, node, key)
  if r.roles then
    return known_name(r, "role", r.roles, value, node, key)
  elseif type(value) ~= "string" then
    r:wrong(node, key, value, "角色名", "the name of a role")
    return nil
  end
  return value
end

local function template_name(r, value, node, key)
  if r.templates then
    return known_name(r, "template", r.templates, value, node, key)
  elseif type(value) ~= "string" then
    r:wrong(node, key, value, "模板名", "the name of a template")
    return nil
  end
  return value
end

names.template = template_name
names.document = template_name

local function set_of(what, group)
  return function(r, value, node, key)
    local given = type(value) == "string" and { value } or value
    if type(given) ~= "table" or markers.word(given) then
      r:wrong(node, key, value, "代号或代号的列表", "an id or a list of ids")
      return {}
    end
    local out = {}
    for index, id in ipairs(given) do
      local at = given == value and r:entry(node, index) or node
      if not markers.is_unknown(id) and known_name(r, what, r.index[group], id, at, key) then
        out[id] = true
      end
    end
    return out
  end
end

names.events = set_of("event", "events")
names.facts = set_of("fact", "taken")

--- What a state answers to, for transitions: facts, signals, and the end of a child.
names.transition_event = of("event", "triggers")

local function choice(what, group)
  return function(r, value, node, key)
    if type(value) == "string" then
      return { to = known_name(r, what, r.index[group], value, node, key) }
    elseif markers.word(value) ~= "choose" then
      r:wrong(node, key, value, "代号或 choose({ … }, function … end)",
        "an id or choose({ … }, function … end)")
      return nil
    end
    local read = r:marker(value, node, {})
    local nodes = r:nodes(value, node)
    for index, id in ipairs(read[1] or {}) do
      known_name(r, what, r.index[group], id, (r:entry(nodes[1], index)) or node, key)
    end
    return { among = read[1] or {}, fn = read[2] }
  end
end

names.state_target = choice("state", "states")
names.step_target = choice("step", "steps")

function names.step_or_function(r, value, node, key)
  if type(value) == "function" then
    return r:read("function", value, node, key)
  end
  return names.step(r, value, node, key)
end

local function map_of(name_kind, target_kind)
  return function(r, value, node, key)
    if type(value) ~= "table" or markers.word(value) then
      r:wrong(node, key, value, "一个表 { 代号 = … }", "a table { id = … }")
      return {}
    end
    local out = {}
    for _, name in ipairs(r:order(value, node)) do
      local value_node, entry = r:entry(node, name)
      r:read(name_kind, name, entry or node, key)
      out[name] = r:read(target_kind, value[name], value_node or node, { name })
    end
    return out
  end
end

names.transitions = map_of("transition_event", "state_target")
names.passes = map_of("deadline", "state_target")

--- The names no script may define again, with their Chinese titles.
---@return table<string, string> facts
---@return table<string, string> states
local function builtin_names()
  local facts, states = {}, {}
  for _, row in ipairs(builtins.facts) do
    facts[row[1]] = not row.own and row[2] or nil
  end
  for _, row in ipairs(builtins.states) do
    states[row[1]] = row[2]
  end
  return facts, states
end

local facts, states = builtin_names()

function names.new_id(r, value, node)
  if facts[value] or states[value] then
    r:complain(node, words.sayf("“%s”（%s）是每个案件都有的，不能再定义",
      "\"%s\" (%s) exists in every case and cannot be defined again", value,
      facts[value] or states[value]), value)
    return nil
  end
  return value
end

return names
