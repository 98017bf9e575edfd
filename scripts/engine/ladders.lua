-- Ladders: armed with their deadline, held, resumed, ended. derive() works out
-- every rung anew; it runs when a deadline is armed or moves, when a fact turns
-- out to have happened earlier, and when a step is carried out on which another
-- one stands.

local calendar = require("calendar")
local effects = require("engine.effects")
local instants = require("engine.instants")
local proposals = require("engine.proposals")
local rows = require("engine.rows")
local rungs = require("engine.rungs")
local timers = require("engine.timers")
local view = require("engine.view")

local ladders = {}

--- Work out every rung of a ladder anew: timers of what is to come, superseded rungs of the past.
---@param w table
---@param id string
function ladders.derive(w, id)
  local ladder, ls = w.def.ladders.id[id], w.s.rungs[id]
  if not ls then
    return
  end
  timers.remove(w.s, "rung", id)
  for _, step in ipairs(ladder.steps.order) do
    rungs.check(w, ladder, ls, ladder.steps.id[step])
  end
  local dl = w.s.dl[ladder.past]
  if ls.st == "ended" or rungs.cut(w, ladder, ls) or not dl.due then
    return
  end
  for _, step in ipairs(ladder.steps.order) do
    rungs.place(w, ladder, ls, ladder.steps.id[step])
  end
end

--- The days on which the rungs of a deadline stand now, for the row of an arming.
---@param w table
---@param deadline string
---@return table
function ladders.days(w, deadline)
  local out = {}
  for _, timer in ipairs(w.s.timers) do
    local ladder = timer.k == "rung" and w.def.ladders.id[timer.l]
    if ladder and ladder.past == deadline then
      out[#out + 1] = { step = timer.l .. "/" .. timer.s,
        day = calendar.text(instants.day(timer.at)) }
    end
  end
  return out
end

local function enter(w, ladder, ls)
  local target = ladder.enter_at
  if type(target) == "function" then
    target = view.call(w, ladder, target)
  end
  if not target or not ls.steps[target] then
    return
  end
  ls.enter = target
  for _, id in ipairs(ladder.steps.order) do
    if id == target then
      return
    end
    ls.steps[id].x = "entered_higher"
    rows.decide(w, "skipped", ladder.id .. "/" .. id, { reason = "entered_higher", arming = ls.a },
      ladder.steps.id[id].line)
  end
end

--- Arm a ladder for the present arming of its deadline.
---@param w table
---@param id string
---@param arm integer
function ladders.arm(w, id, arm)
  local ladder = w.def.ladders.id[id]
  if w.s.rungs[id] then
    proposals.drop_ladder(w, id, "armed_again")
    ladders.unplan(w, id)
  end
  local ls = { a = arm, st = "on", holds = {}, steps = {} }
  for _, step in ipairs(ladder.steps.order) do
    ls.steps[step] = { r = 0, n = 0, fires = {} }
  end
  w.s.rungs[id] = ls
  enter(w, ladder, ls)
  ladders.derive(w, id)
end

--- Take a ladder's rungs off the catch-up list.
---@param w table
---@param id string
function ladders.unplan(w, id)
  local keys = {}
  for key, item in next, w.s.plan do
    if item.l == id then
      keys[#keys + 1] = key
    end
  end
  table.sort(keys)
  for _, key in ipairs(keys) do
    w.s.plan[key] = nil
    effects.add(w, key .. ":off", "unplan", { key = key })
  end
end

--- End a ladder: nothing fires any more, what waits is dropped.
---@param w table
---@param id string
---@param reason string
function ladders.stop(w, id, reason)
  local ladder, ls = w.def.ladders.id[id], w.s.rungs[id]
  if not ls or ls.st == "ended" then
    return
  end
  ls.st, ls.cut, ls.i = "ended", w.day, w.s.n
  ladders.derive(w, id)
  proposals.drop_ladder(w, id, reason)
  ladders.unplan(w, id)
  if ladder.children == "withdraw" then
    effects.add(w, id .. "/" .. ls.a .. ":withdraw" .. w.s.n, "withdraw", { ladder = id })
  end
end

--- Hold a ladder from the day of the event on.
---@param w table
---@param id string
function ladders.hold(w, id)
  local ls = w.s.rungs[id]
  if not ls or ls.st == "ended" or rungs.open_from(ls.holds) then
    return
  end
  ls.holds[#ls.holds + 1] = { from = w.day, i = w.s.n }
  rows.decide(w, "held", id, { from = calendar.text(w.day) }, w.def.ladders.id[id].line)
  ladders.derive(w, id)
end

--- Let a held ladder go on; its rungs shift by the time it was held.
---@param w table
---@param id string
function ladders.resume(w, id)
  local ls = w.s.rungs[id]
  local last = ls and ls.holds[#ls.holds]
  if not last or last.to or ls.st == "ended" then
    return
  end
  last.to, last.j = math.max(w.day, last.from), w.s.n
  rows.decide(w, "resumed", id, { on = calendar.text(w.day) }, w.def.ladders.id[id].line)
  ladders.derive(w, id)
end

return ladders
