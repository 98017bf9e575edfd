-- One rung: where it stands, whether a firing of the past was right, and the
-- timer of what is to come. A firing that would not have been, or whose instant
-- has moved into the future, is superseded and may come again as the next
-- repeat; one whose instant moved to a later day that is over or today stands.

local effects = require("engine.effects")
local instants = require("engine.instants")
local proposals = require("engine.proposals")
local rows = require("engine.rows")
local spans = require("engine.spans")
local timers = require("engine.timers")
local view = require("engine.view")

local rungs = {}

local ZERO = { kind = "workdays", n = 0 }

local function prefix_of(ls, ladder, step, fire)
  return ladder .. "/" .. ls.a .. "/" .. step .. "/" .. fire.r
end

local function carried_day(ls, step)
  local rung = ls.steps[step]
  for _, fire in ipairs(rung and rung.fires or {}) do
    if fire.d then
      return fire.d
    end
  end
  return nil
end

local function lands_of(step, offset)
  return step.lands or (offset.n and offset.n < 0 and "previous_workday" or "next_workday")
end

local function offset_of(w, step)
  local offset = view.value(w, step.at, step)
  if offset == nil then
    return ZERO
  end
  return offset
end

-- The day of the first firing of a step, or nil while what it stands on is not there.
local function first_day(w, ladder, ls, step)
  local dl = w.s.dl[ladder.past]
  local base, whole = dl.due, spans.merged(ls.holds)
  local clipped = spans.merged(dl.pauses, dl.subs)
  if step.after and ls.enter ~= step.id then
    base = carried_day(ls, step.after)
  end
  if not base then
    return nil
  end
  local offset = offset_of(w, step)
  local opts = { counts = "from_next_day", lands = lands_of(step, offset) }
  local day = spans.forward(w.cal, base, offset, opts, clipped)
  if #whole == 0 then
    return day
  end
  local shifted = spans.forward(w.cal, base, offset, opts, whole, true)
  local works = w.cal:between(day, spans.forward(w.cal, base, offset, opts, {}))
  return works == 0 and shifted
    or w.cal:add(shifted, { kind = "workdays", n = -works }, { lands = opts.lands })
end

-- The instant of the nth firing of a step: nil when it does not stand anywhere.
local function instant_of(w, ladder, ls, step, nth)
  local rung = ls.steps[step.id]
  if rung.force and nth == #rung.fires + 1 then
    return rung.force
  end
  local day = first_day(w, ladder, ls, step)
  if not day then
    return nil
  end
  for _ = 2, nth do
    day = w.cal:add(day, step.repeats.every,
      { counts = "from_next_day", lands = lands_of(step, ZERO) })
  end
  return instants.opening(day, w.ctx.opens_at)
end

--- The day on which a firing would stand by what is stored now: nil where it was forced.
---@param w table
---@param ladder table
---@param step table
---@param nth integer
---@return integer?
function rungs.day(w, ladder, step, nth)
  local ls = w.s.rungs[ladder.id]
  local instant = not ls.steps[step.id].fires[nth].f and instant_of(w, ladder, ls, step, nth)
  return instant and instants.day(instant) or nil
end

local function supersede(w, ladder, ls, step, fire)
  local key = prefix_of(ls, ladder.id, step.id, fire)
  if fire.o == "skipped" then
    return
  end
  rows.decide(w, "superseded", ladder.id .. "/" .. step.id,
    { ["repeat"] = fire.r, planned = fire.p }, step.line)
  if fire.o == "proposed" then
    proposals.drop(w, key .. "#0", "superseded")
  elseif fire.o == "planned" then
    w.s.plan[key .. "#plan"] = nil
    effects.add(w, key .. "#plan:off", "unplan", { key = key .. "#plan" })
  else
    effects.add(w, key .. ":off" .. w.s.n, "cancel", { key = key .. "#" })
  end
end

local function is_wrong(w, ladder, ls, step, nth)
  local fire = ls.steps[step.id].fires[nth]
  local cut = rungs.cut(w, ladder, ls)
  if cut and instants.day(fire.p) > cut then
    return true
  elseif fire.f or ls.st == "ended" then
    return false
  end
  local instant = instant_of(w, ladder, ls, step, nth)
  return not instant or instants.day(instant) > instants.day(w.at)
end

--- Firings that should not have been go, and with the first wrong one all later ones.
---@param w table
---@param ladder table
---@param ls table state of the ladder
---@param step table
function rungs.check(w, ladder, ls, step)
  local fires = ls.steps[step.id].fires
  for nth = 1, #fires do
    if is_wrong(w, ladder, ls, step, nth) then
      for later = #fires, nth, -1 do
        supersede(w, ladder, ls, step, fires[later])
        fires[later] = nil
      end
      ls.steps[step.id].n = rungs.count(fires)
      return
    end
  end
end

--- How many firings were not skipped.
---@param fires table
---@return integer
function rungs.count(fires)
  local count = 0
  for _, fire in ipairs(fires) do
    if fire.o ~= "skipped" then
      count = count + 1
    end
  end
  return count
end

--- The day since which a span of a list is going on.
---@param list table?
---@return integer?
function rungs.open_from(list)
  for _, span in ipairs(list or {}) do
    if not span.to then
      return span.from
    end
  end
  return nil
end

--- The last day on which this ladder could rightly fire: it ended, or is held, since then.
---@param w table
---@param ladder table
---@param ls table
---@return integer?
function rungs.cut(w, ladder, ls)
  if ls.st == "ended" then
    return ls.cut
  end
  local dl = w.s.dl[ladder.past]
  local from = rungs.open_from(ls.holds) or rungs.open_from(dl.pauses)
  if not from and not w.ix.own_holds[ladder.id] then
    from = rungs.open_from(dl.subs)
  end
  return from
end

local function grace_of(w, ladder, at)
  local day = instants.day(at)
  if ladder.grace then
    day = w.cal:add(day, ladder.grace)
  end
  return instants.start(day + 1)
end

local function skip_early(w, ladder, ls, step)
  local rung = ls.steps[step.id]
  if not rung.early then
    rung.early = true
    rows.decide(w, "skipped", ladder.id .. "/" .. step.id, { reason = "early", arming = ls.a },
      step.line)
  end
end

local function is_exhausted(step, rung)
  return rung.x or #rung.fires >= (step.repeats and step.repeats.times or 1)
end

local function early_of(step, ls)
  if step.after and ls.enter ~= step.id then
    return "now"
  elseif step.early then
    return step.early
  end
  local offset = step.at
  return type(offset) == "table" and offset.n and offset.n < 0 and "skip" or "now"
end

--- Set the timer of a rung that is still to come.
---@param w table
---@param ladder table
---@param ls table
---@param step table
function rungs.place(w, ladder, ls, step)
  local rung = ls.steps[step.id]
  if is_exhausted(step, rung) then
    return
  end
  local at = instant_of(w, ladder, ls, step, #rung.fires + 1)
  if not at then
    return
  elseif at < w.at then
    if not rung.force and early_of(step, ls) == "skip" then
      return skip_early(w, ladder, ls, step)
    end
    at = w.at
  end
  rung.early = nil
  timers.add(w.s, { at = at, k = "rung", l = ladder.id, s = step.id, a = ls.a, r = rung.r + 1,
    o = w.ix.steps[ladder.id][step.id].o, g = grace_of(w, ladder, at) })
end

return rungs
