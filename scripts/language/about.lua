-- What the host needs to know of a definition without running it: titles,
-- forms, who may record what, and what the script may open, draw up or send.
-- Plain data only, so that it crosses the pipe.

local settings = require("language.settings")
local words = require("words")

local about = {}

local function fields(form)
  local out = {}
  for index, id in ipairs(form.order) do
    local field = form.id[id]
    out[index] = { id = id, label = field.label, kind = field.kind, item = field.item,
      required = field.required or false, choices = field.choices, default = field.default ~= nil,
      min = type(field.min) ~= "table" and field.min or nil, fixed = field.fixed,
      keeps = field.keeps }
  end
  return out
end

local function facts(def)
  local out = {}
  for id, fact in pairs(def.facts.id) do
    out[id] = { title = fact.title, by = fact.by, fields = fields(fact.form),
      signs = fact.signs or false, occurred = fact.occurred, builtin = fact.builtin }
  end
  return out
end

local function titles(group, final)
  local out = {}
  for id, item in pairs(group.id) do
    out[id] = { title = item.title, final = final and item.final or nil }
  end
  return out
end

local function steps(def)
  local out = {}
  for _, ladder_id in ipairs(def.ladders.order) do
    local ladder = def.ladders.id[ladder_id]
    for id, step in pairs(ladder.steps.id) do
      out[ladder_id .. "/" .. id] = { title = step.title, approve = step.approve ~= nil }
    end
  end
  return out
end

local function setting_list(def)
  local out = {}
  for index, id in ipairs(def.settings.order) do
    local setting = def.settings[id]
    local kind = type(setting.value) == "table" and setting.value.kind or type(setting.value)
    out[index] = { id = id, label = setting.label, value = settings.text(setting.value),
      kind = kind,
      min = setting.min ~= nil and settings.text(setting.min) or nil,
      max = setting.max ~= nil and settings.text(setting.max) or nil, fixed = setting.fixed }
  end
  return out
end

local function signals(def)
  local out = {}
  for name, signal in pairs(def.signals) do
    out[name] = { from = words.sorted(signal.from), fields = fields(signal.form) }
  end
  return out
end

local NOTE = {
  open = function(seen, effect) seen.opens[effect.workflow or "?"] = true end,
  document = function(seen, effect) seen.documents[effect.name or "?"] = true end,
  notify = function(seen, effect) seen.templates[effect.template or "?"] = true end,
  signal = function() end,
}

local function note(seen, list)
  for _, effect in ipairs(list) do
    if effect.kind == "each" then
      note(seen, { effect.effect })
    else
      NOTE[effect.kind](seen, effect)
    end
  end
end

local function reach(def)
  local seen = { opens = {}, documents = {}, templates = {} }
  for _, fact in pairs(def.facts.id) do
    note(seen, fact.effects)
  end
  for _, state in pairs(def.states.id) do
    note(seen, state.enter)
  end
  for _, ladder in pairs(def.ladders.id) do
    for _, step in pairs(ladder.steps.id) do
      note(seen, step.effects)
    end
  end
  return seen
end

local function of_workflow(def)
  local seen = reach(def)
  return { kind = "workflow", id = def.id, title = def.title, code = def.code,
    fields = fields(def.record), facts = facts(def), fact_order = def.facts.order,
    states = titles(def.states, true), state_order = def.states.order, initial = def.initial,
    deadlines = titles(def.deadlines), deadline_order = def.deadlines.order, steps = steps(def),
    signals = signals(def), settings = setting_list(def), opens = words.sorted(seen.opens),
    documents = words.sorted(seen.documents), templates = words.sorted(seen.templates) }
end

--- What the host needs to know of a definition.
---@param def table
---@return table about
function about.of(def)
  if def.kind == "workflow" then
    return of_workflow(def)
  end
  return { kind = "job", id = def.id, title = def.title, every = def.every, missed = def.missed,
    tables = def.tables }
end

return about
