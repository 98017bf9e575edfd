-- Deadlines: what events do to them. A start arms, a submission stops the clock,
-- a return lets it go on, what meets it ends it, the end of its due day passes
-- it. The dates themselves are counted in engine.dates.

local calendar = require("calendar")
local dates = require("engine.dates")
local index = require("engine.index")
local ladders = require("engine.ladders")
local rows = require("engine.rows")
local rungs = require("engine.rungs")
local view = require("engine.view")
local words = require("words")

local deadlines = {}

local function as_budget(value)
  if calendar.is_span(value) then
    return { kind = value.kind, n = value.n }
  elseif type(value) == "table" and value.kind == "date" and calendar.day(value.date or "") then
    return { kind = "date", date = value.date }
  elseif type(value) == "table" and value.kind == "open" then
    return { kind = "open" }
  elseif type(value) == "string" and calendar.day(value) then
    return { kind = "date", date = value }
  end
  return nil
end

local CANNOT = {
  no_start_day = { "期限“%s”无法起算：起算日期“%s”没有填写",
    "the deadline \"%s\" cannot start: its date \"%s\" is not filled in" },
  no_budget = { "期限“%s”无法起算：没有可用的办理期限",
    "the deadline \"%s\" cannot start: it has no usable budget" },
}

-- A deadline that cannot be armed fails the fact; where nobody can be told, it is noted, by a code:
-- a row is folded again under any language.
local function cannot(w, id, why)
  local deadline, said = w.def.deadlines.id[id], CANNOT[why]
  if w.strict then
    error({ refused = { kind = "invalid",
      text = words.sayf(said[1], said[2], deadline.title, tostring(deadline.from)) } }, 0)
  end
  rows.decide(w, "noted", id, { reason = why }, deadline.line)
end

local function base_of(w, deadline)
  if not deadline.from then
    return w.day
  end
  local text = w.s.record[deadline.from]
  local form = w.fact_data
  if text == nil and form then
    text = form[deadline.from]
  end
  return type(text) == "string" and calendar.day(text) or nil
end

local function read_start(w, id, deadline)
  local base = base_of(w, deadline)
  if not base then
    cannot(w, id, "no_start_day")
    return nil
  end
  local budget = as_budget(view.value(w, deadline.budget, deadline))
  if not budget then
    cannot(w, id, "no_budget")
    return nil
  end
  return base, budget
end

local function arm_ladders(w, id, dl)
  for _, ladder in ipairs(w.ix.ladders_of[id]) do
    if dl.due then
      ladders.arm(w, ladder, dl.arm)
    else
      ladders.stop(w, ladder, "open")
    end
  end
end

local function start(w, id)
  local deadline, before = w.def.deadlines.id[id], w.s.dl[id]
  if deadline.applies and not view.call(w, deadline, deadline.applies) then
    return
  end
  local base, budget = read_start(w, id, deadline)
  if not base then
    return
  end
  local dl = { arm = before and before.arm + 1 or 1, base = base, budget = budget, ext = {},
    pauses = {}, subs = {}, i = w.s.n, start = base, given = budget }
  w.s.dl[id] = dl
  dates.count(w, deadline, dl)
  dl.first = dl.text
  dates.settle(w, id, deadline, dl)
  arm_ladders(w, id, dl)
  rows.decide(w, "armed", id, { due = dl.text or "open", base = calendar.text(base),
    budget = budget, calendar = w.hash, provisional = dl.prov, basis = deadline.basis,
    arming = dl.arm, rungs = ladders.days(w, id) }, deadline.line)
end

-- A term that was open had no rungs so far.
local function arm_missing(w, id, dl)
  for _, ladder in ipairs(w.ix.ladders_of[id]) do
    local ls = w.s.rungs[ladder]
    if not ls or ls.a ~= dl.arm then
      ladders.arm(w, ladder, dl.arm)
    end
  end
end

--- Take base day and budget of a live deadline anew from the record it was armed from.
---@param w table
---@param id string
---@param base integer?
function deadlines.reread(w, id, base)
  local deadline, dl = w.def.deadlines.id[id], w.s.dl[id]
  local budget = as_budget(view.value(w, deadline.budget, deadline))
  local was_open = dl.due == nil
  dl.base = base or dl.base
  if budget then
    dl.budget = dl.own and dl.budget or budget
    dl.given = budget
  end
  dates.recount(w, id, "record_changed")
  if was_open and dl.due then
    arm_missing(w, id, dl)
  end
end

