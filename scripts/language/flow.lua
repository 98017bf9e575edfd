-- Whether a procedure can be walked: every state is reached from the first,
-- every state that is not final leads somewhere, an end exists, and every
-- fact is taken somewhere.

local words = require("words")

local flow = {}

local function targets(state)
  local out = {}
  for _, group in ipairs({ state.on, state.passes }) do
    for _, target in pairs(group) do
      for _, id in ipairs(target.among or { target.to }) do
        out[#out + 1] = id
      end
    end
  end
  return out
end

local function reached_from(def)
  local seen, waiting = {}, { def.initial }
  while #waiting > 0 do
    local id = table.remove(waiting)
    local state = def.states.id[id]
    if state and not seen[id] then
      seen[id] = true
      for _, target in ipairs(targets(state)) do
        waiting[#waiting + 1] = target
      end
    end
  end
  return seen
end

local function check_state(r, state, reached)
  local place, title = r.places[state], state.title or state.id
  if not reached[state.id] then
    r:complain(place, words.sayf("状态“%s”（%s）从起点走不到", "the state \"%s\" (%s) cannot be reached",
      title, state.id), state.id)
  end
  if not state.final and #targets(state) == 0 then
    r:complain(place, words.sayf("状态“%s”（%s）没有出路，又没有写 final = true",
      "the state \"%s\" (%s) leads nowhere and is not final", title, state.id), state.id)
  end
  for _, group in ipairs({ "takes", "late" }) do
    for _, id in ipairs(words.sorted(state[group])) do
      if state.on[id] then
        r:complain(place, words.sayf("“%s”同时写在状态“%s”的 on 和 %s 里",
          "\"%s\" is in on of the state \"%s\" and in its %s",
          id, title, group), id)
      end
    end
  end
end

local function untaken(r, def)
  local taken = {}
  for _, state in pairs(def.states.id) do
    for _, group in ipairs({ state.on, state.takes, state.late }) do
      for id in pairs(group) do
        taken[id] = true
      end
    end
  end
  for _, id in ipairs(def.facts.order) do
    local fact = def.facts.id[id]
    if not fact.builtin and not taken[id] then
      r:complain(r.places[fact], words.sayf("没有状态接受事实“%s”（%s）",
        "no state takes the fact \"%s\" (%s)",
        fact.title or id, id), id, "warning")
    end
  end
end

--- Note what is wrong with the states of a definition.
---@param r table reader
---@param def table
function flow.check(r, def)
  if not def.initial then
    r:complain({ line = def.line, column = 1 }, words.say("程序里没有状态", "the procedure has no states"))
    return
  end
  if r.unsure then -- a name that is wrong elsewhere would make every state look lost
    return
  end
  local reached, ends = reached_from(def), false
  for _, id in ipairs(def.states.order) do
    local state = def.states.id[id]
    if not state.builtin then
      check_state(r, state, reached)
      ends = ends or state.final
    end
  end
  if not ends then
    r:complain({ line = def.line, column = 1 }, words.say("没有办结状态（final = true）",
      "no state is final"))
  end
  untaken(r, def)
end

return flow
