-- Proposing once more: a proposal nobody settled in time went back to the drafter,
-- and the drafter puts the same step before those who sign again. It counts as
-- the next repeat of its rung, so that both proposals keep keys of their own.

local ladders = require("engine.ladders")
local proposals = require("engine.proposals")

local again = {}

local function is_meant(def, ladder, id, name)
  return name == id or name == ladder .. "/" .. id
    or name == def.ladders.id[ladder].steps.id[id].title
end

local function has_expired(ls, id)
  local fires = ls.steps[id].fires
  return #fires > 0 and fires[#fires].o == "expired"
end

--- The step whose latest proposal expired, by its id, its title or "ladder/step".
---@param def table
---@param s table
---@param name string
---@return string? ladder
---@return string? step
function again.step(def, s, name)
  for _, ladder in ipairs(def.ladders.order) do
    local ls = s.rungs[ladder]
    for _, id in ipairs(ls and ls.st ~= "ended" and def.ladders.id[ladder].steps.order or {}) do
      if has_expired(ls, id) and is_meant(def, ladder, id, name) then
        return ladder, id
      end
    end
  end
  return nil
end

--- Put an expired proposal before those who may sign once more.
---@param w table
---@param name string
function again.propose(w, name)
  local ladder, step = again.step(w.def, w.s, name)
  if not ladder then
    return
  end
  local ls = w.s.rungs[ladder]
  local rung = ls.steps[step]
  local fire = { r = rung.r + 1, p = w.at, f = true, o = "proposed" }
  rung.r = fire.r
  rung.fires[#rung.fires + 1] = fire
  proposals.propose(w, w.ix.steps[ladder][step], fire, ladder,
    ("%s/%d/%s/%d"):format(ladder, ls.a, step, fire.r))
  ladders.derive(w, ladder)
end

return again
