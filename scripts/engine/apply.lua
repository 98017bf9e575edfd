-- Applying one input: which state the case enters, which deadlines and ladders
-- the event concerns, in one fixed order. Nothing is refused here and nothing is
-- random: the same snapshot and input always give the same rows and effects.

local builtins = require("engine.builtins")
local calendar = require("calendar")
local climb = require("engine.climb")
local dates = require("engine.dates")
local deadlines = require("engine.deadlines")
local effects = require("engine.effects")
local index = require("engine.index")
local instants = require("engine.instants")
local records = require("engine.records")
local rows = require("engine.rows")
local view = require("engine.view")

local apply = {}

local DAY, EAST = instants.DAY, 8 * 3600000

--- The work of folding one input: who is asked, when it is, which calendar counts.
---@param def table
---@param ctx table
---@param s table
---@param input table
---@param out table
---@param strict boolean? what cannot be armed is refused
---@return table
function apply.work(def, ctx, s, input, out, strict)
  local hash = ctx.calendars[input.cal] and input.cal or ctx.calendar
  return { def = def, ix = index.of(def), ctx = ctx, s = s, out = out, strict = strict,
    at = input.at, day = input.occurred or (input.at + EAST) // DAY, hash = hash,
    cal = ctx.calendars[hash] }
end

local function target_of(w, target, event)
  if type(target) ~= "table" then
    return target
  elseif target.to then
    return target.to
  end
  return view.chosen(target, view.call(w, w.def.states.id[w.s.state], target.fn, event))
end

local function close(w, state)
  local s = w.s
  s.closed = true
  deadlines.close(w)
  s.timers = {}
  effects.add(w, "e" .. s.n .. ":close", "close", { outcome = state })
end

local function enter(w, id, by)
  local s, state = w.s, w.def.states.id[id]
  local from = s.state
  s.state, s.since = id, w.at
  rows.decide(w, "entered", id, { from = from or nil, by = by }, state and state.line)
  effects.emit(w, w.ix.enter[id] or {}, "e" .. s.n, w.signs)
  deadlines.happen(w, id)
  if builtins.ended[id] or (state and state.final) then
    close(w, id)
  end
end

local function reopen(w, target, id)
  w.s.closed = nil
  effects.add(w, "f" .. w.s.n .. ":reopen", "reopen", {})
  enter(w, target, id)
  if not w.s.closed then
    deadlines.reopen(w)
  end
end

-- What an event means for deadlines, ladders and the state, in this order.
local function happen(w, id, event)
  local s = w.s
  local state = w.def.states.id[s.state]
  local target = state and state.on and state.on[id]
  if target then
    target = target_of(w, target, event)
  end
  deadlines.happen(w, id)
  if target and s.closed then
    return reopen(w, target, id)
  elseif target then
    enter(w, target, id)
  end
end

-- The day stands in the form too, so that a history says it without the host's help.
local function day_from(w, def, form)
  local text = def and def.occurred and form[def.occurred]
  local day = type(text) == "string" and calendar.day(text)
  if day and def.id ~= "corrected" then
    w.day = day
  end
end

local function keep_fact(w, id, form)
  local fact = w.s.facts[id]
  w.s.facts[id] = { n = fact and fact.n + 1 or 1, on = w.day, data = form, i = w.s.n }
  w.fact_data = form
end

local takers = {}

local function opened(w, input)
  local s, body = w.s, input.body
  s.opened = w.at
  records.open(w, body.record or {})
  s.parent = body.parent or nil
  keep_fact(w, "opened", {})
  effects.emit(w, w.ix.facts.opened or {}, "f" .. s.n)
  deadlines.happen(w, "opened")
  enter(w, w.def.initial, "opened")
end

function takers.fact(w, input)
  local id, form = input.name, input.body.form or {}
  if id == "opened" then
    return opened(w, input)
  end
  local def = w.def.facts.id[id]
  day_from(w, def, form)
  keep_fact(w, id, form)
  w.signs = def and def.signs -- what it brings about is signed too: the papers take their numbers
  effects.emit(w, w.ix.facts[id] or {}, "f" .. w.s.n, w.signs)
  builtins.keep(w, def, form)
  builtins.act(w, id, form)
  if builtins.ends[id] and not w.s.closed then
    local state = w.def.states.id[w.s.state]
    if not (state and state.on and state.on[id]) then
      deadlines.happen(w, id)
      return enter(w, builtins.ends[id], id)
    end
  end
  happen(w, id, { kind = "fact", name = id, form = view.copy(form) })
