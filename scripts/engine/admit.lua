-- Admission: the only place where an input is refused, always in one sentence
-- that says why. Forms become canonical values here. What is admitted can be
-- folded, unless a start cannot be counted: only folding it strictly tells.

local apply = require("engine.apply")
local builtins = require("engine.builtins")
local checks = require("engine.checks")
local calendar = require("calendar")
local proposals = require("engine.proposals")
local refusal = require("engine.refusal")
local view = require("engine.view")
local words = require("words")

local admit = {}

local function titled(def, id)
  local fact = def.facts.id[id]
  return fact and fact.title or id
end

local function state_title(def, id)
  local state = def.states.id[id]
  return state and state.title or tostring(id)
end

local function names(set, id)
  return set ~= nil and set[id] ~= nil
end

local function takes(def, s, id)
  local state = def.states.id[s.state] or {}
  if s.closed then
    return def.facts.id[id] ~= nil and names(state.on, id)
  elseif builtins.anywhere[id] or builtins.ends[id] then
    return true
  end
  return names(state.on, id) or names(state.takes, id) or names(state.late, id)
end

local function not_taken(def, s, id)
  local state = state_title(def, s.state)
  if s.closed then
    return refusal.say("conflict", "案件已结束（%s），不再接受“%s”",
      "the case has ended (%s) and does not take \"%s\"", state, titled(def, id))
  end
  return refusal.say("conflict", "案件处于“%s”，此时不接受“%s”",
    "the case is in \"%s\", which does not take \"%s\"", state, titled(def, id))
end

local function occurred(def, input, form)
  local text = def.occurred and form[def.occurred]
  if type(text) == "string" and def.id ~= "corrected" then
    input.occurred = calendar.day(text)
  end
  return input.occurred and refusal.future(input.occurred, input.at) or nil
end

local function guarded(w, fact, form)
  for _, guard in ipairs(fact.guards or {}) do
    if not view.call(w, guard, guard.fn, form) then
      return { kind = "denied", text = guard.text }
    end
  end
  return nil
end

-- An empty table is no map on the wire, so a form with nothing in it is left out.
local function filled(form)
  return next(form) ~= nil and form or nil
end

local function opening(w, input)
  if w.s.n > 0 then
    return refusal.say("conflict", "案件已经立案", "the case is open already")
  end
  local read, why = refusal.form(w, w.def.record, input.body.record)
  if not read then
    return why
  end
  input.body.record = filled(read)
  return nil
end

local kinds = {}

local function unknown(def, id)
  return { kind = "missing", text = words.sayf("没有“%s”这一事项", "there is no fact \"%s\"",
    tostring(id)) .. words.hint(tostring(id), def.facts.order) }
end

local function read_fact(w, fact, input)
  local form, why = refusal.form(w, fact.form, input.body.form)
  if not form then
    return nil, why
  end
  why = occurred(fact, input, form)
  w.day = input.occurred or w.day
  if not why and checks.of[fact.id] then
    why = checks.of[fact.id](w, form)
  end
  return form, why or guarded(w, fact, form)
end

function kinds.fact(w, input)
  local def, s, id = w.def, w.s, input.name
  if id == "opened" then
    return opening(w, input)
  end
  local fact = def.facts.id[id]
  if not fact then
    return unknown(def, id)
  elseif not takes(def, s, id) then
    return not_taken(def, s, id)
  end
  local form, why = read_fact(w, fact, input)
  if why then
    return why
  end
  input.body.form = filled(form)
  return nil
end

local function has_signed(prop, by)
  for _, person in ipairs(prop.got) do
    if person == by then
      return true
    end
  end
  return false
end

local function proposal_of(w, input)
  local prop = w.s.props[input.name]
  if not prop then
    return nil, refusal.say("conflict", "这项提请已不再等待审批：步骤已处理、已停止或已过期",
      "this proposal no longer waits: it was settled, stopped or has expired")
  end
  local sign = input.body.sign or prop.sign
  if sign ~= prop.sign then
    return nil, refusal.say("conflict", "现在轮到第 %d 位审批，不是第 %d 位",
      "signature %d is next, not %d", prop.sign, sign)
  end
  input.body.sign = sign
  return prop
end

function kinds.approved(w, input)
  local prop, why = proposal_of(w, input)
  if not prop then
    return why
  end
  local sign, body = prop.signs[prop.sign], input.body
  if sign.basis and (type(body.basis) ~= "string" or body.basis == "") then
    return refusal.say("invalid", "须写明依据的会议", "the meeting it is based on must be given")
  elseif has_signed(prop, body.by) then
    return refusal.say("conflict", "%s 已经签过", "%s has signed already", tostring(body.by))
  elseif sign.all_of and not proposals.stands_for(prop, body) then
    return refusal.say("conflict", "这一方已经有人签过，还在等另一方",
      "this side has signed already; the other one is waited for")
  end
  return nil
end

function kinds.rejected(w, input)
  local _, why = proposal_of(w, input)
  return why
end

function kinds.plan_signed(w, input)
  for _, list in ipairs({ input.body.fire or {}, input.body.skip or {} }) do
    for _, key in ipairs(list) do
      if not w.s.plan[key] then
        return refusal.say("conflict", "补办清单中没有 %s", "%s is not on the catch-up list", key)
      end
    end
  end
  return nil
end

local function from_known(signal, from)
  return next(signal.from or {}) == nil or (from and signal.from[from.workflow]) or false
end

function kinds.signal(w, input)
  local signal = (w.def.signals or {})[input.name]
  local from = input.body.from
  if not signal then
    return refusal.say("missing", "本流程不接受信号“%s”", "this workflow takes no signal \"%s\"",
      input.name)
  elseif not from_known(signal, from) then
    return refusal.say("denied", "信号“%s”不能来自 %s", "the signal \"%s\" may not come from %s",
      input.name, tostring(from and from.workflow))
  elseif not takes(w.def, w.s, input.name) then
    return not_taken(w.def, w.s, input.name)
  end
  local data, why = refusal.form(w, signal.form, input.body.data)
  input.body.data = data and filled(data)
  return why
end

-- Arming is where an admitted input could still fail.
local ARMS = { fact = true, signal = true }

--- Whether an input may be folded now, as far as that can be told without folding it: what arms a
--- deadline (the second result) has to be folded strictly. Puts canonical values into input.body.
---@param def table
---@param ctx table
---@param s table
---@param input table
---@return { kind: string, text: string }? refused
---@return boolean strictly
function admit.check(def, ctx, s, input)
  local first = input.kind == "fact" and input.name == "opened"
  if s.n == 0 and not first then
    return refusal.say("missing", "案件还没有立案", "the case is not open yet"), false
  end
  local kind = kinds[input.kind]
  if not kind then
    return nil, false
  end
  local work = apply.work(def, ctx, s, input, { rows = {}, effects = {} })
  return kind(work, input), ARMS[input.kind] and #def.deadlines.order > 0 or false
end

--- Whether an input can be folded now; nil when it can. It is folded on a copy, so nothing changes
--- but input.body, which gets its canonical values.
---@param def table
---@param ctx table
---@param s table
---@param input table
---@return { kind: string, text: string }? refused
function admit.try(def, ctx, s, input)
  local refused, strictly = admit.check(def, ctx, s, input)
  if refused or not strictly then
    return refused
  end
  local out = { rows = {}, effects = {} }
  local ok, why = pcall(apply.input, def, ctx, view.copy(s), input, out, true)
  if not ok and type(why) == "table" and why.refused then
    return why.refused
  elseif not ok then
    error(why, 0)
  end
  return nil
end

return admit
