-- Kinds for examples: the markers inside `example` become a plain list of
-- what happens and what must be so, in the order they stand.

local markers = require("language.markers")
local reader = require("language.reader")
local words = require("words")

local examples = {}

local function check_names(r, form, given, node, body)
  local known = {}
  for id, field in pairs(form) do
    known[id] = true
    if type(field) == "table" and field.label then
      known[field.label] = true
    end
  end
  for _, name in ipairs(r:order(given or {}, body)) do
    local _, entry = r:entry(body, name)
    if not known[name] then
      r:complain(entry or node, words.sayf("没有叫“%s”的字段%s", "there is no field \"%s\"%s", name,
        words.hint(name, known)), name)
    end
  end
end

local function attach(files)
  for index, file in ipairs(type(files) == "table" and files or {}) do
    if type(file) == "string" then
      files[index] = { name = file, digest = "", size = 0 }
    end
  end
end

-- A file in an example is only its name; the case needs an attachment.
local function attached(form, given)
  for name, field in pairs(form) do
    if field.kind == "files" then
      attach(given[name])
      attach(given[field.label])
    end
  end
  return given
end

local MAKE = {}

function MAKE.records(r, read, node, body)
  local form = read[1] and r.index.forms[read[1]]
  if form then
    check_names(r, form, read.given, node, body)
  end
  return { fact = read[1], form = attached(form or {}, read.given or {}), on = read.on }
end

local function decision(_, read)
  local given = read[2] or {}
  return { step = read[1], opinion = given.opinion or read.opinion,
    basis = given.basis or read.basis }
end

function examples.opinion(r, value, node)
  if type(value) == "string" then
    return { opinion = value }
  end
  return r:closed(reader.table_row("opinion"), value, node, {})
end

MAKE.approved, MAKE.rejected = decision, decision

function MAKE.signals(_, read)
  return { name = read[1], form = read.given or {} }
end

function MAKE.child_ends(_, read)
  return { workflow = read[1], outcome = read[2] }
end

function MAKE.until_(_, read)
  return { at = read[1] }
end

function MAKE.due(_, read)
  return { deadline = read[1], date = read[2] }
end

function MAKE.reached(_, read)
  return { step = read[1], date = read[2] }
end

function MAKE.not_reached(_, read)
  return { step = read[1] }
end

MAKE.waiting = MAKE.not_reached

function MAKE.state_is(_, read)
  return { state = read[1] }
end

function MAKE.sent(_, read)
  return { template = read[1] }
end

function MAKE.paper(_, read)
  return { name = read[1] }
end

local function fits(inside)
  return function(value)
    local row = markers.word(value) and markers.row(value)
    return row and (row.happening and inside or row.assertion or row.word == "opened"
      or row.word == "at" and not inside) or false
  end
end

local function placed(r, out, node, word)
  local place = r:place(node)
  out.do_, out.line, out.column = word == "until_" and "until" or word, place.line, place.column
  return out
end

local function opened(r, value, node, example, at)
  if example.opened then
    r:complain(node, words.say("一个示例只能有一个 opened", "an example has one opened only"), "opened")
  end
  local read, body = r:marker(value, node, {})
  example.opened, example.opened_at = attached(r.index.fields, read.given or {}), at
  check_names(r, r.index.fields, read.given, node, body)
end

local read_items

local function read_item(r, value, node, example, at)
  local word = markers.word(value)
  if word == "opened" then
    opened(r, value, node, example, at)
    return nil
  end
  local read, body = r:marker(value, node, {})
  if word ~= "at" then
    return placed(r, MAKE[word](r, read, node, body), node, word)
  end
  local out = placed(r, { at = read[1] }, node, "at")
  out.items = read_items(r, value.body, body or node, example, read[1] or "")
  return out
end

function read_items(r, given, node, example, at)
  local out = {}
  local expected = at and { "records", "approved", "rejected", "signals", "due", "reached" }
    or { "opened", "at", "due", "reached", "not_reached", "state_is", "sent", "paper" }
  for _, item in ipairs(r:items(given, node, fits(at ~= nil), expected)) do
    local before = r.here
    r.here = item[2] or before
    out[#out + 1] = read_item(r, item[1], item[2], example, at)
    r.here = before
  end
  return out
end

--- Read one example.
function examples.example(r, value, node)
  local read, body = r:marker(value, node, {})
  local out = { title = read[1], line = read.line }
  out.items = read_items(r, type(value.body) == "table" and value.body or {}, body or node, out,
    nil)
  if not out.opened and reader.length(value.body or {}) > 0 then
    out.opened = {}
  end
  return out
end

return examples
