-- Climbing: what happens when the instant of a rung has come. fire() is the hot
-- path of the whole product: a plain rung writes its row, hands over its effects
-- and is done. Approvals, jumps, repeats and outages take the longer way.

local calendar = require("calendar")
local effects = require("engine.effects")
local instants = require("engine.instants")
local ladders = require("engine.ladders")
local proposals = require("engine.proposals")
local rows = require("engine.rows")
local view = require("engine.view")

local climb = {}

local function find_fire(rung, r)
  for at = #rung.fires, 1, -1 do
    if rung.fires[at].r == r then
      return rung.fires[at]
    end
  end
  return nil
end

local function prefix_of(ladder, arm, step, r)
  return ladder .. "/" .. arm .. "/" .. step .. "/" .. r
end

local function skipped(w, entry, fire, reason)
  fire.o = "skipped"
  rows.decide(w, "skipped", entry.name,
    { reason = reason, ["repeat"] = fire.r, planned = fire.p }, entry.line)
end

local function close_between(w, ladder, from, to)
  local ls, steps = w.s.rungs[ladder], w.ix.steps[ladder]
  for _, id in ipairs(w.def.ladders.id[ladder].steps.order) do
    local rung = ls.steps[id]
    if steps[id].at > from and steps[id].at < to and #rung.fires == 0 and not rung.x then
      rung.x = "jumped"
      rows.decide(w, "skipped", steps[id].name, { reason = "jumped", arming = ls.a },
        steps[id].line)
    end
  end
end

local function jump(w, ladder, entry)
  local target = view.chosen(entry.def.jumps, view.call(w, entry.def, entry.def.jumps.fn),
    true)
  local goal = target and w.ix.steps[ladder][target]
  if not goal or goal.at <= entry.at then
    return
  end
  local rung = w.s.rungs[ladder].steps[target]
  rows.decide(w, "jumped", entry.name, { to = target }, entry.line)
  close_between(w, ladder, entry.at, goal.at)
  rung.x, rung.force = nil, w.at
end

-- A step is carried out when its effects are released; what stands after it stands from then on.
local function carried(w, ladder, entry, fire)
  fire.d = w.day
  if entry.def.jumps then
    jump(w, ladder, entry)
  end
  ladders.derive(w, ladder)
end

local function release(w, ladder, entry, fire)
  local ls = w.s.rungs[ladder]
  local prefix = prefix_of(ladder, ls.a, entry.def.id, fire.r)
  if entry.def.skip and view.call(w, entry.def, entry.def.skip) then
    skipped(w, entry, fire, "skip")
    return ladders.derive(w, ladder)
  end
  rows.decide(w, "rung", entry.name, { arming = ls.a, ["repeat"] = fire.r, planned = fire.p },
    entry.line)
  local rung = ls.steps[entry.def.id]
  rung.n = rung.n + 1
  if entry.def.approve then
    fire.o = "proposed"
    proposals.propose(w, entry, fire, ladder, prefix)
    return ladders.derive(w, ladder)
  end
  fire.o = "fired"
  effects.emit(w, entry.effects, prefix)
  carried(w, ladder, entry, fire)
end

local function has_later(w, timer, now)
  for _, other in ipairs(w.s.timers) do
    if other.k == "rung" and other.l == timer.l and other.g < now then
      return true
    end
  end
  return false
end

local function plan(w, entry, fire, timer)
  local key = prefix_of(timer.l, timer.a, timer.s, fire.r) .. "#plan"
  fire.o = "planned"
  w.s.plan[key] = { l = timer.l, s = timer.s, a = timer.a, r = fire.r, p = fire.p }
  rows.decide(w, "planned", entry.name, { key = key, planned = fire.p }, entry.line)
  effects.add(w, key, "plan", { ladder = timer.l, step = timer.s, planned = fire.p })
  ladders.derive(w, timer.l)
end

-- The rung comes later than its grace: the ladder says what then.
local function missed(w, entry, fire, timer, late)
  local policy = w.def.ladders.id[timer.l].missed or "plan"
  if policy == "plan" then
    return plan(w, entry, fire, timer)
  elseif policy == "skip" then
    skipped(w, entry, fire, "missed")
    return ladders.derive(w, timer.l)
  elseif policy == "once" and has_later(w, timer, late) then
    skipped(w, entry, fire, "missed_once")
    return ladders.derive(w, timer.l)
  end
  w.at, w.day = late, instants.day(late)
  release(w, timer.l, entry, fire)
end

