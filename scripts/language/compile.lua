-- Turns the marker a script returned into the plain definition the engine
-- folds with, and notes on the way whatever the schema does not allow. The
-- result of a script with findings is used for further checks only.

local builtins = require("language.schema.builtins")
local markers = require("language.markers")
local words = require("words")

local compile = {}

local ARRAYS = { fact = "facts", state = "states", deadline = "deadlines", ladder = "ladders",
  step = "steps" }

local LABELS = { fact = "事实", state = "状态", deadline = "期限", ladder = "阶梯" }
local EXPECTED = { effect = { "notify", "document", "open", "signal", "each" },
  principal = { "role", "unit_of", "person_of" } }

local function expected_words(row)
  local out = {}
  for _, item in ipairs(row.items) do
    for _, word in ipairs(EXPECTED[item] or { item }) do
      out[#out + 1] = word
    end
  end
  return out
end

local function fits(row)
  local allowed = {}
  for _, item in ipairs(row.items) do
    allowed[item] = true
  end
  return function(value)
    local found = markers.word(value) and markers.row(value)
    return found and (allowed[found.word] or allowed.effect and found.effect) or false
  end, expected_words(row)
end

local function table_of(marker)
  return type(marker.body) == "table" and marker.body or {}
end

local function listed(r, marker, node)
  if type(marker.body) ~= "table" then
    return {}
  end
  local _, body = r:nodes(marker, node)
  local row = markers.row(marker)
  local accepts, expected = fits(row)
  return r:items(marker.body, body or node, accepts, expected), body
end

local function guard(r, value, node)
  local read = r:marker(value, node, {})
  return { text = read[1], fn = read[2], line = read.line }
end

local function read_fact(r, marker, node)
  r.form = {}
  local form = r.index.forms[table_of(marker).id or ""] or {}
  for id, field in pairs(form) do
    r.form[id] = field.kind or true
  end
  local read = r:marker(marker, node, {})
  local out = { id = read.id, title = read[1], by = read.by or {}, occurred = read.occurred,
    form = read.form or { order = {}, id = {}, by_label = {} }, signs = read.signs or false,
    recorded = read.recorded,
    guards = {}, effects = {}, builtin = false, was = read.was, line = read.line }
  r.own_form = form
  for _, item in ipairs(listed(r, marker, node)) do
    if markers.word(item[1]) == "guard" then
      table.insert(out.guards, guard(r, item[1], item[2]))
    else
      table.insert(out.effects, (r:read("effect", item[1], item[2], { "fact" })))
    end
  end
  r.own_form = nil
  return out
end

local function read_state(r, marker, node)
  local read = r:marker(marker, node, {})
  listed(r, marker, node)
  return { id = read.id, title = read[1], on = read.on or {}, takes = read.takes or {},
    late = read.late or {}, passes = read.passes or {}, enter = read.enter or {},
    final = read.final or false, builtin = false, was = read.was, line = read.line }
end

local function read_deadline(r, marker, node)
  local out = r:marker(marker, node, {})
  listed(r, marker, node)
  out.title, out[1] = out[1], nil
  out.starts, out.met, out.submitted = out.starts or {}, out.met or {}, out.submitted or {}
  local body = table_of(marker)
  out.counts, out.lands = body.counts or r.counts, body.lands or r.lands
  return out
end

local function read_step(r, marker, node)
  local out = r:marker(marker, node, {})
  out.title, out[1] = out[1], nil
  out.rejected, out.effects = out.rejected or "end", {}
  for _, item in ipairs(listed(r, marker, node)) do
    out.effects[#out.effects + 1] = r:read("effect", item[1], item[2], { "step" })
  end
  return out
end

local function add(r, group, item, node, what)
  if not item.id then
    return
  elseif group.id[item.id] then
    r:complain(node, words.sayf("%s“%s”重复了（第%d行已有）", "the %s \"%s\" stands twice (see line %d)",
      what, item.id, group.id[item.id].line), item.id)
    return
  end
  group.order[#group.order + 1] = item.id
  group.id[item.id] = item
  r.places[item] = r:place(node)
end

local LADDER = { stops = {}, holds = {}, resumes = {}, children = "keep", nobody = "tell_admin",
  missed = "plan" }

local function fill(out, defaults)
  for key, value in pairs(defaults) do
    if out[key] == nil then
      out[key] = type(value) == "table" and {} or value
    end
  end
end

local function read_ladder(r, marker, node)
  local out = r:marker(marker, node, {})
  out.title, out[1], out.steps = out[1], nil, { order = {}, id = {} }
  fill(out, LADDER)
  for _, item in ipairs(listed(r, marker, node)) do
    local before = r.here
    r.here = item[2] or before
    local step = read_step(r, item[1], item[2])
    if step.id and r.steps[step.id] then
      r:complain(item[2], words.sayf("步骤“%s”在另一个阶梯里已有", "the step \"%s\" exists in another ladder",
        step.id), step.id)
    end
    add(r, out.steps, step, item[2], words.say("步骤", "step"))
    r.here = before
  end
  for id in pairs(out.steps.id) do
    r.steps[id] = out.id or true
  end
  return out
end

local READ = { fact = read_fact, state = read_state, deadline = read_deadline,
  ladder = read_ladder }

local function builtin_form(row)
  local form = { order = {}, id = {}, by_label = {} }
  for _, field in ipairs(row.form) do
    form.order[#form.order + 1] = field[1]
    form.id[field[1]] = { id = field[1], label = field[2], kind = field[3], item = field.item,
      required = field.required or false, min = field.min, line = 0 }
    form.by_label[field[2]] = field[1]
  end
  return form
end

local function builtin_people(row, def)
  local by = {}
  for _, role in ipairs(row.by) do
    by[#by + 1] = { kind = "role", role = role }
  end
  for _, id in ipairs(row.any_unit and def.record.order or {}) do
    if def.record.id[id].kind == "unit" then
      by[#by + 1] = { kind = "unit_of", field = id, role = "liaison" }
    end
  end
  return by
end

local function builtin_fact(row, def)
  local id = row[1]
  return { id = id, title = row[2], by = builtin_people(row, def),
    form = id == "opened" and def.record or builtin_form(row),
    occurred = id == "corrected" and "occurred" or nil, signs = false, guards = {},
    effects = {}, builtin = true, line = 0 }
end

local function add_builtins(def)
  for _, row in ipairs(builtins.facts) do
    if not def.facts.id[row[1]] then
      def.facts.order[#def.facts.order + 1] = row[1]
      def.facts.id[row[1]] = builtin_fact(row, def)
    end
  end
  for _, row in ipairs(builtins.states) do
    local id = row[1]
    def.states.order[#def.states.order + 1] = id
    def.states.id[id] = { id = id, title = row[2], on = {}, takes = {}, late = {}, passes = {},
      enter = {}, final = true, builtin = true, line = 0 }
  end
end

local function was_of(def)
  local was = { states = {}, facts = {}, deadlines = {}, ladders = {}, fields = {}, steps = {} }
  local function note(into, group)
    for id, item in pairs(group.id) do
      for _, old in ipairs(item.was or {}) do
        into[old] = id
      end
      item.was = nil
    end
  end
  for _, name in ipairs({ "states", "facts", "deadlines", "ladders" }) do
    note(was[name], def[name])
  end
  note(was.fields, def.record)
  for _, ladder in pairs(def.ladders.id) do
    note(was.steps, ladder.steps)
  end
  return was
end

local function read_items(r, marker, node, def)
  for _, item in ipairs(listed(r, marker, node)) do
    local word, value_node = markers.word(item[1]), item[2]
    local before = r.here
    r.here = value_node or before
    if word == "example" then
      def.examples[#def.examples + 1] = r:read("example", item[1], value_node)
    else
      local read = READ[word](r, item[1], value_node)
      if read.id and (word == "fact" or word == "state") then
        r:read("new_id", read.id, value_node)
      end
      if word == "state" and read.id and not def.initial then
        def.initial = read.id
      end
      add(r, def[ARRAYS[word]], read, value_node, words.say(LABELS[word], word))
    end
    r.here = before
  end
end

local function new_group()
  return { order = {}, id = {} }
end

--- The definition of a workflow.
---@param r table reader
---@param marker table
---@param node table?
---@return table def
function compile.workflow(r, marker, node)
  local read = r:marker(marker, node, {})
  local body = table_of(marker)
  r.counts, r.lands, r.steps, r.places = body.counts, body.lands, {}, {}
  local def = { kind = "workflow", id = read.id, code = read.code, title = read[1],
    line = read.line,
    settings = read.settings or { order = {} },
    record = read.record or { order = {}, id = {}, by_label = {} },
    facts = new_group(), states = new_group(), deadlines = new_group(), ladders = new_group(),
    signals = read.signals or {}, examples = {} }
  read_items(r, marker, node, def)
  def.was = was_of(def)
  add_builtins(def)
  return def
end

--- The definition of a job.
---@param r table reader
---@param marker table
---@param node table?
---@return table def
function compile.job(r, marker, node)
  local read = r:marker(marker, node, {})
  listed(r, marker, node)
  return { kind = "job", id = read.id, title = read[1], every = read.every,
    missed = read.missed or "once", run = read.run, line = read.line }
end

local function line_of(r, body, key, marker)
  local node = r:entry(body, key)
  return node and node.line or marker.line
end

--- The script of a channel.
function compile.channel(r, marker, node)
  local read, body = r:marker(marker, node, {})
  return { kind = "channel", title = read[1], request = read.request, answer = read.answer,
    line = read.line, lines = { request = line_of(r, body, "request", read),
      answer = line_of(r, body, "answer", read) } }
end

return compile
