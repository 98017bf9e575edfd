-- Effects: from the marker in the script to the plain body the keeper stores.
-- Principals and values are looked up in the case here. Bodies that never
-- change come ready from the index and are handed on as they are.

local view = require("engine.view")

local effects = {}

local function add_units(out, principal, code)
  if type(code) == "table" then
    for _, one in ipairs(code) do
      add_units(out, principal, one)
    end
  elseif code ~= nil and principal.kind == "unit_of" then
    out[#out + 1] = { kind = "unit", unit = code, role = principal.role }
  elseif code ~= nil then
    out[#out + 1] = { kind = "person", person = code }
  end
end

--- Principals with units and persons filled in from the record.
---@param w table
---@param list table? P…
---@param it any
---@return table
function effects.principals(w, list, it)
  local out = {}
  for _, principal in ipairs(list or {}) do
    if principal.kind == "role" then
      out[#out + 1] = principal
    elseif principal.field == "it" then
      add_units(out, principal, it)
    else
      add_units(out, principal, w.s.record[principal.field])
    end
  end
  return out
end

local function data_of(w, ready, it)
  local data = ready.effect.data
  if ready.fixed then
    return data or {}
  end
  return view.value(w, data, ready.effect, it)
end

local makers = {}

function makers.notify(w, ready, it)
  local effect = ready.effect
  return { to = ready.roles and effect.to or effects.principals(w, effect.to, it),
    template = effect.template, data = data_of(w, ready, it), nobody = ready.nobody,
    ladder = ready.ladder, step = ready.step }
end

function makers.document(w, ready, it)
  local effect = ready.effect
  return { name = effect.name, series = view.value(w, effect.series, effect, it),
    to = effects.principals(w, effect.to, it), data = data_of(w, ready, it), signed = false,
    ladder = ready.ladder, step = ready.step }
end

function makers.open(w, ready, it)
  local effect = ready.effect
  return { workflow = effect.workflow, with = view.value(w, effect.with or {}, effect, it),
    join = effect.join, ladder = ready.ladder, step = ready.step }
end

local function signal_to(w, to)
  if type(to) == "table" and (to.ref == "field" or to.ref == "form") then
    return { kind = "case", number = (to.ref == "form" and w.fact_data or w.s.record)[to.name] }
  elseif type(to) == "table" and to.ref == "children" then
    return { kind = "children", workflow = to.workflow }
  end
  return { kind = "parent" }
end

function makers.signal(w, ready, it)
  return { to = signal_to(w, ready.effect.to), name = ready.effect.name,
    data = data_of(w, ready, it) }
end

local function resolve(w, list, it, out)
  for _, ready in ipairs(list) do
    if ready.body then
      out[#out + 1] = { kind = ready.kind, body = ready.body }
    elseif ready.inner then
      local items = (ready.effect.form and w.fact_data or w.s.record)[ready.effect.field]
      for _, item in ipairs(type(items) == "table" and items or {}) do
        resolve(w, ready.inner, item, out)
      end
    else
      out[#out + 1] = { kind = ready.kind, body = makers[ready.kind](w, ready, it) }
    end
  end
  return out
end

--- The bodies of effects as the case stands now.
---@param w table
---@param list table prepared effects of the index
---@return table { kind, body }…
function effects.resolve(w, list)
  return resolve(w, list, nil, {})
end

--- Hand resolved effects to the keeper under stable keys.
---@param w table
---@param resolved table { kind, body }…
---@param prefix string
---@param signed boolean?
function effects.hand(w, resolved, prefix, signed)
  local out = w.out.effects
  for at, item in ipairs(resolved) do
    local body = item.body
    if signed and item.kind == "document" then
      body = view.copy(body)
      body.signed = true
    end
    out[#out + 1] = { prefix .. "#" .. at, item.kind, body }
  end
end

--- Resolve and hand over in one go; the common single effect takes no detour.
---@param w table
---@param list table prepared effects
---@param prefix string
---@param signed boolean?
function effects.emit(w, list, prefix, signed)
  local count = #list
  if count == 0 then
    return
  end
  local out = w.out.effects
  for at = 1, count do
    local ready = list[at]
    if ready.inner or (signed and ready.kind == "document") then
      effects.hand(w, resolve(w, list, nil, {}), prefix, signed)
      return
    end
  end
  for at = 1, count do
    local ready = list[at]
    local body = ready.body or makers[ready.kind](w, ready)
    out[#out + 1] = { prefix .. "#" .. at, ready.kind, body }
  end
end

--- Hand over one effect made by the engine itself.
---@param w table
---@param key string
---@param kind string
---@param body table
function effects.add(w, key, kind, body)
  local out = w.out.effects
  out[#out + 1] = { key, kind, body }
end

return effects