--- A rung's instant has come.
---@param w table
---@param body table { l, s, a, r, planned, late }
function climb.fire(w, body)
  local ladder, step = body.l, body.s
  local ls, entry = w.s.rungs[ladder], w.ix.steps[ladder] and w.ix.steps[ladder][step]
  if not entry or not ls or ls.a ~= body.a or ls.st == "ended" then
    return
  end
  local rung, r = ls.steps[step], body.r
  local fire = { r = r, p = body.planned }
  rung.r = r
  if rung.force then
    fire.f, rung.force = true, nil
  end
  local fires = rung.fires
  fires[#fires + 1] = fire
  if body.late then
    return missed(w, entry, fire, body, body.late)
  elseif not entry.plain then
    return release(w, ladder, entry, fire)
  end
  fire.o, fire.d = "fired", w.day
  rung.n = rung.n + 1
  local list, arm = w.out.rows, ls.a
  list[#list + 1] = { false, "rung", entry.name, w.at,
    { arming = arm, ["repeat"] = r, planned = fire.p }, entry.line, w.out.after or 0 }
  effects.emit(w, entry.effects, prefix_of(ladder, arm, step, r))
end

local function fire_of(w, item)
  local ls = w.s.rungs[item.l]
  if not ls or ls.a ~= item.a then
    return nil
  end
  return find_fire(ls.steps[item.s], item.r), w.ix.steps[item.l][item.s]
end

--- One who may sign has signed; the last signature carries the step out.
---@param w table
---@param key string
---@param body table
function climb.approved(w, key, body)
  local prop = w.s.props[key] and proposals.sign(w, key, body)
  if not prop then
    return
  end
  local fire, entry = fire_of(w, prop)
  if fire then
    fire.o = "released"
    carried(w, prop.l, entry, fire)
  end
end

local function end_after(w, ladder, entry)
  local ls = w.s.rungs[ladder]
  for _, id in ipairs(entry.after or {}) do
    if not ls.steps[id].x then
      ls.steps[id].x = "rejected"
      local inner = w.ix.steps[ladder][id]
      rows.decide(w, "skipped", inner.name, { reason = "rejected", after = entry.def.id },
        inner.line)
      end_after(w, ladder, inner)
    end
  end
end

--- One who may sign has refused.
---@param w table
---@param key string
function climb.rejected(w, key)
  local prop = w.s.props[key] and proposals.reject(w, key)
  local fire, entry
  if prop then
    fire, entry = fire_of(w, prop)
  end
  if not fire then
    return
  end
  fire.o = "rejected"
  if entry.def.rejected == "skip" then
    fire.d = w.day
  else
    w.s.rungs[prop.l].steps[prop.s].x = "rejected"
    end_after(w, prop.l, entry)
  end
  ladders.derive(w, prop.l)
end

--- A proposal was not settled in time.
---@param w table
---@param key string
function climb.expired(w, key)
  local prop = proposals.expire(w, key)
  local fire = prop and fire_of(w, prop)
  if fire then
    fire.o = "expired"
  end
end

local function settle_planned(w, key, wanted, reason)
  local item = w.s.plan[key]
  if not item then
    return
  end
  w.s.plan[key] = nil
  effects.add(w, key .. ":off", "unplan", { key = key })
  local fire, entry = fire_of(w, item)
  if not fire then
    return
  elseif wanted then
    return release(w, item.l, entry, fire)
  end
  skipped(w, entry, fire, reason or "plan")
  ladders.derive(w, item.l)
end

--- A person signed the catch-up list.
---@param w table
---@param body table { fire, skip, reason }
function climb.plan_signed(w, body)
  for _, key in ipairs(body.fire or {}) do
    settle_planned(w, key, true)
  end
  for _, key in ipairs(body.skip or {}) do
    settle_planned(w, key, false, body.reason)
  end
end

local function next_step(w, ladder, step)
  local ls, seen = w.s.rungs[ladder], false
  for _, id in ipairs(w.def.ladders.id[ladder].steps.order) do
    if seen and #ls.steps[id].fires == 0 and not ls.steps[id].x then
      return ls.steps[id]
    end
    seen = seen or id == step
  end
  return nil
end

local function climb_on(w, ladder, step)
  local ls = w.s.rungs[ladder]
  local rung = ls and ls.st ~= "ended" and next_step(w, ladder, step)
  if rung then
    rung.force = w.at
    ladders.derive(w, ladder)
  end
end

local function tell_admin(w, key, who)
  effects.add(w, key .. ":admin" .. w.s.n, "notify", { to = { { kind = "role", role = "admin" } },
    template = "unreachable", data = { key = key, who = who or "" }, nobody = "skip" })
end

--- A message reached nobody.
---@param w table
---@param key string effect key
---@param who any
function climb.unreachable(w, key, who)
  local ladder, step = key:match("^([^/]+)/%d+/([^/]+)/%d+[#:]")
  local entry = ladder and w.ix.steps[ladder] and w.ix.steps[ladder][step]
  local policy = entry and w.def.ladders.id[ladder].nobody or "tell_admin"
  rows.decide(w, "noted", key, { reason = "nobody", policy = policy, who = who,
    on = calendar.text(w.day) }, entry and entry.line)
  if policy == "tell_admin" then
    tell_admin(w, key, who)
  elseif policy == "next" then
    climb_on(w, ladder, step)
  end
end

return climb
