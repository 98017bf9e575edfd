-- What an example may assert about a case, each answered with nil or with one
-- sentence that says what was expected and what happened instead, with dates.

local calendar = require("calendar")
local instants = require("engine.instants")
local words = require("words")

local assertions = { of = {} }

local of = assertions.of

local function step_title(def, id)
  for _, ladder in ipairs(def.ladders.order) do
    local step = def.ladders.id[ladder].steps.id[id]
    if step then
      return step.title
    end
  end
  return id
end

-- The firings of a step that still stand, by repeat, as days in order.
local function days_reached(trial, step)
  local found = {}
  for _, row in ipairs(trial.out.rows) do
    if not row[1] and row[3]:match("/(.+)$") == step then
      local key = (row[5].arming or "") .. ":" .. tostring(row[5]["repeat"])
      if row[2] == "rung" then
        found[#found + 1] = { key = key, r = row[5]["repeat"],
          day = calendar.text(instants.day(row[4])) }
      elseif row[2] == "superseded" then
        for at = #found, 1, -1 do
          if found[at].r == row[5]["repeat"] then
            table.remove(found, at)
            break
          end
        end
      end
    end
  end
  local days = {}
  for at, one in ipairs(found) do
    days[at] = one.day
  end
  return days
end

function of.due(trial, item)
  local deadline = trial.def.deadlines.id[item.deadline]
  local dl = trial.s.dl[item.deadline]
  local title = deadline and deadline.title or item.deadline
  if not dl then
    return words.sayf("期限“%s”应于 %s 到期，实际没有起算",
      "the deadline \"%s\" should be due on %s but was never started", title, item.date)
  elseif dl.text ~= item.date then
    return words.sayf("期限“%s”应于 %s 到期，实际为 %s",
      "the deadline \"%s\" should be due on %s but is due on %s", title, item.date,
      dl.text or words.say("长期", "no day"))
  end
  return nil
end

function of.reached(trial, item)
  local days, title = days_reached(trial, item.step), step_title(trial.def, item.step)
  if #days == 0 then
    return words.sayf("“%s”应已到达%s，实际到 %s 还没有", "\"%s\" should be reached%s but is not by %s",
      title, item.date and " " .. item.date or "", instants.text(trial.now))
  end
  for _, day in ipairs(days) do
    if not item.date or day == item.date then
      return nil
    end
  end
  return words.sayf("“%s”应于 %s 到达，实际在 %s", "\"%s\" should be reached on %s but was on %s",
    title, item.date, words.join(days))
end

function of.not_reached(trial, item)
  local days = days_reached(trial, item.step)
  if #days == 0 then
    return nil
  end
  return words.sayf("“%s”不应到达，实际在 %s 到达", "\"%s\" should not be reached but was on %s",
    step_title(trial.def, item.step), words.join(days))
end

local function state_title(def, id)
  local state = def.states.id[id]
  return state and state.title or tostring(id)
end

function of.state_is(trial, item)
  if trial.s.state == item.state then
    return nil
  end
  return words.sayf("案件应处于“%s”，实际处于“%s”", "the case should be in \"%s\" but is in \"%s\"",
    state_title(trial.def, item.state), state_title(trial.def, trial.s.state))
end

local function emitted(trial, kind, key, wanted)
  local seen = {}
  for _, effect in ipairs(trial.out.effects) do
    if effect[2] == kind then
      if effect[3][key] == wanted then
        return true
      end
      seen[#seen + 1] = effect[3][key]
    end
  end
  return false, #seen > 0 and words.join(seen) or words.say("没有", "none")
end

function of.sent(trial, item)
  local ok, seen = emitted(trial, "notify", "template", item.template)
  return not ok and words.sayf("应发出消息“%s”，实际发出：%s",
    "a message \"%s\" should be sent; sent were: %s", item.template, seen) or nil
end

function of.paper(trial, item)
  local ok, seen = emitted(trial, "document", "name", item.name)
  return not ok and words.sayf("应拟出文书“%s”，实际拟出：%s",
    "a paper \"%s\" should be drawn up; drawn up were: %s", item.name, seen) or nil
end

function of.waiting(trial, item)
  for _, prop in next, trial.s.props do
    if prop.s == item.step then
      return nil
    end
  end
  return words.sayf("“%s”应在等待审批，到 %s 没有", "a proposal should wait for \"%s\" at %s; none does",
    step_title(trial.def, item.step), instants.text(trial.now))
end

--- Check one assertion.
---@param trial table
---@param item table
---@return string? failure
function assertions.check(trial, item)
  return of[item.do_](trial, item)
end

return assertions
