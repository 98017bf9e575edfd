-- What a definition means for the fold, worked out once: which deadlines and
-- ladders an event concerns, which steps stand after which, which effects can
-- be handed out without looking at the case. The hot path reads this only.

local index = {}

local known = setmetatable({}, { __mode = "k" })

local ROLES = { "met", "submitted", "returned", "starts" }

local function event_of(ix, id)
  local event = ix.events[id]
  if not event then
    event = { stops = {}, holds = {}, resumes = {}, met = {}, submitted = {}, returned = {},
      starts = {} }
    ix.events[id] = event
  end
  return event
end

local function sorted_keys(set)
  local list = {}
  for key, value in next, set or {} do
    list[#list + 1] = type(key) == "string" and key or value
  end
  table.sort(list)
  return list
end

index.sorted_keys = sorted_keys

local function note(ix, role, set, id)
  for _, event in ipairs(sorted_keys(set)) do
    local list = event_of(ix, event)[role]
    list[#list + 1] = id
  end
end

local function note_deadlines(ix, def)
  for at, id in ipairs(def.deadlines.order) do
    local deadline = def.deadlines.id[id]
    ix.deadline_order[id], ix.ladders_of[id] = at, {}
    for _, role in ipairs(ROLES) do
      local set = deadline[role]
      if role == "returned" and set then
        set = set.by
      end
      note(ix, role, set, id)
    end
  end
end

local function has_parts(value)
  if type(value) == "function" then
    return true
  elseif type(value) ~= "table" then
    return false
  elseif value.ref then
    return true
  end
  for _, inner in next, value do
    if has_parts(inner) then
      return true
    end
  end
  return false
end

local function only_roles(principals)
  for _, principal in ipairs(principals or {}) do
    if principal.kind ~= "role" then
      return false
    end
  end
  return true
end

--- Effects of a definition as the fold wants them: what never changes is made ready.
---@param list table? E…
---@param where table? { nobody, ladder, step }
---@return table
function index.effects(list, where)
  local out = {}
  where = where or {}
  for at, effect in ipairs(list or {}) do
    local fixed = not has_parts(effect.data)
    local ready = { kind = effect.kind, effect = effect, fixed = fixed,
      roles = only_roles(effect.to), nobody = where.nobody, ladder = where.ladder,
      step = where.step }
    if effect.kind == "notify" and fixed and ready.roles then
      ready.body = { to = effect.to, template = effect.template, data = effect.data or {},
        nobody = where.nobody, ladder = where.ladder, step = where.step }
    elseif effect.kind == "each" then
      ready.inner = index.effects({ effect.effect }, where)
    end
    out[at] = ready
  end
  return out
end

local function is_plain(step, after)
  return not (step.skip or step.approve or step.jumps or step.repeats or after)
end

local function note_steps(ix, ladder, base)
  local steps, after = {}, {}
  for _, id in ipairs(ladder.steps.order) do
    local step = ladder.steps.id[id]
    if step.after then
      after[step.after] = after[step.after] or {}
      table.insert(after[step.after], id)
    end
  end
  for at, id in ipairs(ladder.steps.order) do
    local step = ladder.steps.id[id]
    steps[id] = { def = step, name = ladder.id .. "/" .. id, at = at, o = base + at,
      after = after[id], plain = is_plain(step, after[id]), line = step.line,
      effects = index.effects(step.effects,
        { nobody = ladder.nobody or "tell_admin", ladder = ladder.id, step = id }) }
  end
  ix.steps[ladder.id] = steps
end

local function note_ladders(ix, def)
  for at, id in ipairs(def.ladders.order) do
    local ladder = def.ladders.id[id]
    local of = ix.ladders_of[ladder.past] or {}
    of[#of + 1] = id
    ix.ladders_of[ladder.past] = of
    note(ix, "stops", ladder.stops, id)
    note(ix, "holds", ladder.holds, id)
    note(ix, "resumes", ladder.resumes, id)
    ix.own_holds[id] = #sorted_keys(ladder.holds) > 0
    note_steps(ix, ladder, 1000 * at)
  end
end

local function targets(target)
  if type(target) ~= "table" then
    return { target }
  end
  return target.to and { target.to } or target.among or {}
end

local function reach_from(def, state, seen)
  local item = def.states.id[state]
  if seen[state] or not item then
    return
  end
  seen[state] = true
  for _, event in ipairs(sorted_keys(item.takes)) do
    seen[event] = true
  end
  for _, set in ipairs({ item.on or {}, item.passes or {} }) do
    for _, event in ipairs(sorted_keys(set)) do
      seen[event] = true
      for _, target in ipairs(targets(set[event])) do
        reach_from(def, target, seen)
      end
    end
  end
end

local function note_effects(ix, def)
  for _, id in ipairs(def.states.order) do
    ix.enter[id] = index.effects(def.states.id[id].enter)
  end
  for _, id in ipairs(def.facts.order) do
    ix.facts[id] = index.effects(def.facts.id[id].effects)
  end
end

local function build(def)
  local ix = { events = {}, deadline_order = {}, ladders_of = {}, own_holds = {}, steps = {},
    enter = {}, facts = {}, reach = {} }
  note_deadlines(ix, def)
  note_ladders(ix, def)
  note_effects(ix, def)
  return ix
end

--- The index of a definition.
---@param def table
---@return table
function index.of(def)
  local ix = known[def]
  if not ix then
    ix = build(def)
    known[def] = ix
  end
  return ix
end

--- What can still happen from a state on: facts, events and states as a set.
---@param def table
---@param state string
---@return table<string, boolean>
function index.reach(def, state)
  local ix = index.of(def)
  if not ix.reach[state] then
    local seen = {}
    reach_from(def, state, seen)
    ix.reach[state] = seen
  end
  return ix.reach[state]
end

return index
