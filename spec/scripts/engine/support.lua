-- What the specs of the engine share: hand-written definitions, a calendar with
-- two known years, a case that is driven by dates, and a canonical dump.

package.path = "scripts/?.lua;" .. package.path

local calendar = require("calendar")
local fold = require("engine.fold")
local instants = require("engine.instants")

local support = {}

local function off(list)
  local out = {}
  for _, day in ipairs(list) do
    out[day] = "休"
  end
  return out
end

support.cal = calendar.new({ years = {
  [2025] = { notice = "n25", off = off({ "2025-10-01", "2025-10-02", "2025-10-03", "2025-10-06",
    "2025-10-07", "2025-10-08" }), work = off({ "2025-09-28", "2025-10-11" }) },
  [2026] = { notice = "n26", off = off({ "2026-10-01", "2026-10-02", "2026-10-05", "2026-10-06",
    "2026-10-07" }), work = off({ "2026-09-20", "2026-10-10" }) },
} })

-- The same years with one more rest day, for changes of the calendar.
support.other = calendar.new({ years = {
  [2026] = { notice = "n26b", off = off({ "2026-10-01", "2026-10-02", "2026-10-05", "2026-10-06",
    "2026-10-07", "2026-10-08", "2026-10-09" }), work = {} },
} })

function support.ctx()
  return { calendars = { c1 = support.cal, c2 = support.other }, calendar = "c1", settings = {},
    opens_at = 540, number = "430000-2026-YJ-0001" }
end

function support.wd(n) return { kind = "workdays", n = n } end
function support.days(n) return { kind = "days", n = n } end

local function set(list)
  local out = {}
  for _, id in ipairs(list or {}) do
    out[id] = true
  end
  return out
end
support.set = set

local function ordered(list)
  local out = { order = {}, id = {} }
  for at, item in ipairs(list) do
    out.order[at], out.id[item.id] = item.id, item
    item.title, item.line = item.title or item.id, item.line or at
  end
  return out
end
support.ordered = ordered

local function form(list)
  local out = { order = {}, id = {}, by_label = {} }
  for at, field in ipairs(list or {}) do
    out.order[at], out.id[field[1]] = field[1],
      { id = field[1], label = field[1], kind = field[2] or "text", required = field.required,
        keeps = field.keeps, line = 1 }
    out.by_label[field[1]] = field[1]
  end
  return out
end
support.form = form

local BUILTINS = { "opened", "noted", "paused", "resumed", "extension_granted", "corrected",
  "withdrawn", "voided", "reopened" }
local FORMS = {
  noted = { { "text" } }, paused = { { "reason" }, { "deadline" } }, resumed = { { "deadline" } },
  extension_granted = { { "to", "date" }, { "workdays", "integer" }, { "deadline" } },
  corrected = { { "fact" }, { "reason" }, { "data", "data" }, { "occurred", "date" } },
  reopened = { { "reason" } }, withdrawn = { { "reason" } }, voided = { { "reason" } },
}

