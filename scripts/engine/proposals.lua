-- Proposals: effects that wait for those who may sign. They are resolved when
-- the rung is reached and kept in the snapshot, so that what is approved is
-- what was shown. Signing goes in the order listed; the last one releases.

local effects = require("engine.effects")
local index = require("engine.index")
local instants = require("engine.instants")
local rows = require("engine.rows")
local timers = require("engine.timers")

local proposals = {}

local EXPIRES = 900000 -- after every rung of the same instant

local function signs_of(w, step)
  local out = {}
  for at, sign in ipairs(step.approve) do
    out[at] = { who = effects.principals(w, sign.who), all_of = sign.all_of or false,
      basis = sign.basis }
  end
  return out
end

local function expiry(w, step)
  if not step.within then
    return nil
  end
  return instants.start(w.cal:add(w.day, step.within) + 1)
end

--- Put a rung before those who may sign.
---@param w table
---@param entry table step of the index
---@param fire table { r, p }
---@param ladder string
---@param prefix string
function proposals.propose(w, entry, fire, ladder, prefix)
  local s, step = w.s, entry.def
  local key, expires = prefix .. "#0", expiry(w, step)
  local signs = signs_of(w, step)
  s.props[key] = { l = ladder, s = step.id, a = s.rungs[ladder].a, r = fire.r, p = fire.p,
    prefix = prefix, sign = 1, signs = signs, got = {}, expires = expires,
    effects = effects.resolve(w, entry.effects) }
  if expires then
    timers.add(s, { at = expires, k = "expire", l = ladder, s = step.id, a = s.rungs[ladder].a,
      r = fire.r, key = key, o = EXPIRES + entry.o })
  end
  effects.add(w, key, "propose", { ladder = ladder, step = step.id, title = step.title,
    signs = signs, expires = expires, effects = s.props[key].effects })
  rows.decide(w, "proposed", entry.name, { key = key, ["repeat"] = fire.r, expires = expires },
    step.line)
end

-- Every row of a proposal cites the line of its step.
local function line_of(w, prop)
  local entry = (w.ix.steps[prop.l] or {})[prop.s]
  return entry and entry.line
end

local function forget(w, key)
  w.s.props[key] = nil
  timers.remove_key(w.s, key)
end

--- Take a waiting proposal away.
---@param w table
---@param key string
---@param reason string
function proposals.drop(w, key, reason)
  local prop = w.s.props[key]
  if not prop then
    return
  end
  forget(w, key)
  rows.decide(w, "dropped", prop.l .. "/" .. prop.s,
    { key = key, reason = reason }, line_of(w, prop))
  effects.add(w, key .. ":settled", "settle", { proposal = key, outcome = "dropped" })
end

--- Drop everything of a ladder that waits.
---@param w table
---@param ladder string
---@param reason string
function proposals.drop_ladder(w, ladder, reason)
  for _, key in ipairs(index.sorted_keys(w.s.props)) do
    if w.s.props[key].l == ladder then
      proposals.drop(w, key, reason)
    end
  end
end

local function needed(sign)
  return sign.all_of and math.max(#sign.who, 1) or 1
end

--- Which of those named by a joint signature this one stands for: the first of what the
--- signer is (body.as, indexes; all of them when the host did not say) that nobody covers yet.
---@param prop table
---@param body table
---@return integer? at nil when all that the signer is has signed already
function proposals.stands_for(prop, body)
  local covered = {}
  for _, at in ipairs(prop.as or {}) do
    covered[at] = true
  end
  local sign = prop.signs[prop.sign]
  for at = 1, math.max(#sign.who, 1) do
    local is_held = body.as == nil
    for _, held in ipairs(body.as or {}) do
      is_held = is_held or held == at
    end
    if is_held and not covered[at] then
      return at
    end
  end
  return nil
end

--- Take one signature. Gives back the proposal when it was the last one.
---@param w table
---@param key string
---@param body table { sign, by, opinion, basis }
---@return table? released
function proposals.sign(w, key, body)
  local prop = w.s.props[key]
  local name, line = prop.l .. "/" .. prop.s, line_of(w, prop)
  local stands = proposals.stands_for(prop, body)
  prop.as = prop.as or {}
  prop.as[#prop.as + 1] = stands or 0
  prop.got[#prop.got + 1] = body.by or ""
  rows.decide(w, "signed", name, { key = key, sign = prop.sign, by = body.by }, line)
  local signed = prop.sign
  if #prop.got >= needed(prop.signs[prop.sign]) then
    prop.sign, prop.got, prop.as = prop.sign + 1, {}, nil
  end
  if prop.sign <= #prop.signs then
    effects.add(w, string.format("%s:%d.%d", key, signed, #prop.got), "settle",
      { proposal = key, sign = prop.sign })
    return nil
  end
  forget(w, key)
  rows.decide(w, "released", name, { key = key }, line)
  effects.add(w, key .. ":settled", "settle", { proposal = key, outcome = "released" })
  effects.hand(w, prop.effects, prop.prefix, true)
  return prop
end

--- Take the refusal of one who was asked to sign.
---@param w table
---@param key string
---@return table rejected
function proposals.reject(w, key)
  local prop = w.s.props[key]
  forget(w, key)
  rows.decide(w, "dropped", prop.l .. "/" .. prop.s,
    { key = key, reason = "rejected", sign = prop.sign }, line_of(w, prop))
  effects.add(w, key .. ":settled", "settle", { proposal = key, outcome = "rejected" })
  return prop
end

--- A proposal nobody settled in time goes back to the drafter.
---@param w table
---@param key string
---@return table? expired
function proposals.expire(w, key)
  local prop = w.s.props[key]
  if not prop then
    return nil
  end
  forget(w, key)
  rows.decide(w, "expired", prop.l .. "/" .. prop.s, { key = key }, line_of(w, prop))
  effects.add(w, key .. ":settled", "settle", { proposal = key, outcome = "expired" })
  effects.add(w, key .. ":returned", "notify", { to = { { kind = "role", role = "clerk" } },
    template = "proposal_returned", data = { proposal = key, step = prop.s }, nobody = "tell_admin",
    ladder = prop.l, step = prop.s })
  return prop
end

return proposals
