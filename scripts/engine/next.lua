-- What comes next and when, if nobody acts: first what the case waits for, then
-- the timers of a copy of it, taken one after the other with nobody answering.
-- Proposals wait and expire.

local calendar = require("calendar")
local fold = require("engine.fold")
local index = require("engine.index")
local instants = require("engine.instants")
local titles = require("engine.titles")
local view = require("engine.view")
local words = require("words")

local next_of = {}

local MOST = 100

local says = {}

function says.rung(def, row)
  return words.sayf("“%s”到点执行", "\"%s\" is carried out", titles.step(def, row[3]))
end

function says.proposed(def, row, copy)
  local prop = copy.props[row[5].key]
  local title = titles.step(def, row[3])
  if not prop then
    return words.sayf("“%s”提请审批", "\"%s\" is put up for approval", title)
  end
  return words.sayf("“%s”到期，提请%s批准", "\"%s\" is due and waits for %s to approve it", title,
    titles.signers(prop))
end

function says.expired(def, row)
  return words.sayf("“%s”的提请过期，退回起草人", "the proposal for \"%s\" expires",
    titles.step(def, row[3]))
end

function says.passed(def, row)
  return words.sayf("期限“%s”届满", "the deadline \"%s\" passes", titles.of(def.deadlines, row[3]))
end

function says.entered(def, row)
  return words.sayf("案件进入“%s”", "the case enters \"%s\"", titles.state(def, row[3]))
end

function says.skipped(def, row)
  return words.sayf("“%s”跳过", "\"%s\" is skipped", titles.step(def, row[3]))
end

function says.planned(def, row)
  return words.sayf("“%s”列入补办清单", "\"%s\" goes on the catch-up list", titles.step(def, row[3]))
end

local function add(items, kind, at, text)
  items[#items + 1] = { at = at, text = instants.text(at) .. " " .. text, kind = kind }
end

-- A rung that is only put up for approval is told by that.
local function is_told(rows, at)
  local row, after = rows[at], rows[at + 1]
  return row[2] == "rung" and after ~= nil and after[2] == "proposed" and after[3] == row[3]
end

local function add_rows(def, rows, items, at, copy)
  for index_of, row in ipairs(rows) do
    local say = not row[1] and not is_told(rows, index_of) and says[row[2]]
    if say then
      add(items, row[2], at, say(def, row, copy))
    end
  end
end

local function add_waiting(def, s, items)
  for _, key in ipairs(index.sorted_keys(s.props)) do
    local prop = s.props[key]
    add(items, "waiting", prop.p, words.sayf("已提请，在等%s（%s 提出）",
      "put up, waits for %s (since %s)", titles.awaited(def, prop),
      calendar.text(instants.day(prop.p))))
  end
  for _, key in ipairs(index.sorted_keys(s.plan)) do
    local item = s.plan[key]
    add(items, "waiting", item.p, words.sayf("在等补办清单签字：“%s”",
      "waits for the catch-up list to be signed: \"%s\"",
      titles.step(def, item.l .. "/" .. item.s)))
  end
end

-- Nothing will happen by itself: say what would make it go on, if anything.
local function add_standing(def, s, items)
  if s.closed then
    return add(items, "closed", s.since, words.sayf("案件已办结：%s", "the case is closed: %s",
      titles.state(def, s.state)))
  end
  local state = def.states.id[s.state]
  local events = index.sorted_keys(state and state.on)
  if #events > 0 then
    add(items, "waiting", s.since, words.sayf("起处于“%s”，在等：%s",
      "in \"%s\" since, waits for: %s", titles.state(def, s.state), titles.events(def, events)))
  end
end

--- What comes if nobody acts, in order.
---@param def table
---@param ctx table
---@param s table snapshot, left as it is
---@return table items { at, text, kind }…
function next_of.list(def, ctx, s)
  local copy, items = view.copy(s), {}
  add_waiting(def, s, items)
  for _ = 1, MOST do
    local wake = fold.wake(copy)
    if not wake then
      break
    end
    local out = { rows = {}, effects = {} }
    fold.advance(def, ctx, copy, wake, wake, out)
    add_rows(def, out.rows, items, wake, copy)
  end
  if #items == 0 then
    add_standing(def, s, items)
  end
  return items
end

return next_of
