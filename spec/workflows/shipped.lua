-- What the specs of the shipped procedures share: their sources, their definitions, and a case driven by dates.
package.path = "scripts/?.lua;" .. package.path

local about = require("engine.about")
local calendar = require("calendar")
local examples = require("engine.examples")
local fold = require("engine.fold")
local load = require("language.load")
local support = require("spec.scripts.engine.support")
local words = require("words")

local shipped = {}

shipped.names = { "case_transfer", "circular_notice", "discipline_talk", "interview", "phone_reminder",
  "rectification", "transfer_part" }

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("a")
  file:close()
  return text
end

shipped.read = read

-- The shipped calendars; their files are plain enough to be read as a Lua table.
local function years()
  local out = {}
  for year = 2025, 2026 do
    local text = read("schema/data/calendar/" .. year .. ".json")
    text = text:gsub("%[", "{"):gsub("%]", "}"):gsub('("[^"]*")%s*:', "[%1] =")
    out[year] = assert(_G.load("return " .. text))()
  end
  return out
end

local cal = calendar.new({ years = years() })

local function context()
  local ctx = support.ctx()
  ctx.calendars.c1 = cal
  return ctx
end

local others = {}

--- The definition of a shipped procedure; what is wrong with it is an error here.
function shipped.def(name)
  words.set_language("zh")
  local file = "workflows/" .. name .. ".lua"
  local def, findings = load.script({ source = read(file), name = file,
    others = next(others) and others or nil })
  if not def or #findings > 0 then
    local one = findings[1]
    error(("%s:%d:%d: %s"):format(one.file, one.line, one.column, one.text), 2)
  end
  return def
end

for _, name in ipairs(shipped.names) do
  others[name] = about.of(shipped.def(name))
end

--- The failures of a procedure's own examples, as lines; empty when all pass.
function shipped.failures(name)
  local out = {}
  local def = shipped.def(name)
  assert(#def.examples > 0, name .. " has no example")
  for _, result in ipairs(examples.run(def, context())) do
    if not result.ok then
      out[#out + 1] = ("%s:%d %s: %s"):format(name, result.line, result.title, result.text)
    end
  end
  return out
end

local Matter = {}
Matter.__index = Matter

--- A case of a procedure, opened on a day with values as people type them.
function shipped.open(name, day, record)
  local def = shipped.def(name)
  local self = setmetatable({ case = support.case(def, context()), def = def }, Matter)
  return self:does(day, "opened", record)
end

--- Record a fact that must be taken.
function Matter:does(day, fact, form)
  local why = self.case:fact(day, fact, form)
  if why then
    error(fact .. ": " .. why.text, 2)
  end
  return self
end

--- Record a fact that must be refused; gives the sentence.
function Matter:refused(day, fact, form)
  local why = self.case:fact(day, fact, form)
  return why and why.text or fact .. " was taken"
end

--- Another case was added to this one, as the keeper tells it: nobody is asked.
function Matter:joined(data)
  local case = self.case
  fold.apply(case.def, case.ctx, case.s, { kind = "signal", name = "joined", at = case.s.opened,
    now = case.s.opened, body = { data = data, from = { number = "x" } }, cal = "c1" }, case.out)
  return self
end

function Matter:to(day)
  self.case:to(day)
  return self
end

function Matter:state()
  return self.case.s.state
end

function Matter:due(deadline)
  local dl = self.case.s.dl[deadline]
  return dl and dl.text
end

--- The bodies of the effects of a kind so far.
function Matter:effects(kind)
  local out = {}
  for _, effect in ipairs(self.case.out.effects) do
    if effect[2] == kind then
      out[#out + 1] = effect[3]
    end
  end
  return out
end

return shipped
