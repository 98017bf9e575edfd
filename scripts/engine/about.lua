-- What the host may know of a script without running it: names, forms, who may
-- record what, settings, what it opens and draws up. Plain data, no functions.

local calendar = require("calendar")
local index = require("engine.index")
local reaches = require("engine.reaches")
local view = require("engine.view")

local about = {}

local function plain(value)
  if type(value) == "function" then
    return nil
  elseif type(value) ~= "table" then
    return value
  end
  local out = {}
  for key, inner in next, value do
    out[key] = plain(inner)
  end
  return out
end

local function fields_of(form)
  local out = {}
  for at, id in ipairs(form and form.order or {}) do
    local field = form.id[id]
    out[at] = { id = id, label = field.label or id, kind = field.kind, item = field.item,
      required = field.required or false, choices = plain(field.choices),
      default = field.default ~= nil, fixed = field.fixed or false, keeps = field.keeps or false }
  end
  return out
end

local function facts_of(def)
  local out = {}
  for _, id in ipairs(def.facts.order) do
    local fact = def.facts.id[id]
    out[id] = { title = fact.title, by = plain(fact.by or {}), fields = fields_of(fact.form),
      signs = fact.signs or false, recorded = plain(fact.recorded), occurred = fact.occurred,
      builtin = fact.builtin or false }
  end
  return out
end

local function named(set, id)
  return set ~= nil and set[id] ~= nil
end

local function titles(group)
  local out = {}
  for _, id in ipairs(group.order) do
    out[id] = { title = group.id[id].title, final = group.id[id].final or nil }
  end
  return out
end

-- States with what each takes, in the order of the facts; moves are those that end the state.
local function states_of(def)
  local out = titles(def.states)
  for _, id in ipairs(def.states.order) do
    local state, takes, moves = def.states.id[id], {}, {}
    for _, fact in ipairs(def.facts.order) do
      if named(state.on, fact) or named(state.takes, fact) or named(state.late, fact) then
        takes[#takes + 1] = fact
      end
      if named(state.on, fact) then
        moves[#moves + 1] = fact
      end
    end
    out[id].takes, out[id].moves = takes, moves
  end
  return out
end

-- A fixed offset in words; one that a function or a setting gives is told by the case alone.
local function offset_text(at)
  local is_time = type(at) == "table" and (at.kind == "date" or math.type(at.n) == "integer")
  return is_time and calendar.describe(at) or nil
end

local function steps_of(def)
  local out = {}
  for _, ladder in ipairs(def.ladders.order) do
    local steps = def.ladders.id[ladder].steps
    for _, id in ipairs(steps.order) do
      local step = steps.id[id]
      out[ladder .. "/" .. id] = { title = step.title, approve = step.approve ~= nil,
        at = offset_text(step.at), after = step.after,
        rejected = step.approve and (step.rejected or "end") or nil }
    end
  end
  return out
end

local function setting_text(value)
  if type(value) == "table" then
    return calendar.describe(value)
  end
  return tostring(value)
end

local function limit_text(value)
  return value ~= nil and setting_text(value) or nil
end

local function kind_of(value)
  return type(value) == "table" and value.kind or math.type(value) or type(value)
end

local function settings_of(def)
  local out = {}
  for at, id in ipairs(def.settings.order or {}) do
    local setting = def.settings[id]
    out[at] = { id = id, label = setting.label, value = setting_text(setting.value),
      kind = kind_of(setting.value), min = limit_text(setting.min), max = limit_text(setting.max),
      fixed = setting.fixed or false }
  end
  return out
end

local function walk(list, found)
  for _, effect in ipairs(list or {}) do
    if effect.kind == "each" then
      walk({ effect.effect }, found)
    elseif effect.kind == "open" then
      found.open[effect.workflow] = true
    elseif effect.kind == "document" then
      found.document[effect.name] = true
    elseif effect.kind == "notify" then
      found.notify[effect.template] = true
    end
  end
end

local function effects_of(def)
  local found = { open = {}, document = {}, notify = {} }
  for _, id in ipairs(def.facts.order) do
    walk(def.facts.id[id].effects, found)
  end
  for _, id in ipairs(def.states.order) do
    walk(def.states.id[id].enter, found)
  end
  for _, ladder in ipairs(def.ladders.order) do
    local steps = def.ladders.id[ladder].steps
    for _, id in ipairs(steps.order) do
      walk(steps.id[id].effects, found)
    end
  end
  return found
end

local function signals_of(def)
  local out = {}
  for _, id in ipairs(index.sorted_keys(def.signals or {})) do
    local signal = def.signals[id]
    out[id] = { from = index.sorted_keys(signal.from), fields = fields_of(signal.form) }
  end
  return out
end

--- What the host may know of a definition.
---@param def table
---@return table
function about.of(def)
  if def.kind == "job" then
    return { kind = "job", id = def.id, title = def.title, every = view.copy(def.every),
      missed = def.missed or "once" }
  end
  local found = effects_of(def)
  local list, names = reaches.of(def)
  return { kind = "workflow", id = def.id, title = def.title, code = def.code,
    fields = fields_of(def.record), facts = facts_of(def), fact_order = view.copy(def.facts.order),
    states = states_of(def), deadlines = titles(def.deadlines), ladders = titles(def.ladders),
    steps = steps_of(def), signals = signals_of(def), settings = settings_of(def),
    opens = index.sorted_keys(found.open), documents = index.sorted_keys(found.document),
    templates = index.sorted_keys(found.notify), reaches = list, template_names = names }
end

return about
