-- Whom a procedure will tell, on which rung and in which state, before it happens: so
-- that a case knows in advance who would not be reached. Plain data, no functions.

local reaches = {}

local function scalar(value)
  return type(value) == "string" or type(value) == "number"
end

-- The keys of a notify's data: true is one plain value, false may be anything.
local function add_names(names, effect)
  local own = names[effect.template] or {}
  for name, value in next, type(effect.data) == "table" and effect.data or {} do
    own[name] = scalar(value) and own[name] ~= false
  end
  names[effect.template] = own
end

-- `it` stands for each item of the list the effect runs over.
local function principals(list, over)
  local out = {}
  for at, principal in ipairs(list or {}) do
    local field = principal.field
    if field == "it" then
      field = over
    end
    out[at] = { kind = principal.kind, role = principal.role, field = field }
  end
  return out
end

local function walk(found, list, where, over)
  for _, effect in ipairs(list or {}) do
    if effect.kind == "each" then
      walk(found, { effect.effect }, where, effect.field)
    elseif effect.kind == "notify" then
      add_names(found.names, effect)
      found.list[#found.list + 1] = { at = where.at, title = where.title, nobody = where.nobody,
        template = effect.template, to = principals(effect.to, over) }
    end
  end
end

--- Every notify of a definition with its place, and what each template is given.
---@param def table
---@return table list { at, title, template, to, nobody }…
---@return table names template to { name = whether it is one plain value }
function reaches.of(def)
  local found = { list = {}, names = {} }
  for _, id in ipairs(def.facts.order) do
    local fact = def.facts.id[id]
    walk(found, fact.effects, { at = "fact:" .. id, title = fact.title })
  end
  for _, id in ipairs(def.states.order) do
    local state = def.states.id[id]
    walk(found, state.enter, { at = "state:" .. id, title = state.title })
  end
  for _, ladder in ipairs(def.ladders.order) do
    local of = def.ladders.id[ladder]
    for _, id in ipairs(of.steps.order) do
      local step = of.steps.id[id]
      walk(found, step.effects, { at = "step:" .. ladder .. "/" .. id, title = step.title,
        nobody = of.nobody or "tell_admin" })
    end
  end
  return found.list, found.names
end

return reaches