function support.def(parts)
  local facts = {}
  for at, fact in ipairs(parts.facts) do
    facts[at] = fact
    fact.form = form(fact.form)
  end
  for _, id in ipairs(BUILTINS) do
    facts[#facts + 1] = { id = id, builtin = true, form = form(FORMS[id]) }
  end
  for _, state in ipairs(parts.states) do
    state.on = state.on or {}
    state.takes, state.late = set(state.takes), set(state.late)
  end
  for _, deadline in ipairs(parts.deadlines or {}) do
    deadline.starts, deadline.met = set(deadline.starts), set(deadline.met)
    deadline.submitted = set(deadline.submitted)
    if deadline.returned then
      deadline.returned.by = set(deadline.returned.by)
    end
    deadline.counts = deadline.counts or "from_next_day"
    deadline.lands = deadline.lands or "next_workday"
  end
  for _, ladder in ipairs(parts.ladders or {}) do
    ladder.stops, ladder.holds = set(ladder.stops), set(ladder.holds)
    ladder.resumes, ladder.steps = set(ladder.resumes), ordered(ladder.steps)
  end
  return { kind = "workflow", id = "w", code = "YJ", title = "试", line = 1,
    settings = { order = {} }, record = form(parts.record), facts = ordered(facts),
    states = ordered(parts.states), initial = parts.states[1].id,
    deadlines = ordered(parts.deadlines or {}), ladders = ordered(parts.ladders or {}),
    signals = parts.signals or {}, examples = parts.examples or {}, was = {} }
end

local function role(name)
  return { kind = "role", role = name }
end
support.role = role

function support.notify(template)
  return { kind = "notify", to = { role("clerk") }, template = template, data = {}, line = 1 }
end

--- The matter of the north star, small.
function support.transfer(change)
  local wd, notify = support.wd, support.notify
  local parts = {
    record = { { "lead_unit" }, { "term", "term" } },
    facts = {
      { id = "issued", signs = true },
      { id = "signed", occurred = "on", form = { { "on", "date" } } },
      { id = "reported", occurred = "on", form = { { "on", "date" } } }, { id = "accepted" },
      { id = "sent_back" }, { id = "late_paper" },
    },
    states = {
      { id = "draft", on = { issued = { to = "sent" } } },
      { id = "sent", on = { signed = { to = "working" } }, enter = { notify("transfer_issued") } },
      { id = "working", on = { reported = { to = "review" } }, late = { "late_paper" } },
      { id = "review", on = { accepted = { to = "closed" }, sent_back = { to = "working" } } },
      { id = "closed", final = true, on = { reopened = { to = "working" } } },
    },
    deadlines = {
      { id = "finish", starts = { "signed" }, budget = { ref = "field", name = "term" },
        submitted = { "reported" }, met = { "accepted" },
        returned = { by = { "sent_back" }, clock = "continue" },
        extends = { by = { role("director") }, times = 1, total = wd(20) },
        pauses = { by = { role("director") } } },
      { id = "answer", starts = { "review" }, budget = wd(10), met = { "accepted", "sent_back" } },
    },
    ladders = {
      { id = "overdue", past = "finish", stops = { "accepted" }, missed = "plan", steps = {
        { id = "warn", at = wd(-3), early = "skip", effects = { notify("warn") } },
        { id = "call", at = wd(1), effects = { notify("call") } },
        { id = "talk", at = wd(5), approve = { { who = { role("director") } } },
          effects = { { kind = "open", workflow = "interview",
            with = { unit = { ref = "field", name = "lead_unit" } }, line = 1 } } },
        { id = "notice", after = "talk", at = wd(5), effects = { notify("notice") } },
      } },
    },
  }
  if change then
    change(parts)
  end
  return support.def(parts)
end

--- A matter that uses every edge a ladder has.
function support.edges()
  local wd, notify = support.wd, support.notify
  local function step(id, fields)
    fields.id, fields.effects = id, fields.effects or { notify(id) }
    return fields
  end
  return support.def({
    record = { { "unit" }, { "units", "list" }, { "high", "bool" }, { "free", "bool" },
      { "term", "term" }, { "meeting", "date" } },
    facts = { { id = "go" }, { id = "stop" }, { id = "hold" }, { id = "resume" },
      { id = "hand_in", occurred = "on", form = { { "on", "date" } } }, { id = "back" },
      { id = "fine" }, { id = "again" },
      { id = "retermed", form = { { "term", "term", keeps = true } } } },
    states = {
      { id = "open", on = { go = { to = "busy" } } },
      { id = "busy", on = { fine = { to = "done" }, again = { to = "busy" } },
        takes = { "stop", "hold", "resume", "hand_in", "back", "retermed" },
        passes = { short = { to = "late" } } },
      { id = "late", on = { fine = { to = "done" }, again = { among = { "busy", "late" },
        fn = function(case) return case.record.high and "late" or "busy" end },
        child_closed = { to = "busy" } },
        takes = { "stop", "hold", "resume", "hand_in", "back", "retermed" } },
      { id = "done", final = true, on = { reopened = { to = "busy" } } },
    },
    deadlines = {
      { id = "main", starts = { "go", "again" }, budget = { ref = "field", name = "term" },
        submitted = { "hand_in" }, returned = { by = { "back" }, clock = wd(3) }, met = { "fine" },
        extends = { times = 2, total = wd(15) }, pauses = {} },
      { id = "short", starts = { "busy" }, budget = support.days(4), met = { "fine" },
        lands = "as_is" },
      { id = "before", starts = { "go" }, from = "meeting", budget = wd(-3), met = { "fine" } },
    },
    ladders = {
      { id = "climb", past = "main", stops = { "stop", "fine" }, missed = "plan", nobody = "next",
        grace = wd(1), children = "withdraw",
        enter_at = function(case) return case.record.high and "third" or nil end,
        steps = {
          step("first", { at = wd(-2), early = "now" }),
          step("second", { at = wd(0), skip = function(case) return case.record.free end }),
          step("third", { at = wd(1), approve = { { who = { support.role("director") } },
            { who = { support.role("a"), support.role("b") }, all_of = true, basis = "meeting" } },
            within = wd(4), rejected = "skip",
            effects = { { kind = "open", workflow = "talk", with = { unit = { ref = "field",
              name = "unit" } } }, { kind = "document", name = "paper", data = {} } } }),
          step("fourth", { after = "third", at = wd(2), jumps = { among = { "sixth" },
            fn = function(case) return case.rungs.first > 0 and "sixth" or nil end } }),
          step("fifth", { at = wd(6) }),
          step("sixth", { at = wd(30), repeats = { every = wd(2), times = 3 },
            effects = { { kind = "each", field = "units", effect = { kind = "notify",
              to = { { kind = "unit_of", field = "it", role = "head" } }, template = "sixth",
              data = {} } } } }),
        } },
      { id = "side", past = "main", stops = { "fine" }, holds = { "hold" }, resumes = { "resume" },
        missed = "once", steps = {
          step("s1", { at = wd(1), repeats = { every = wd(1), times = 4 } }),
          step("s2", { at = wd(9), approve = { { who = { support.role("director") } } } }),
          step("s3", { after = "s2", at = wd(0) }),
        } },
      { id = "early", past = "before", stops = { "fine", "stop" }, missed = "each", steps = {
          step("e1", { at = wd(-4), early = "skip" }), step("e2", { at = wd(1) }) } },
    },
  })
end

local Case = {}
Case.__index = Case

--- A case driven by dates; `log` keeps every row, `inputs` what a refold needs.
function support.case(def, ctx)
  return setmetatable({ def = def, ctx = ctx or support.ctx(), s = fold.open(), inputs = {},
    out = { rows = {}, effects = {} } }, Case)
end

function Case:to(date)
  local at = instants.read(date)
  self:advance(at, at)
  return self
end

-- Takes timers one by one, as a keeper that sleeps until each would.
function Case:advance(at, now)
  while true do
    local wake = fold.wake(self.s)
    if not wake or wake > at then
      return
    end
    local before = #self.out.rows
    fold.advance(self.def, self.ctx, self.s, wake, now and math.min(now, wake) or wake, self.out)
    self:remember(before)
  end
end

-- An outage: everything due is taken at once, late.
function Case:outage(date)
  local at, before = instants.read(date), #self.out.rows
  fold.advance(self.def, self.ctx, self.s, at, at, self.out)
  self:remember(before)
  return self
end

function Case:remember(before)
  for at = before + 1, #self.out.rows do
    local row = self.out.rows[at]
    if row[1] then
      self.inputs[#self.inputs + 1] = { kind = row[2], name = row[3], at = row[4], now = row[4],
        body = row[5], cal = self.ctx.calendar }
    end
  end
end

function Case:take(date, kind, name, body)
  local at = instants.read(date)
  self:advance(at - 1)
  local input = { kind = kind, name = name, at = at, now = at, body = body or {},
    cal = self.ctx.calendar }
  local refused = fold.admit(self.def, self.ctx, self.s, input)
  if refused then
    return refused
  end
  self.inputs[#self.inputs + 1] = input
  self.out.rows[#self.out.rows + 1] = { true, kind, name, at, input.body, 0, 0 }
  fold.apply(self.def, self.ctx, self.s, input, self.out)
  self:advance(at)
  return nil
end

function Case:fact(date, name, values)
  return self:take(date, "fact", name, name == "opened" and { record = values or {} }
    or { form = values or {} })
end

function Case:must(date, name, values)
  local refused = self:fact(date, name, values)
  assert(not refused, refused and refused.text)
  return self
end

local function day_of(at)
  return calendar.text(instants.day(at))
end

--- Decisions as short lines: "rung overdue/call 2026-10-13".
function Case:lines(kind)
  local out = {}
  for _, row in ipairs(self.out.rows) do
    if not row[1] and (not kind or row[2] == kind) then
      out[#out + 1] = row[2] .. " " .. row[3] .. " " .. day_of(row[4])
    end
  end
  return out
end

function Case:effects(kind)
  local out = {}
  for _, effect in ipairs(self.out.effects) do
    if not kind or effect[2] == kind then
      out[#out + 1] = effect[1]
    end
  end
  return out
end

function Case:proposal()
  return (next(self.s.props))
end

--- A canonical text of any value, equal exactly when the values are.
function support.dump(value)
  if type(value) ~= "table" then
    return type(value) == "string" and string.format("%q", value) or tostring(value)
  end
  local keys, out = {}, {}
  for key in next, value do
    keys[#keys + 1] = key
  end
  table.sort(keys, function(a, b)
    return tostring(a) < tostring(b)
  end)
  for at, key in ipairs(keys) do
    out[at] = tostring(key) .. "=" .. support.dump(value[key])
  end
  return "{" .. table.concat(out, ",") .. "}"
end

return support
