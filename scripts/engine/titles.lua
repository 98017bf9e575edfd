-- The titles people know things by, in place of the ids a script and its history use:
-- events, steps, rows, and those who may sign. An id without a title is given back as it is.

local roles = require("language.schema.roles")
local words = require("words")

local titles = {}

--- The title of an item of a group of the definition.
---@param group table
---@param id any
---@return string
function titles.of(group, id)
  local item = group.id[id]
  return item and item.title or tostring(id)
end

--- The title of what may happen to a case: a fact, a state entered, a signal, a child's end.
---@param def table
---@param id any
---@return string
function titles.event(def, id)
  local item = def.facts.id[id] or def.states.id[id]
  if item then
    return item.title or tostring(id)
  elseif id == "child_closed" then
    return words.say("子案件办结", "the end of a child case")
  elseif (def.signals or {})[id] then
    return words.sayf("信号 %s", "the signal %s", id)
  end
  return tostring(id)
end

--- The titles of several events, joined.
---@param def table
---@param ids string[]
---@return string
function titles.events(def, ids)
  local out = {}
  for at, id in ipairs(ids) do
    out[at] = titles.event(def, id)
  end
  return words.join(out)
end

--- The title of a state; cases end in withdrawn and voided without a state of that name.
---@param def table
---@param id string
---@return string
function titles.state(def, id)
  local state = def.states.id[id]
  return state and state.title or titles.event(def, id)
end

--- The title of a step named "ladder/step", or by the key of one of its effects.
---@param def table
---@param name string
---@return string
function titles.step(def, name)
  local ladder, step = name:match("^([^/]+)/%d+/([^/#]+)/")
  if not ladder then
    ladder, step = name:match("^([^/]+)/(.+)$")
  end
  local known = ladder and def.ladders.id[ladder]
  return known and titles.of(known.steps, step) or name
end

--- The title of what a decision of the history is about.
---@param def table
---@param kind string
---@param name string
---@return string
function titles.row(def, kind, name)
  local passing = name:match("^(.+):passed$")
  if passing then
    return words.sayf("%s届满", "the passing of %s", titles.of(def.deadlines, passing))
  elseif kind == "entered" then
    return titles.state(def, name)
  elseif name:find("/", 1, true) then
    return titles.step(def, name)
  elseif def.deadlines.id[name] then
    return titles.of(def.deadlines, name)
  elseif (kind == "held" or kind == "resumed") and def.ladders.id[name] then
    return titles.of(def.ladders, name)
  end
  return titles.event(def, name)
end

--- The title of a role.
---@param id string
---@return string
function titles.role(id)
  for _, role in ipairs(roles) do
    if role[1] == id then
      return words.say(role[2], role[3])
    end
  end
  return id
end

local function signer(who)
  if who.kind == "role" then
    return titles.role(who.role)
  elseif who.kind == "unit" then
    return words.sayf("%s的%s", "%s's %s", tostring(who.unit), titles.role(who.role))
  end
  return tostring(who.person)
end

--- Those whose signature a proposal waits for.
---@param prop table
---@return string
function titles.signers(prop)
  local sign, who = prop.signs[prop.sign], {}
  for at, one in ipairs(sign and sign.who or {}) do
    who[at] = signer(one)
  end
  local all = sign and sign.all_of
  return table.concat(who, all and words.say("、", " and ") or words.say("或", " or "))
end

--- What a proposal waits for: 分管领导批准“书面督办”.
---@param def table
---@param prop table
---@return string
function titles.awaited(def, prop)
  local turn = #prop.signs > 1 and words.sayf("（第%d位，共%d位）", " (signature %d of %d)", prop.sign,
    #prop.signs) or ""
  return words.sayf("%s批准“%s”%s", "%s to approve \"%s\"%s", titles.signers(prop),
    titles.step(def, prop.l .. "/" .. prop.s), turn)
end

return titles
