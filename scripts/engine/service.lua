-- The worker's side of the protocol: one request in, one reply out. It holds the
-- one script this worker serves; the host decodes and encodes around it. Nothing
-- a request or a script does may raise past answer().

local about = require("engine.about")
local calendar = require("calendar")
local decide = require("engine.decide")
local examples = require("engine.examples")
local explain = require("engine.explain")
local gateway = require("engine.gateway")
local next_of = require("engine.next")
local instants = require("engine.instants")
local load = require("language.load")
local run = require("engine.run")
local values = require("language.values")
local view = require("engine.view")
local words = require("words")

local service = {}

local host = {}    -- what the host lends: encode, decode, load, item, call, out
local loaded = nil -- the script of this worker

local function lend(name, keys)
  local ok, module = pcall(require, name)
  for key, from in next, ok and type(module) == "table" and keys or {} do
    host[key] = host[key] or module[from]
  end
end

local function prepare()
  if host.ready then
    return
  end
  lend("raw.codec", { encode = "encode", decode = "decode" })
  lend("raw.json", { json = "decode" })
  lend("raw.script", { load = "load" })
  lend("raw.worker", { item = "item", call = "call", out = "out" })
  host.ready = true
end

--- Take stand-ins for what the host lends, for specs without the binary.
---@param given table<string, function> encode, decode, load, item, call, out
function service.use(given)
  for key, value in next, given do
    host[key] = value
  end
end

local function calendars_of(given)
  local out = {}
  for hash, one in next, given or {} do
    out[hash] = calendar.new({ years = one.years or {}, extra = one.extra })
  end
  return out
end

local function context(request)
  return { calendars = calendars_of(request.calendars), calendar = request.calendar,
    settings = {}, opens_at = request.opens_at or 540, number = "" }
end

local function read_script(request)
  return load.script({ source = request.source, name = request.name, settings = request.settings,
    modules = request.modules, load = host.load, others = request.others, roles = request.roles,
    templates = request.templates })
end

local ops = {}

local function load_channel(request)
  local channel, findings = gateway.load(request, host)
  if not channel then
    return { ok = false, findings = findings }
  end
  loaded = { channel = channel }
  return { ok = true, about = { kind = "channel", title = channel.def.title } }
end

function ops.load(request)
  words.set_language(request.lang)
  if request.kind == "channel" then
    return load_channel(request)
  end
  if request.kind == "chunk" then
    loaded = { name = request.name, ctx = context(request), encode = host.encode,
      decode = host.decode }
    return { ok = true, about = { kind = "chunk" } }
  end
  local def, findings = read_script(request)
  if not def then
    return { ok = false, findings = findings }
  end
  loaded = { def = def, name = request.name, ctx = context(request), encode = host.encode,
    decode = host.decode }
  return { ok = true, about = about.of(def) }
end

function ops.check(request)
  words.set_language(request.lang)
  if request.kind == "channel" then
    return gateway.check(request, host)
  end
  local def, findings = read_script(request)
  if not def then
    return { findings = findings, examples = {}, about = false }
  end
  local results = def.kind == "workflow" and examples.run(def, context(request)) or {}
  return { findings = findings or {}, examples = results, about = about.of(def) }
end

--- The script of a channel is asked for requests or for verdicts.
function ops.ask(request)
  words.set_language(request.lang or words.language())
  return gateway.ask(loaded.channel, request, host.item)
end

local function calendars_from(request)
  local ctx = loaded.ctx
  for hash, one in next, calendars_of(request.calendars) do
    ctx.calendars[hash] = one
  end
  ctx.calendar = ctx.calendars[request.calendar] and request.calendar or ctx.calendar
end

function ops.decide(request)
  words.set_language(request.lang or words.language())
  calendars_from(request)
  local out = {}
  for at, item in ipairs(request.items) do
    if host.item then
      host.item()
    end
    out[at] = decide.item(loaded, item)
  end
  return { items = out }
end

-- What is told of a case, or the fault that the telling met.
local function told(request, tell)
  words.set_language(request.lang or words.language())
  loaded.ctx.number = request.number or loaded.ctx.number
  local ok, list = pcall(function()
    local s = decide.snapshot(loaded, request.snapshot)
    return tell(loaded.def, loaded.ctx, s, request.rows or {})
  end)
  if not ok then
    return nil, decide.fault(loaded, request.number, list)
  end
  return list
end

function ops.explain(request)
  local lines, why = told(request, explain.lines)
  return { lines = lines or {}, refused = why }
end

ops.next = function(request)
  local items, why = told(request, next_of.list)
  return { items = items or {}, refused = why }
end

local function form_of(name)
  local def = loaded.def
  if name == "record" then
    return def.record
  end
  local fact = def.facts.id[name:match("^fact:(.+)$") or ""]
  return fact and fact.form
end

function ops.values(request)
  words.set_language(request.lang or words.language())
  local form = form_of(request.form)
  if not form then
    return { findings = { { field = "", text = words.sayf("没有“%s”这张表", "there is no form \"%s\"",
      request.form) } } }
  end
  local read, findings = values.form(form, request.given or {}, { today = request.today,
    settings = view.settings(loaded.def, loaded.ctx) })
  return read and { values = read } or { findings = findings }
end

local function refused(text)
  return { refused = { kind = "invalid", text = text } }
end

local function calendar_in(request)
  local given = calendars_of(request.calendars)
  return given[request.calendar] or (loaded and loaded.ctx.calendars[loaded.ctx.calendar])
    or calendar.new({ years = {} })
end

function ops.due(request)
  words.set_language(request.lang or words.language())
  local day = calendar.day(request.start)
  local budget, why = calendar.budget(request.budget)
  if not day then
    return refused(words.sayf("没有“%s”这一天", "there is no day \"%s\"", tostring(request.start)))
  elseif not budget then
    return refused(why)
  end
  local cal, opts = calendar_in(request), { counts = request.counts or nil,
    lands = request.lands or nil }
  local due, trace = cal:add(day, budget, opts)
  return { due = calendar.text(due), provisional = trace.provisional,
    lines = request.explain and (cal:explain(day, budget, opts)) or {} }
end

function ops.run(request)
  words.set_language(request.lang)
  return run.answer(request, host, context(request), instants.day(request.at or 0))
end

local NEEDS_SCRIPT = { decide = "def", explain = "def", next = "def", values = "def",
  ask = "channel" }

--- Answer one request of the host.
---@param request table
---@return table reply
function service.answer(request)
  prepare()
  local op = ops[request.op]
  if not op then
    return refused(words.sayf("不认识的请求“%s”", "unknown request \"%s\"", tostring(request.op)))
  elseif NEEDS_SCRIPT[request.op] and not (loaded and loaded[NEEDS_SCRIPT[request.op]]) then
    return { refused = { kind = "conflict", text = words.say("还没有装载脚本", "no script is loaded") } }
  end
  return op(request)
end

return service
