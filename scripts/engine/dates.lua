-- The date of a deadline: counted from what is stored (base, budget, extensions,
-- pauses, submissions), never stored by hand. Every change ends in recount(), so
-- a late or corrected fact needs no code of its own: the stored day changes and
-- due day, status, timer and rungs are worked out again.

local calendar = require("calendar")
local instants = require("engine.instants")
local ladders = require("engine.ladders")
local rows = require("engine.rows")
local rungs = require("engine.rungs")
local spans = require("engine.spans")
local timers = require("engine.timers")

local dates = {}

local function opts_of(deadline)
  return { counts = deadline.counts or "from_next_day", lands = deadline.lands or "next_workday" }
end

-- The chain of due days: the original one, then one for each extension.
local function chain_of(w, deadline, dl)
  local list = spans.merged(dl.pauses, dl.subs)
  local due = spans.forward(w.cal, dl.base, dl.budget, opts_of(deadline), list)
  local chain = { due }
  for at = (dl.ext0 or 0) + 1, #dl.ext do
    local ext = dl.ext[at]
    local opts = { counts = "from_next_day", lands = ext.lands or opts_of(deadline).lands }
    due = spans.forward(w.cal, due, ext, opts, list)
    chain[#chain + 1] = due
  end
  return chain, due
end

local function status_of(w, dl)
  if dl.met then
    return "met"
  elseif dl.over then
    return "ended"
  elseif not dl.due then
    return "open"
  elseif rungs.open_from(dl.subs) then
    return "submitted"
  elseif rungs.open_from(dl.pauses) then
    return "paused"
  end
  return instants.start(dl.due + 1) > w.at and "running" or "passed"
end

local function takes_back_passing(dl)
  if not dl.passed or not dl.due then
    return dl.passed ~= nil
  elseif dl.met then
    return dl.met <= dl.due
  end
  local from = rungs.open_from(dl.subs) or rungs.open_from(dl.pauses)
  return dl.status == "running" or (from ~= nil and from <= dl.due)
end

--- Give a deadline its status and the timer of its passing; a passing that was wrong is superseded.
---@param w table
---@param id string
---@param deadline table
---@param dl table
function dates.settle(w, id, deadline, dl)
  timers.remove(w.s, "pass", id)
  dl.status = status_of(w, dl)
  if takes_back_passing(dl) then
    dl.passed = nil
    rows.decide(w, "superseded", id .. ":passed", { due = dl.text }, deadline.line)
  end
  if dl.status == "passed" and dl.passed then
    return
  elseif dl.status == "passed" or dl.status == "running" then
    dl.status = "running"
    local at = math.max(instants.start(dl.due + 1), w.at)
    timers.add(w.s, { at = at, k = "pass", l = id, a = dl.arm, o = w.ix.deadline_order[id] })
  end
end

--- Work out the due day and its chain from what is stored.
---@param w table
---@param deadline table
---@param dl table
function dates.count(w, deadline, dl)
  if dl.budget.kind == "open" then
    dl.due, dl.text, dl.chain, dl.prov = nil, nil, nil, nil
    return
  end
  local chain, due = chain_of(w, deadline, dl)
  dl.due, dl.text, dl.chain = due, calendar.text(due), chain
  local known = w.cal.known_until and w.cal:known_until()
  dl.prov = dl.budget.kind ~= "date" and (not known or due > known) or nil
  dl.cal = w.hash
end

local function derive_ladders(w, id)
  for _, ladder in ipairs(w.ix.ladders_of[id]) do
    ladders.derive(w, ladder)
  end
end

--- Count again and settle; a date that moved, or is no longer provisional, is told.
---@param w table
---@param id string
---@param why string
function dates.recount(w, id, why)
  local deadline, dl = w.def.deadlines.id[id], w.s.dl[id]
  local was, was_provisional = dl.text, dl.prov
  if not dl.met and not dl.over then
    dates.count(w, deadline, dl)
  end
  dates.settle(w, id, deadline, dl)
  derive_ladders(w, id)
  local is_final = was_provisional and not dl.prov
  if dl.text ~= was or is_final then
    local mark = dl.prov
    if is_final then
      mark = false
    end
    rows.decide(w, "redated", id, { due = dl.text, was = was, why = why, calendar = w.hash,
      provisional = mark, rungs = ladders.days(w, id) }, deadline.line)
  end
end

return dates
