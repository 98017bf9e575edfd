local support = require("spec.scripts.engine.support")

local calendar = require("calendar")
local fold = require("engine.fold")
local instants = require("engine.instants")

local SEED = tonumber(os.getenv("DUBAN_SEED") or "") or 20260928
local HISTORIES = tonumber(os.getenv("DUBAN_HISTORIES") or "") or 200

-- A generator of its own: the same numbers on every machine.
local function dice(seed)
  local state = seed
  return function(most)
    state = (state * 1103515245 + 12345) % 2147483648
    return state // 65536 % most + 1
  end
end

local function pick(roll, list)
  return list[roll(#list)]
end

local function text(day)
  return calendar.text(day)
end

local FACTS = {
  transfer = { "issued", "signed", "reported", "accepted", "sent_back", "late_paper", "reopened" },
  edges = { "go", "stop", "hold", "resume", "hand_in", "back", "fine", "again", "retermed",
    "reopened" },
}

local function term(roll)
  return pick(roll, { { kind = "workdays", n = 5 }, { kind = "days", n = 12 },
    { kind = "months", n = 1 }, { kind = "date", date = "2026-10-20" },
    { kind = "open", reason = "长期" }, { kind = "workdays", n = 1 } })
end

local function values_for(roll, name, day)
  if name == "signed" or name == "reported" or name == "hand_in" then
    return { on = text(day - roll(6) + 1) }
  elseif name == "retermed" then
    return { term = term(roll) }
  end
  return {}
end

local acts = {}

function acts.fact(roll, case, date, day, kind)
  local name = pick(roll, FACTS[kind])
  case:fact(date, name, values_for(roll, name, day))
end

function acts.builtin(roll, case, date, day)
  local name = pick(roll, { "paused", "resumed", "extension_granted", "corrected", "noted" })
  local form = {}
  if name == "extension_granted" then
    form = { workdays = roll(8), deadline = pick(roll, { "main", "finish" }) }
  elseif name == "corrected" then
    form = { fact = pick(roll, { "signed", "reported", "hand_in", "go" }),
      occurred = text(day - roll(12)) }
  end
  case:fact(date, name, form)
end

function acts.sign(roll, case, date)
  local keys = {}
  for key in next, case.s.props do
    keys[#keys + 1] = key
  end
  table.sort(keys)
  if #keys > 0 then
    case:take(date, roll(4) == 1 and "rejected" or "approved", pick(roll, keys),
      { by = "p" .. roll(3), basis = "会议" })
  end
end

function acts.plan(roll, case, date)
  local fire, skip = {}, {}
  for key in next, case.s.plan do
    fire[#fire + 1] = key
  end
  table.sort(fire)
  if roll(2) == 1 then
    skip[1] = table.remove(fire)
  end
  case:take(date, "plan_signed", "plan", { fire = fire, skip = skip, reason = "补" })
end

function acts.outage(roll, case, _, day)
  case:outage(text(day + roll(9)) .. " 18:00")
end

function acts.nobody(roll, case, date)
  local sent = case:effects("notify")
  if #sent > 0 then
    case:take(date, "unreachable", pick(roll, sent), { who = "u" })
  end
end

function acts.child(roll, case, date)
  local number = "c" .. roll(3)
  if roll(2) == 1 then
    case:take(date, "child_opened", number, { workflow = "talk", key = "k" })
  else
    case:take(date, "child_closed", number, { workflow = "talk", outcome = "done" })
  end
end

function acts.calendar(roll, case, date)
  case.ctx.calendar = pick(roll, { "c1", "c2" })
  case:take(date, "calendar_changed", "calendar", { calendar = case.ctx.calendar })
end

local KINDS = { "fact", "fact", "fact", "fact", "builtin", "builtin", "sign", "sign", "plan",
  "outage", "nobody", "child", "calendar" }

local function history(seed)
  local roll = dice(seed)
  local kind = pick(roll, { "transfer", "edges" })
  local def = support[kind]()
  local case = support.case(def)
  local day = calendar.day("2026-09-21")
  case:fact(text(day) .. " 09:00", "opened", kind == "edges"
    and { unit = "a", units = { "x", "y" }, high = roll(4) == 1, free = roll(4) == 1,
      term = term(roll), meeting = "2026-10-15" }
    or { lead_unit = "a", term = term(roll) })
  for index = 2, 4 do
    case:fact(text(day) .. " 09:0" .. index, FACTS[kind][index - 1],
      values_for(roll, FACTS[kind][index - 1], day))
  end
  for _ = 1, 25 do
    day = math.max(day + roll(4) - 1, instants.day(case.inputs[#case.inputs].at))
    local date = string.format("%s %02d:%02d", text(day), 7 + roll(12), roll(60) - 1)
    acts[pick(roll, KINDS)](roll, case, date, day, kind)
  end
  return case, kind
end

local function decisions(rows)
  local out = {}
  for _, row in ipairs(rows) do
    if not row[1] then
      out[#out + 1] = row
    end
  end
  return out
end

local function refold(case)
  local s, out = fold.open(), { rows = {}, effects = {} }
  for _, input in ipairs(case.inputs) do
    fold.apply(case.def, case.ctx, s, input, out)
  end
  return s, out
end

local function keys_repeat(effects)
  local seen = {}
  for _, effect in ipairs(effects) do
    if seen[effect[1]] then
      return effect[1]
    end
    seen[effect[1]] = true
  end
  return nil
end

describe("a history folded again", function()
  it("gives the same rows, effects and snapshot, 200 times from seed " .. SEED, function()
    local inputs = 0
    for number = 1, HISTORIES do
      local case, kind = history(SEED + number * 7919)
      inputs = inputs + #case.inputs
      local s, out = refold(case)
      local name = string.format("seed %d, history %d (%s)", SEED, number, kind)
      assert.are.equal(support.dump(case.s), support.dump(s), name .. ": snapshot")
      assert.are.equal(support.dump(decisions(case.out.rows)), support.dump(out.rows),
        name .. ": rows")
      assert.are.equal(support.dump(case.out.effects), support.dump(out.effects),
        name .. ": effects")
      assert.is_nil(keys_repeat(out.effects), name .. ": effect keys are unique")
    end
    assert.is_true(inputs > HISTORIES * 5)
  end)

  it("gives the same when the snapshot is copied between any two inputs", function()
    local view = require("engine.view")
    for number = 1, 20 do
      local case = history(SEED + number * 104729)
      local s, out = fold.open(), { rows = {}, effects = {} }
      for _, input in ipairs(case.inputs) do
        s = view.copy(s)
        fold.apply(case.def, case.ctx, s, view.copy(input), out)
      end
      assert.are.equal(support.dump(case.s), support.dump(s))
    end
  end)
end)
