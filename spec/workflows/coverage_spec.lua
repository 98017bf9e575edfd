-- No edge of the language without a user: every word, key and choice of the schema stands in a shipped script.
local shipped = require("spec.workflows.shipped")

local base = require("language.base")
local markers = require("language.markers")
local schema = require("language.schema")

local FILES = { "jobs/quarterly_reconciliation.lua" }
for _, name in ipairs(shipped.names) do
  FILES[#FILES + 1] = "workflows/" .. name .. ".lua"
end

-- What no shipped script can use today, and why it is in the language all the same.
local SPARED = {
  was = "speaks of an id that was renamed; a first version renamed none",
  daily = "one family with quarterly: the schedules of host/casework/every.c",
  weekly = "as daily", monthly = "as daily", yearly = "as daily",
  ["quarterly.day"] = "the other half of workday",
  ["job.missed=each"] = "the same words as those of a ladder", ["job.missed=skip"] = "as job.missed=each",
}

local TABLES = { recorded = "recorded",
  returned = "returned", extends = "extends", pauses = "pauses", repeats = "repeats" }
local FORMS = { record = true, form = true }
local MAPS = { settings = "setting", signals = "signal_in" }

local used = {}

local walk

local function note(name, value)
  used[name] = true
  if type(value) == "string" then
    used[name .. "=" .. value] = true
  elseif type(value) == "table" and markers.word(value) then
    used[name .. "=" .. markers.word(value)] = true
  end
end

local function plain(row, given)
  used[row] = true
  for key, value in next, given do
    if type(key) == "string" then
      note(row .. "." .. key, value)
    end
    walk(value, row, key)
  end
end

local function under(key, value)
  if markers.word(value) then
    return false
  elseif TABLES[key] then
    plain(TABLES[key], value)
  elseif FORMS[key] then
    for _, field in ipairs(value) do
      plain("field", field)
    end
  elseif MAPS[key] then
    for _, one in next, value do
      plain(MAPS[key], one)
    end
  else
    return false
  end
  return true
end

local function inside(word, body)
  for key, value in next, body do
    if type(key) == "string" then
      note(word .. "." .. key, value)
    end
    if not (type(value) == "table" and type(key) == "string" and under(key, value)) then
      walk(value, word, key)
    end
  end
end

function walk(value, word, key)
  if type(value) == "function" and type(key) == "string" then
    used[word .. "." .. key .. "=function"] = true
  end
  if type(value) ~= "table" or markers.is_unknown(value) then
    return
  end
  local own = markers.word(value)
  if own then
    used[own] = true
    for _, arg in ipairs(value.args or {}) do
      walk(arg, own, 0)
    end
    if own == "records" then
      used["records " .. value.args[1]] = true
    end
    if type(value.body) == "table" then
      inside(own, markers.word(value.body) and { value.body } or value.body)
    end
    return
  end
  for name, inner in next, value do
    walk(inner, word, type(name) == "string" and name or key)
  end
end

local function read(file)
  local names = base.build()
  for word, marker in pairs(markers.constructors()) do
    names[word] = marker
  end
  local env = base.environment(names, markers.unknown, function() end)
  walk(assert(load(shipped.read(file), "@" .. file, "t", env))(), "script", 0)
end

for _, file in ipairs(FILES) do
  read(file)
end

local function missing(wanted)
  local out = {}
  for _, name in ipairs(wanted) do
    if not used[name] and not SPARED[name] then
      out[#out + 1] = name
    end
  end
  return out
end

local function of_row(name, row, out)
  for _, key in ipairs(row.keys or {}) do
    if not SPARED[key[1]] and not SPARED[name] then
      out[#out + 1] = name .. "." .. key[1]
      for _, value in ipairs(key.values or {}) do
        out[#out + 1] = name .. "." .. key[1] .. "=" .. value
      end
    end
  end
end

describe("the shipped scripts", function()
  it("use every word of the language", function()
    local wanted = {}
    for word in pairs(schema.words) do
      wanted[#wanted + 1] = word
    end
    table.sort(wanted)
    assert.are.same({}, missing(wanted))
  end)

  it("use every key of every word, and every value it may have", function()
    local wanted = {}
    for word, row in pairs(schema.words) do
      of_row(word, row, wanted)
    end
    for name, row in pairs(schema.tables) do
      if name ~= "opinion" then
        of_row(name, row, wanted)
      end
    end
    table.sort(wanted)
    local wide = missing(wanted)
    for at = #wide, 1, -1 do -- counts and lands are one choice, made for the workflow, a deadline or a step
      local choice = wide[at]:match("^%a+%.([%a]+=.+)$") or ""
      if used["workflow." .. choice] or used["deadline." .. choice] then
        table.remove(wide, at)
      end
    end
    assert.are.same({}, wide)
  end)

  it("use every shape a value may take", function()
    assert.are.same({}, missing({ "returned.clock=continue", "returned.clock=restart", "returned.clock=workdays",
      "deadline.budget=field", "deadline.budget=setting", "deadline.budget=function", "step.at=function",
      "step.at=workdays", "step.at=days", "ladder.enter_at=function", "step.jumps=choose", "step.approve=sign",
      "step.approve=role", "document.data", "field.default=setting" }))
  end)

  it("show every fact of every case in an example", function()
    local wanted = {}
    for _, fact in ipairs(schema.builtins.facts) do
      if fact[1] ~= "opened" then
        wanted[#wanted + 1] = "records " .. fact[1]
      end
    end
    assert.are.same({}, missing(wanted))
  end)

  it("let a case move on when a child ends, and when a deadline passes", function()
    assert.is_true(used["state.passes"])
    assert.is_table(shipped.def("case_transfer").states.id.gathering.on.child_closed)
  end)
end)

-- What a shipped script sends and draws up, and what the engine sends by itself.
local function named()
  local messages, papers = { proposal_returned = true, unreachable = true, reconciliation = true,
    digest = true, channel_down = true }, { reconciliation_list = true }
  local about = require("engine.about")
  for _, name in ipairs(shipped.names) do
    local told = about.of(shipped.def(name))
    for _, one in ipairs(told.templates) do
      messages[one] = true
    end
    for _, one in ipairs(told.documents) do
      papers[one] = true
    end
  end
  return messages, papers
end

describe("the shipped templates", function()
  local messages, papers = named()

  it("exist for every message and every paper", function()
    for _, set in ipairs({ messages, papers }) do
      for name in pairs(set) do
        assert.is_truthy(io.open("templates/" .. name .. ".md"), "templates/" .. name .. ".md is missing")
      end
    end
  end)

  it("are all used", function()
    for path in io.popen("ls templates"):lines() do
      local name = path:match("^(.+)%.md$")
      assert.is_true(messages[name] or papers[name] or false, path .. " is used by nobody")
    end
  end)

  it("keep the matter itself out of messages", function()
    local allowed = { number = true, due = true, link = true, quarter = true, open = true, overdue = true,
      struck = true, document = true, count = true, more = true, title = true,
      channel = true, text = true, hint = true }
    for name in pairs(messages) do
      assert.is_nil(papers[name], name .. " is a message and a paper")
      for field in shipped.read("templates/" .. name .. ".md"):gmatch("{{([%w_]+)}}") do
        assert.is_true(allowed[field] or false, name .. ".md carries {{" .. field .. "}}")
      end
    end
  end)
end)
