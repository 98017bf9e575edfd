-- The fold: a case is what its inputs make of it, in recorded order. admit()
-- refuses, apply() takes one input and never refuses, advance() lets the timers
-- come that are due, wake() says when to come again. The same inputs always give
-- the same rows, effects and snapshot.

local admit = require("engine.admit")
local apply = require("engine.apply")
local index = require("engine.index")
local rows = require("engine.rows")

local fold = {}

local MOST = 1000 -- timers of one case taken in one go; the rest come with the next wake

--- An empty snapshot.
---@return table
function fold.open()
  return { v = 1, n = 0, state = false, since = false, record = {}, facts = {}, dl = {},
    rungs = {}, timers = {}, props = {}, children = {}, plan = {} }
end

--- Whether an input can be folded now; nil when it can. Puts canonical values into input.body.
---@param def table
---@param ctx table
---@param s table
---@param input table
---@return { kind: string, text: string }? refused
function fold.admit(def, ctx, s, input)
  return admit.try(def, ctx, s, input)
end

--- Admit an input and fold it in one go. A refusal, given back or raised as { refused = … },
--- leaves s half folded, to be thrown away: the caller still has the bytes it came from.
---@param def table
---@param ctx table
---@param s table
---@param input table
---@param out table its row is appended first
---@return { kind: string, text: string }? refused
function fold.take(def, ctx, s, input, out)
  local refused, strictly = admit.check(def, ctx, s, input)
  if refused then
    return refused
  end
  rows.input(out, input)
  apply.input(def, ctx, s, input, out, strictly)
  return nil
end

--- Fold one input into the snapshot; decisions and effects are appended to out.
---@param def table
---@param ctx table
---@param s table
---@param input table
---@param out { rows: table, effects: table, after: integer? }
function fold.apply(def, ctx, s, input, out)
  return apply.input(def, ctx, s, input, out)
end

local function timer_input(timer, now, cal)
  local kind, late = timer.k, nil
  local name, body
  if kind == "rung" then
    if now > timer.g then
      late = now
    end
    name = timer.l .. "/" .. timer.s
    body = { k = kind, l = timer.l, s = timer.s, a = timer.a, r = timer.r, planned = timer.at,
      late = late }
  elseif kind == "pass" then
    name = timer.l .. ":passed"
    body = { k = kind, l = timer.l, a = timer.a, planned = timer.at }
  else
    name = "proposal:" .. timer.key
    body = { k = kind, l = timer.l, s = timer.s, a = timer.a, r = timer.r, key = timer.key,
      planned = timer.at }
  end
  return { kind = "timer", name = name, at = timer.at, now = now, body = body, cal = cal }
end

--- Take the timers due at or before an instant, in order, each as an input of its own.
---@param def table
---@param ctx table
---@param s table
---@param at integer
---@param now integer
---@param out table
function fold.advance(def, ctx, s, at, now, out)
  for _ = 1, MOST do
    local timer = s.timers[1]
    if not timer or timer.at > at then
      return
    end
    local input = timer_input(timer, now, ctx.calendar)
    rows.input(out, input)
    apply.input(def, ctx, s, input, out)
  end
end

--- The instant of the next timer.
---@param s table
---@return integer|false
function fold.wake(s)
  local timer = s.timers[1]
  return timer and timer.at or false
end

--- The nearest running due date as text.
---@param def table
---@param s table
---@return string|false
function fold.due(def, s)
  local due, text = nil, false
  for _, id in ipairs(def.deadlines.order) do
    local dl = s.dl[id]
    if dl and dl.status == "running" and dl.due and (not due or dl.due < due) then
      due, text = dl.due, dl.text
    end
  end
  return text
end

--- The earliest due date that has passed and still stands, as text. Only deadlines with a ladder
--- count: the end of a right to object is nobody's delay.
---@param def table
---@param s table
---@return string|false
function fold.late(def, s)
  local ladders, late, text = index.of(def).ladders_of, nil, false
  for _, id in ipairs(s.closed and {} or def.deadlines.order) do
    local dl = s.dl[id]
    if dl and dl.status == "passed" and #ladders[id] > 0 and (not late or dl.passed < late) then
      late, text = dl.passed, dl.text
    end
  end
  return text
end

return fold
