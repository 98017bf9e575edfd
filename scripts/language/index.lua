-- Every name a script declares, collected before anything is checked, so that
-- a state may name a fact that stands below it. Built leniently: whatever is
-- malformed is left out here and told by the reader.

local builtins = require("language.schema.builtins")
local markers = require("language.markers")

local index = {}

local function id_of(item)
  local id = type(item) == "table" and type(item.body) == "table" and item.body.id
  return type(id) == "string" and id or nil
end

local function walk(list, word, visit)
  if type(list) ~= "table" then
    return
  end
  for key, item in next, list do
    if math.type(key) == "integer" and markers.word(item) == word and id_of(item) then
      visit(id_of(item), item)
    end
  end
end

local function item_of(kind)
  return markers.word(kind) == "list" and kind.args and markers.word(kind.args[1]) or nil
end

local function fields_of(form)
  local out = {}
  for _, field in next, type(form) == "table" and markers.word(form) == nil and form or {} do
    if type(field) == "table" and type(field[1]) == "string" then
      out[field[1]] = { kind = markers.word(field[3]), item = item_of(field[3]),
        label = type(field[2]) == "string" and field[2] or nil }
    end
  end
  return out
end

local function builtin_form(row)
  local out = {}
  for _, field in ipairs(row.form) do
    out[field[1]] = { kind = field[3], label = field[2] }
  end
  return out
end

local function add_builtins(out)
  for _, row in ipairs(builtins.facts) do
    out.facts[row[1]] = row[2]
    out.forms[row[1]] = builtin_form(row)
  end
  for _, row in ipairs(builtins.states) do
    out.states[row[1]] = row[2]
  end
end

local OWN = {}
for _, row in ipairs(builtins.facts) do
  OWN[row[1]] = row.own
end

local function collect(out, body)
  for _, pair in ipairs({ { "fact", out.facts }, { "state", out.states },
    { "deadline", out.deadlines } }) do
    walk(body, pair[1], function(id, item)
      pair[2][id] = true
      if pair[1] == "fact" and (OWN[id] or not out.forms[id]) then
        out.forms[id] = fields_of(item.body.form)
      end
    end)
  end
  walk(body, "ladder", function(id, item)
    out.ladders[id] = true
    walk(item.body, "step", function(step)
      out.steps[step] = true
    end)
  end)
end

local function named(of, out, value_at)
  if type(of) ~= "table" or markers.word(of) then
    return
  end
  for name, value in next, of do
    if type(name) == "string" then
      out[name] = value_at and type(value) == "table" and value[value_at] or true
    end
  end
end

local function union(...)
  local out = {}
  for _, set in ipairs({ ... }) do
    for name, value in next, set do
      out[name] = value
    end
  end
  return out
end

--- The names declared in the table of a workflow.
---@param body table
---@return table
function index.build(body)
  local out = { facts = {}, states = {}, deadlines = {}, ladders = {}, steps = {}, settings = {},
    signals = {}, forms = {} }
  add_builtins(out)
  collect(out, body)
  out.id = type(body.id) == "string" and body.id or nil
  out.fields = fields_of(body.record)
  named(body.settings, out.settings, 2)
  named(body.signals, out.signals)
  out.events = union(out.facts, out.states, out.signals)
  out.taken = union(out.facts, out.signals)
  out.triggers = union(out.facts, out.signals, { [builtins.child_closed] = true })
  return out
end

return index