end

-- Usually the first one; a history folded again finds its timer here too.
local function take_timer(s, body)
  local list = s.timers
  for at = 1, #list do
    local timer = list[at]
    if timer.k == body.k and timer.l == body.l and timer.s == body.s and timer.a == body.a
      and timer.r == body.r then
      table.remove(list, at)
      return
    end
  end
end

local function passed(w, body)
  local dl = w.s.dl[body.l]
  w.day = dl and dl.due or w.day
  if deadlines.pass(w, body.l, body.a) then
    local state = w.def.states.id[w.s.state]
    local target = state and state.passes and state.passes[body.l]
    if target then
      enter(w, target_of(w, target, { kind = "passed", name = body.l }), body.l .. ":passed")
    end
  end
end

function takers.timer(w, input)
  local body = input.body
  take_timer(w.s, body)
  if body.k == "rung" then
    climb.fire(w, body)
  elseif body.k == "expire" then
    climb.expired(w, body.key)
  elseif body.k == "pass" then
    passed(w, body)
  end
end

function takers.approved(w, input)
  climb.approved(w, input.name, input.body)
end

function takers.rejected(w, input)
  climb.rejected(w, input.name)
end

function takers.plan_signed(w, input)
  climb.plan_signed(w, input.body)
end

function takers.unreachable(w, input)
  climb.unreachable(w, input.name, input.body.who)
end

local function is_taken(w, input)
  local signal, state = w.def.signals[input.name], w.def.states.id[w.s.state]
  local from = (input.body.from or {}).workflow
  if not signal or not state or w.s.closed or next(signal.from or {}) and not signal.from[from] then
    return false
  end
  return state.on[input.name] or state.takes[input.name] or state.late[input.name]
end

function takers.signal(w, input)
  if input.name == "joined" then
    return records.join(w, input.body)
  elseif not is_taken(w, input) then
    rows.decide(w, "noted", input.name, { reason = "not_taken",
      from = (input.body.from or {}).number })
    return
  end
  keep_fact(w, input.name, input.body.data or {})
  happen(w, input.name, { kind = "signal", name = input.name, from = view.copy(input.body.from),
    data = view.copy(input.body.data or {}) })
end

local function child_of(s, number)
  for _, child in ipairs(s.children) do
    if child.number == number then
      return child
    end
  end
  local child = { number = number, state = "open" }
  s.children[#s.children + 1] = child
  return child
end

function takers.child_opened(w, input)
  local child = child_of(w.s, input.name)
  child.workflow, child.key = input.body.workflow, input.body.key
end

function takers.child_closed(w, input)
  local child = child_of(w.s, input.name)
  child.workflow = input.body.workflow or child.workflow
  child.state, child.outcome = "closed", input.body.outcome
  happen(w, "child_closed", { kind = "child_closed", number = input.name,
    workflow = child.workflow, outcome = child.outcome })
end

function takers.calendar_changed(w, input)
  local hash = input.body.calendar
  if w.ctx.calendars[hash] then
    w.hash, w.cal = hash, w.ctx.calendars[hash]
  end
  for _, id in ipairs(w.def.deadlines.order) do
    local dl = w.s.dl[id]
    if dl and not dl.met and not dl.over then
      dates.recount(w, id, "calendar_changed")
    end
  end
end

--- Fold one input into the snapshot; decisions and effects are appended to out.
---@param def table
---@param ctx table
---@param s table
---@param input table
---@param out { rows: table, effects: table, after: integer? }
---@param strict boolean? raise { refused = … } when a deadline cannot be armed
function apply.input(def, ctx, s, input, out, strict)
  s.n = s.n + 1
  local take = takers[input.kind]
  if take then
    take(apply.work(def, ctx, s, input, out, strict), input)
  end
end

return apply
