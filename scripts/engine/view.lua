-- The case as a script's functions see it: read only, made when first asked
-- for, with dates as text. Values handed out are copies, so nothing a script
-- does to them reaches the case. Every call of a script's function goes through
-- view.call, which remembers where, so that a fault can name its place.

local calendar = require("calendar")
local words = require("words")

local view = {}

local place = { title = false, line = false }

local function copy(value)
  if type(value) ~= "table" then
    return value
  end
  local out = {}
  for key, inner in next, value do
    out[key] = copy(inner)
  end
  return out
end

view.copy = copy

local function refuse()
  error(words.say("案件在脚本中只读", "a case is read only in a script"), 2)
end

local function frozen(index)
  return setmetatable({}, { __index = index, __newindex = refuse, __metatable = false })
end

local function record_view(w)
  local form, values = w.def.record, w.s.record
  return frozen(function(_, key)
    local id = form.id[key] and key or (form.by_label and form.by_label[key])
    if not id then
      error(words.sayf("登记表没有“%s”这一项", "the record has no field \"%s\"", tostring(key))
        .. words.hint(tostring(key), form.order), 2)
    end
    return copy(values[id])
  end)
end

local function fact_view(fact)
  local out = copy(fact.data or {})
  out.count, out.on = fact.n, calendar.text(fact.on)
  return out
end

local function facts_view(w)
  return frozen(function(_, id)
    local fact = w.s.facts[id]
    return fact and fact_view(fact) or nil
  end)
end

local function deadlines_view(w)
  return frozen(function(_, id)
    local dl = w.s.dl[id]
    return dl and { due = dl.text, status = dl.status, armed = dl.arm } or nil
  end)
end

local function rungs_view(w)
  return frozen(function(_, id)
    for _, ladder in ipairs(w.def.ladders.order) do
      local ls = w.s.rungs[ladder]
      local rung = ls and ls.steps[id]
      if rung then
        return rung.n or 0
      end
    end
    return 0
  end)
end

local makers = {
  record = record_view,
  facts = facts_view,
  deadlines = deadlines_view,
  rungs = rungs_view,
  number = function(w) return w.ctx.number end,
  state = function(w) return w.s.state end,
  title = function(w) return w.def.title end,
  children = function(w) return copy(w.s.children) end,
  parent = function(w) return copy(w.s.parent) end,
}

--- The read-only case for one work of the fold.
---@param w table
---@return table
function view.case(w)
  if not w.case then
    w.case = frozen(function(_, key)
      local make = makers[key]
      return make and make(w)
    end)
  end
  return w.case
end

--- Call a function of the script, remembering which item it belongs to.
---@param w table
---@param item table the step, state, deadline or guard it stands in
---@param fn function
---@param extra any second argument
---@return any
function view.call(w, item, fn, extra)
  place.title, place.line = item.title or item.text or false, item.line or false
  local value = fn(view.case(w), extra)
  place.title, place.line = false, false
  return value
end

--- One of the outcomes a choose declared; anything else is the author's mistake.
---@param target { among: string[] }
---@param outcome any
---@param optional boolean? nil is an answer too
---@return string?
function view.chosen(target, outcome, optional)
  for _, id in ipairs(target.among) do
    if id == outcome then
      return id
    end
  end
  if outcome == nil and optional then
    return nil
  end
  error(words.sayf("choose 得到“%s”，不在它列出的结果里", "choose gave \"%s\", which it does not list",
    tostring(outcome)) .. words.hint(tostring(outcome), target.among), 0)
end

--- Where the script's function that failed stands; forgets it.
---@return string? title, integer? line
function view.place()
  local title, line = place.title, place.line
  place.title, place.line = false, false
  return title or nil, line or nil
end

local function setting(def, ctx, name)
  local given = ctx.settings and ctx.settings[name]
  if given ~= nil then
    return given
  end
  local known = def.settings[name]
  return known and known.value
end

--- Every setting's value in force, by id.
---@param def table
---@param ctx table
---@return table<string, any>
function view.settings(def, ctx)
  local out = {}
  for _, name in ipairs(def.settings.order or {}) do
    out[name] = copy(setting(def, ctx, name))
  end
  return out
end

local REFERENCE = {
  field = function(w, name) return w.s.record[name] end,
  form = function(w, name) return (w.fact_data or {})[name] end,
  setting = function(w, name) return setting(w.def, w.ctx, name) end,
  it = function(_, _, it) return it end,
  this = function(w) return w.ctx.number end,
}

--- The value of a V of the definition: constant, reference, list of them, or function of the case.
---@param w table
---@param value any
---@param item table where it stands
---@param it any the element inside `each`
---@return any
function view.value(w, value, item, it)
  if type(value) == "function" then
    value = view.call(w, item, value)
    if type(value) ~= "table" or not value.ref then
      return value
    end
    return view.value(w, value, item, it)
  elseif type(value) ~= "table" then
    return value
  elseif value.ref then
    return copy(REFERENCE[value.ref](w, value.name, it))
  end
  local out = {}
  for key, inner in next, value do
    out[key] = view.value(w, inner, item, it)
  end
  return out
end

return view
