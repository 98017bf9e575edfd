-- Kinds for the parts of facts, deadlines and steps that have a shape of their
-- own: principals, budgets, extensions, approvals, schedules, and the general
-- value that an effect may carry.

local markers = require("language.markers")
local plain = require("language.kinds.plain")
local reader = require("language.reader")
local words = require("words")

local parts = {}

local function principal_row(value)
  local row = markers.word(value) and markers.row(value)
  return row and row.principal
end

function parts.principal(r, value, node, key)
  local word = markers.word(value)
  if not principal_row(value) then
    local hint = type(value) == "string" and words.sayf("（写 role \"%s\"）", " (write role \"%s\")",
      value)
      or ""
    r:wrong(node, key, value, "role、unit_of 或 person_of" .. hint,
      "role, unit_of or person_of" .. hint)
    return nil
  end
  local read = r:marker(value, node, {})
  if word == "role" then
    return { kind = "role", role = read[1] }
  elseif word == "unit_of" then
    return { kind = "unit_of", field = read[1], role = read[2] }
  end
  return { kind = "person_of", field = read[1] }
end

function parts.principals(r, value, node, key)
  if type(value) ~= "table" or markers.word(value) then
    return { parts.principal(r, value, node, key) }
  end
  local out = {}
  for index = 1, reader.length(value) do
    local at = r:entry(node, index) or node
    out[#out + 1] = r:read("principal", value[index], at, key)
  end
  if #out == 0 and reader.length(value) == 0 then
    r:wrong(node, key, value, "至少一个 role、unit_of 或 person_of",
      "at least one role, unit_of or person_of")
  end
  return out
end

-- In the effects of a fact, a field of its own form comes before one of the record.
local function named_reference(r, word, value, node)
  local name = r:marker(value, node, {})[1]
  local is_own = word == "field" and r.own_form and r.own_form[name]
  return { ref = is_own and "form" or word, name = name }
end

local function reference(r, value, node)
  local word = markers.word(value)
  if word == "field" or word == "setting" then
    return named_reference(r, word, value, node)
  elseif word == "it" or word == "this" then
    if word == "it" and not r.each then
      r:complain(node, words.say("it 只能写在 each 里", "it stands inside each only"), "it")
    end
    return { ref = word }
  end
  return nil
end

local function value_list(r, value, node, key)
  local out = {}
  for index = 1, reader.length(value) do
    out[index] = r:read("value", value[index], r:entry(node, index) or node, key)
  end
  for _, name in ipairs(r:order(value, node)) do
    out[name] = r:read("value", value[name], r:entry(node, name) or node, { name })
  end
  return out
end

local CONSTANT = { string = true, boolean = true, integer = true }
local TIMES = { workdays = true, days = true, months = true }

local function marked_value(r, value, node, key)
  local word = markers.word(value)
  if word == "date" and value.kind then
    return plain.day(r, value.date, node, key)
  elseif TIMES[word or ""] then
    return plain.time(r, value, node, key)
  end
  local ref = reference(r, value, node)
  if not ref then
    r:wrong(node, key, value, "值、field、setting、it、this 或函数",
      "a value, field, setting, it, this or a function")
  end
  return ref
end

function parts.value(r, value, node, key)
  if CONSTANT[math.type(value) or type(value)] then
    return value
  elseif type(value) == "function" then
    return plain["function"](r, value, node, key)
  elseif type(value) == "table" and not markers.word(value) then
    return value_list(r, value, node, key)
  end
  return marked_value(r, value, node, key)
end

function parts.data(r, value, node, key)
  if type(value) ~= "table" or markers.word(value) then
    r:wrong(node, key, value, "一个表 { 名称 = 值 }", "a table { name = value }")
    return {}
  end
  return value_list(r, value, node, key)
end

--- Values of an example: what people would type, so that references make no sense.
function parts.given(r, value, node, key)
  local word = markers.word(value)
  if type(value) == "function" or word and not value.kind then
    r:wrong(node, key, value, "写明的值", "a plain value")
    return nil
  end
  return parts.value(r, value, node, key)
end

local function budget_field(r, ref, node)
  local field = ref.name and r.index.fields[ref.name]
  if field and field.kind and field.kind ~= "term" and field.kind ~= "date" then
    r:complain(node, words.sayf("期限不能取自字段“%s”：它的类型是 %s，只能是 term 或 date",
      "the budget cannot be the field \"%s\": its kind is %s, only term or date will do",
      ref.name, field.kind), ref.name)
  end
  return ref
end

local function budget_setting(r, ref, node)
  local value = ref.name and r.index.settings[ref.name]
  if value and value ~= true and not (type(value) == "table" and value.kind) then
    r:complain(node, words.sayf("设置“%s”不是时间", "the setting \"%s\" is no time", ref.name), ref.name)
  end
  return ref
end

function parts.budget(r, value, node, key)
  local word = markers.word(value)
  if type(value) == "function" then
    return plain["function"](r, value, node, key)
  elseif word == "date" and value.kind then
    return { kind = "date", date = plain.day(r, value.date, node, key) }
  elseif word == "field" then
    return budget_field(r, reference(r, value, node), node)
  elseif word == "setting" then
    return budget_setting(r, reference(r, value, node), node)
  end
  return plain.time(r, value, node, key)
end

local function closed(name)
  return function(r, value, node)
    return r:closed(reader.table_row(name), value, node, {})
  end
end

parts.recorded = closed("recorded")
parts.returned = closed("returned")
parts.extends = closed("extends")
parts.pauses = closed("pauses")
parts.repeats = closed("repeats")

local function read_sign(r, value, node)
  local out, body = r:marker(value, node, {})
  local who = {}
  for _, item in ipairs(r:items(value.body or {}, body or node, function()
    return true
  end, { "role" })) do
    for _, one in ipairs(r:read("principals", item[1], item[2], { "sign" }) or {}) do
      who[#who + 1] = one
    end
  end
  if #who == 0 then
    r:complain(node, words.say("sign 里没有写由谁批准", "sign names nobody who approves"), "sign")
  end
  if out.all_of and out.any_of then
    r:complain(node, words.say("all_of 和 any_of 只能写一个", "write all_of or any_of, not both"), "sign")
  end
  return { who = who, all_of = out.all_of or false, basis = out.basis }
end

function parts.approve(r, value, node, key)
  if markers.word(value) == "sign" then
    return { read_sign(r, value, node) }
  elseif principal_row(value) then
    return { { who = { parts.principal(r, value, node, key) }, all_of = false } }
  elseif type(value) ~= "table" or markers.word(value) then
    r:wrong(node, key, value, "role 或 sign { … } 的列表", "a role or a list of sign { … }")
    return {}
  end
  local out = {}
  for _, item in ipairs(r:items(value, node, function(one)
    return markers.word(one) == "sign" or principal_row(one)
  end, { "sign" })) do
    out[#out + 1] = r:read("approve", item[1], item[2], key)[1]
  end
  return out
end

function parts.schedule(r, value, node, key)
  local row = markers.word(value) and markers.row(value)
  if not row or not row.schedule then
    r:wrong(node, key, value, "daily、weekly、monthly、quarterly 或 yearly",
      "daily, weekly, monthly, quarterly or yearly")
    return nil
  end
  local out = r:marker(value, node, {})
  out.kind, out.line, out.at = row.word, nil, out.at or "09:00"
  if not row.key.workday then
    return out
  elseif not out.day and not out.workday then
    r:complain(node, words.sayf("%s要写 day 或 workday", "%s needs day or workday", row.word),
      row.word)
  elseif out.day and out.workday then
    r:complain(node, words.say("day 和 workday 只能写一个", "write day or workday, not both"), row.word)
  end
  return out
end

return parts