local function is_live(dl)
  return dl and not dl.met and not dl.over
end

local function submit(w, id, by)
  local dl = w.s.dl[id]
  if not is_live(dl) or rungs.open_from(dl.subs) then
    return
  end
  dl.subs[#dl.subs + 1] = { from = w.day, i = w.s.n }
  rows.decide(w, "submitted", id, { on = calendar.text(w.day), by = by, due = dl.text,
    late = dl.due ~= nil and w.day > dl.due }, w.def.deadlines.id[id].line)
  dates.recount(w, id, "submitted")
end

local function give_back(w, id, by)
  local deadline, dl = w.def.deadlines.id[id], w.s.dl[id]
  local sub = is_live(dl) and dl.subs[#dl.subs]
  if not sub or sub.to then
    return
  end
  sub.to, sub.j = math.max(w.day, sub.from), w.s.n
  local clock = deadline.returned.clock
  if clock ~= "continue" then
    dl.base, dl.k, dl.ext0 = sub.to, w.s.n, #dl.ext
    dl.own = clock ~= "restart" or nil -- a budget of the return's own, not the stored one
    dl.budget = dl.own and { kind = clock.kind, n = clock.n } or dl.given
  end
  local body = { on = calendar.text(w.day), by = by, clock = clock }
  rows.decide(w, "returned", id, body, deadline.line)
  dates.recount(w, id, "returned")
end

local function meet(w, id)
  local dl = w.s.dl[id]
  if not is_live(dl) then
    return
  end
  local sub = rungs.open_from(dl.subs)
  dl.met, dl.m = w.day, w.s.n
  local done = sub or w.day
  dl.late = dl.due ~= nil and done > dl.due
  rows.decide(w, "met", id, { on = calendar.text(w.day), due = dl.text, late = dl.late },
    w.def.deadlines.id[id].line)
  dates.settle(w, id, w.def.deadlines.id[id], dl)
  if not dl.late then
    for _, ladder in ipairs(w.ix.ladders_of[id]) do
      ladders.stop(w, ladder, "met")
    end
  end
end

local function each(w, list, act)
  for _, id in ipairs(list) do
    act(w, id)
  end
end

--- What an event (a fact, a signal, the entering of a state) means for ladders and deadlines.
---@param w table
---@param id string
function deadlines.happen(w, id)
  local event = w.ix.events[id]
  if not event then
    return
  end
  for _, ladder in ipairs(event.stops) do
    ladders.stop(w, ladder, id)
  end
  each(w, event.holds, ladders.hold)
  each(w, event.resumes, ladders.resume)
  each(w, event.met, meet)
  for _, deadline in ipairs(event.submitted) do
    submit(w, deadline, id)
  end
  for _, deadline in ipairs(event.returned) do
    give_back(w, deadline, id)
  end
  each(w, event.starts, start)
end

--- A due day is over. Gives back whether the deadline really passed.
---@param w table
---@param id string
---@param arm integer
---@return boolean
function deadlines.pass(w, id, arm)
  local dl = w.s.dl[id]
  if not dl or dl.arm ~= arm or dl.status ~= "running" then
    return false
  end
  dl.status, dl.passed = "passed", dl.due
  rows.decide(w, "passed", id, { due = dl.text, arming = arm }, w.def.deadlines.id[id].line)
  return true
end

--- The case has ended: nothing is counted any more.
---@param w table
function deadlines.close(w)
  for _, id in ipairs(w.def.deadlines.order) do
    local dl = w.s.dl[id]
    if is_live(dl) then
      dl.over = true
      dates.settle(w, id, w.def.deadlines.id[id], dl)
    end
  end
  for _, id in ipairs(w.def.ladders.order) do
    ladders.stop(w, id, "closed")
  end
end

--- Arm again what a reopened case can still meet and no state of its own starts.
---@param w table
function deadlines.reopen(w)
  local reach = index.reach(w.def, w.s.state)
  for _, id in ipairs(w.def.deadlines.order) do
    local deadline, dl = w.def.deadlines.id[id], w.s.dl[id]
    local by_fact, wanted = false, false
    for _, event in ipairs(index.sorted_keys(deadline.starts)) do
      by_fact = by_fact or w.def.states.id[event] == nil
    end
    for _, event in ipairs(index.sorted_keys(deadline.met)) do
      wanted = wanted or reach[event] == true
    end
    if dl and dl.i ~= w.s.n and by_fact and wanted then
      start(w, id)
    end
  end
end

return deadlines
