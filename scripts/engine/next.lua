-- What comes next and when, if nobody acts: the timers of a copy of the case are
-- taken one after the other, with nobody answering. Proposals wait and expire.

local fold = require("engine.fold")
local instants = require("engine.instants")
local view = require("engine.view")
local words = require("words")

local next_of = {}

local MOST = 100

local function title_of(group, id)
  local item = group.id[id]
  return item and item.title or id
end

--- The title of a step named "ladder/step".
---@param def table
---@param name string
---@return string
function next_of.step_title(def, name)
  local ladder, step = name:match("^([^/]+)/(.+)$")
  local known = ladder and def.ladders.id[ladder]
  return known and title_of(known.steps, step) or name
end

local says = {}

function says.rung(def, row)
  return words.sayf("“%s”到点执行", "\"%s\" is carried out", next_of.step_title(def, row[3]))
end

function says.proposed(def, row)
  return words.sayf("“%s”提请审批", "\"%s\" is put up for approval", next_of.step_title(def, row[3]))
end

function says.expired(def, row)
  return words.sayf("“%s”的提请过期，退回起草人", "the proposal for \"%s\" expires",
    next_of.step_title(def, row[3]))
end

function says.passed(def, row)
  return words.sayf("期限“%s”届满", "the deadline \"%s\" passes", title_of(def.deadlines, row[3]))
end

function says.entered(def, row)
  return words.sayf("案件进入“%s”", "the case enters \"%s\"", title_of(def.states, row[3]))
end

function says.skipped(def, row)
  return words.sayf("“%s”跳过", "\"%s\" is skipped", next_of.step_title(def, row[3]))
end

function says.planned(def, row)
  return words.sayf("“%s”列入补办清单", "\"%s\" goes on the catch-up list",
    next_of.step_title(def, row[3]))
end

local function add_rows(def, rows, items, at)
  for _, row in ipairs(rows) do
    local say = not row[1] and says[row[2]]
    if say then
      items[#items + 1] = { at = at, text = instants.text(at) .. " " .. say(def, row),
        kind = row[2] }
    end
  end
end

--- What comes if nobody acts, in order.
---@param def table
---@param ctx table
---@param s table snapshot, left as it is
---@return table items { at, text, kind }…
function next_of.list(def, ctx, s)
  local copy, items = view.copy(s), {}
  for _ = 1, MOST do
    local wake = fold.wake(copy)
    if not wake then
      break
    end
    local out = { rows = {}, effects = {} }
    fold.advance(def, ctx, copy, wake, wake, out)
    add_rows(def, out.rows, items, wake)
  end
  return items
end

return next_of
