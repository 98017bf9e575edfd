-- The facts every case understands: pauses, extensions and corrections change
-- stored days and let the deadlines count again; the others are only recorded.
-- What may be refused is refused in engine.admit, never here.

local again = require("engine.again")
local calendar = require("calendar")
local dates = require("engine.dates")
local deadlines = require("engine.deadlines")
local passing = require("engine.passing")
local rows = require("engine.rows")
local rungs = require("engine.rungs")
local view = require("engine.view")

local builtins = {}

--- Built-in facts every state takes that is not final.
builtins.anywhere = { noted = true, corrected = true, linked = true, seen = true, promised = true,
  paused = true, resumed = true, extension_requested = true, extension_granted = true,
  extension_refused = true, handed_over = true, succeeded = true, proposed_again = true }

--- Built-in facts that end a case, with the state it is in then.
builtins.ends = { withdrawn = "withdrawn", voided = "voided" }

--- States that end a case without its script saying so.
builtins.ended = { withdrawn = true, voided = true }

--- The deadlines a built-in fact is about: the one named, else all running ones that allow it.
---@param w table
---@param form table
---@param key "pauses"|"extends"
---@return string[]
function builtins.meant(w, form, key)
  local out = {}
  for _, id in ipairs(w.def.deadlines.order) do
    local dl, deadline = w.s.dl[id], w.def.deadlines.id[id]
    local named = form.deadline == nil or form.deadline == id or form.deadline == deadline.title
    if dl and named and deadline[key] and dl.due and not dl.met and not dl.over then
      out[#out + 1] = id
    end
  end
  return out
end

local acts = {}

function acts.paused(w, form)
  for _, id in ipairs(builtins.meant(w, form, "pauses")) do
    local dl = w.s.dl[id]
    dl.pauses[#dl.pauses + 1] = { from = w.day, i = w.s.n }
    rows.decide(w, "paused", id, { from = calendar.text(w.day), reason = form.reason,
      basis = form.basis, calendar = w.hash }, w.def.deadlines.id[id].line)
    dates.recount(w, id, "paused")
  end
end

function acts.resumed(w, form)
  for _, id in ipairs(builtins.meant(w, form, "pauses")) do
    local dl, any = w.s.dl[id], false
    for _, pause in ipairs(dl.pauses) do
      if not pause.to then
        pause.to, pause.j, any = math.max(w.day, pause.from), w.s.n, true
      end
    end
    if any then
      rows.decide(w, "resumed", id, { on = calendar.text(w.day), calendar = w.hash },
        w.def.deadlines.id[id].line)
      dates.recount(w, id, "resumed")
    end
  end
end

--- The extension a fact grants for a deadline as it stands: TIME with its landing, or nil.
---@param dl table
---@param form table
---@return table?
function builtins.extension(dl, form)
  local to = type(form.to) == "string" and calendar.day(form.to)
  if to and dl.due then
    return { kind = "days", n = to - dl.due, lands = "as_is" }
  elseif math.type(form.workdays) == "integer" then
    return { kind = "workdays", n = form.workdays }
  end
  return nil
end

function acts.extension_granted(w, form)
  local id = builtins.meant(w, form, "extends")[1]
  local dl = id and w.s.dl[id]
  local ext = dl and builtins.extension(dl, form)
  if not ext then
    return
  end
  ext.i, ext.was, ext.reason = w.s.n, dl.text, form.reason
  dl.ext[#dl.ext + 1] = ext
  dates.recount(w, id, "extended")
  rows.decide(w, "extended", id, { due = dl.text, was = ext.was,
    original = dl.first or calendar.text(dl.chain[1]), times = #dl.ext, reason = form.reason,
    calendar = w.hash }, w.def.deadlines.id[id].line)
end

-- A stored day follows the fact that gave it.
local function move_span(span, i, day)
  local moved = false
  if span.i == i then
    span.from, moved = day, true
  end
  if span.j == i then
    span.to, moved = day, true
  end
  if span.to and span.to < span.from then
    span.to = span.from
  end
  return moved
end

local function move_spans(list, i, day)
  local moved = false
  for _, span in ipairs(list) do
    moved = move_span(span, i, day) or moved
  end
  return moved
end

local function move_deadline(w, id, i, day)
  local dl, deadline = w.s.dl[id], w.def.deadlines.id[id]
  local moved = move_spans(dl.pauses, i, day)
  moved = move_spans(dl.subs, i, day) or moved
  if dl.i == i and not deadline.from then
    dl.start, moved = day, true
    dl.base = dl.k and dl.base or day
  end
  if dl.k == i then
    dl.base, moved = day, true
  end
  if dl.m == i then
    dl.met, moved = day, true
    dl.late = dl.due ~= nil and (rungs.open_from(dl.subs) or day) > dl.due
  end
  return moved
end

local function move_ladder(w, id, i, day)
  local ls = w.s.rungs[id]
  local moved = move_spans(ls.holds, i, day)
  if ls.st == "ended" and ls.i == i then
    ls.cut, moved = day, true
  end
  return moved
end

-- Dates and rungs that hang on input i now hang on another day; nothing else changes.
local function move_day(w, i, day)
  local ladders = {}
  for _, id in ipairs(w.def.ladders.order) do
    if w.s.rungs[id] and move_ladder(w, id, i, day) then
      ladders[w.def.ladders.id[id].past] = true
    end
  end
  for _, id in ipairs(w.def.deadlines.order) do
    local dl = w.s.dl[id]
    if dl and (move_deadline(w, id, i, day) or ladders[id]) then
      dates.recount(w, id, "corrected")
    end
  end
end

function acts.proposed_again(w, form)
  again.propose(w, form.step)
end

-- A function may look at anything, so it is asked again whatever changed.
local function names_any(value, fields)
  return type(value) == "function"
    or type(value) == "table" and value.ref == "field" and fields[value.name] ~= nil
end

-- Budgets and base days taken from the record, or by a function from anything, follow.
local function follow_record(w, fields)
  for _, id in ipairs(w.def.deadlines.order) do
    local deadline, dl = w.def.deadlines.id[id], w.s.dl[id]
    local from = deadline.from and fields[deadline.from]
    if dl and not dl.met and not dl.over and (from or names_any(deadline.budget, fields)) then
      deadlines.reread(w, id, type(from) == "string" and calendar.day(from) or nil)
    end
  end
end

--- Fields of the record changed: the keeper is told, and dates follow.
---@param w table
---@param fields table
function builtins.record_changed(w, fields)
  w.out.record = true
  follow_record(w, fields)
end

local function overwrite(into, data)
  for key, value in next, data do
    into[key] = view.copy(value)
  end
end

-- A base day that stood in the form of the fact itself.
local function reread_bases(w, i, data)
  for _, id in ipairs(w.def.deadlines.order) do
    local dl, from = w.s.dl[id], w.def.deadlines.id[id].from
    local day = from and dl and dl.i == i and calendar.day(data[from])
    if day and w.s.record[from] == nil and not dl.met and not dl.over then
      deadlines.reread(w, id, day)
    end
  end
end

local function corrected_day(w, form, data)
  local def = w.def.facts.id[form.fact]
  local text = form.occurred or (def and def.occurred and data[def.occurred])
  return type(text) == "string" and calendar.day(text) or nil
end

function acts.corrected(w, form)
  local id, data = form.fact, type(form.data) == "table" and form.data or {}
  if id == "opened" then
    overwrite(w.s.record, data)
    return builtins.record_changed(w, data)
  end
  local fact = w.s.facts[id]
  if not fact then
    return
  end
  fact.data = view.copy(fact.data)
  overwrite(fact.data, data)
  local day = corrected_day(w, form, data)
  if day and day ~= fact.on then
    fact.on = day
    move_day(w, fact.i, day)
  end
  reread_bases(w, fact.i, data)
  follow_record(w, {})
  builtins.keep(w, w.def.facts.id[id], data)
end

-- Somebody, or some unit, stands where another one stood.
local function take_over(w, form)
  local fields = passing.changes(w.def, w.s.record, form)
  if next(fields) ~= nil then
    overwrite(w.s.record, fields)
    builtins.record_changed(w, fields)
  end
end

acts.handed_over = take_over
acts.succeeded = take_over

--- Fields a fact keeps for the case overwrite those of the record.
---@param w table
---@param def table? fact
---@param data table
function builtins.keep(w, def, data)
  local kept, any = {}, false
  for _, id in ipairs(def and def.form and def.form.order or {}) do
    if def.form.id[id].keeps and data[id] ~= nil then
      kept[id], any = data[id], true
    end
  end
  if any then
    overwrite(w.s.record, kept)
    builtins.record_changed(w, kept)
  end
end

--- What a built-in fact does besides being recorded.
---@param w table
---@param id string
---@param form table
function builtins.act(w, id, form)
  local act = acts[id]
  if act then
    act(w, form)
  end
end

return builtins
