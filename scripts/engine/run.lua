-- Jobs and chunks: a script that may query and ask for things through its context.
-- Queries are calls to the host and read one snapshot; what is asked for is only
-- collected and handed back at the end, to be applied all or nothing.

local blame = require("engine.blame")
local calendar = require("calendar")
local instants = require("engine.instants")
local load = require("language.load")
local view = require("engine.view")
local words = require("words")

local run = {}

local LINE = 16384 -- bytes of one printed frame

local function caller(host)
  return function(name, args)
    local reply = host.call({ call = name, args = args })
    if type(reply) ~= "table" or not reply.ok then
      error(type(reply) == "table" and reply.text or words.say("宿主没有回答", "no answer"), 3)
    end
    return reply.value
  end
end

local function collector(acts)
  return function(kind, body)
    body.kind = kind
    acts[#acts + 1] = view.copy(body)
  end
end

local function store_for(call)
  local store = {}
  for _, name in ipairs({ "rows", "one", "value", "exec" }) do
    store[name] = function(sql, ...)
      local params = ...
      if select("#", ...) ~= 1 or type(params) ~= "table" then
        params = { ... }
      end
      local value = call("store." .. name, { sql, params }) -- no tail call: it would hide the line
      return value
    end
  end
  return store
end

local function case_for(call, collect)
  return {
    find = function(given)
      local found = call("case.find", given or {})
      return found
    end,
    open = function(workflow, record)
      collect("open", { workflow = workflow, record = record or {} })
    end,
    fact = function(number, fact, form)
      collect("fact", { number = number, fact = fact, form = form or {} })
    end,
  }
end

local function need_day(text)
  local day = calendar.day(text)
  if not day then
    error(words.sayf("没有“%s”这一天", "there is no day \"%s\"", tostring(text)), 3)
  end
  return day
end

local function need_budget(given)
  if calendar.is_span(given) then
    return given
  end
  local budget, why = calendar.budget(type(given) == "table" and "{…}" or given)
  if not budget then
    error(why, 3)
  end
  return budget
end

local function calendar_for(cal)
  return {
    due = function(start, budget, opts)
      return calendar.text((cal:add(need_day(start), need_budget(budget), opts)))
    end,
    between = function(from, to)
      local works, plain = cal:between(need_day(from), need_day(to))
      return works, plain
    end,
    is_workday = function(day)
      return cal:is_workday(need_day(day))
    end,
    explain = function(start, budget, opts)
      return (cal:explain(need_day(start), need_budget(budget), opts))
    end,
  }
end

local function printer(host)
  return function(...)
    local parts = table.pack(...)
    for at = 1, parts.n do
      local part = parts[at]
      local kind = type(part)
      parts[at] = (kind == "table" or kind == "function") and kind or tostring(part)
    end
    local text = table.concat(parts, "\t", 1, parts.n)
    host.out({ out = text:sub(1, LINE) })
  end
end

--- What a job or chunk may reach, over the host's call.
---@param host { call: function, out: function }
---@param ctx table calendars
---@param request table
---@param acts table filled with what is to be applied at the end
---@return table
function run.context(host, ctx, request, acts)
  local call, collect = caller(host), collector(acts)
  return {
    store = store_for(call),
    case = case_for(call, collect),
    calendar = calendar_for(ctx.calendars[ctx.calendar] or calendar.new({ years = {} })),
    notify = {
      send = function(to, template, data)
        collect("notify", { to = to, template = template, data = data or {} })
      end,
    },
    document = {
      make = function(name, data)
        collect("document", { name = name, data = data or {} })
      end,
    },
    log = function(text)
      call("log", { tostring(text) })
    end,
    print = printer(host),
    args = view.copy(request.args or {}),
    at = request.at,
    today = request.today,
    day = request.planned and calendar.text(instants.day(request.planned)) or request.today,
  }
end

local function first_finding(findings, name)
  local one = findings and findings[1] or {}
  return { done = false, fault = string.format("%s:%d:%d: %s", one.file or name, one.line or 1,
    one.column or 1, one.text or "") }
end

local function job_of(request, host, inside)
  local def, findings = load.script({ source = request.source, name = request.name,
    settings = request.settings, modules = request.modules, load = host.load,
    extra = { print = inside.print } })
  if not def then
    return nil, findings
  elseif type(def.run) ~= "function" then
    return nil, { { file = request.name, line = def.line, text =
      words.say("这个脚本不是定时任务，没有 run", "this script is no job: it has no run") } }
  end
  return function()
    return def.run(inside)
  end
end

local function chunk_of(request, host, inside)
  local names = { ctx = inside }
  for _, name in ipairs({ "store", "case", "calendar", "notify", "document", "log", "print",
    "args" }) do
    names[name] = inside[name]
  end
  local chunk, findings = load.chunk({ source = request.source, name = request.name,
    modules = request.modules, load = host.load, extra = names })
  if not chunk then
    return nil, findings
  end
  return function()
    return chunk(table.unpack(inside.args))
  end
end

local function sentence(name, why)
  return (type(why) == "string" and "" or name .. ": ") .. words.raised(why)
end

local function returned(value)
  local kind = type(value)
  if value == nil or kind == "table" or kind == "function" then
    return nil
  end
  return tostring(value)
end

--- Run a job or a chunk to its end.
---@param request table
---@param host { call: function, out: function, load: function? }
---@param ctx table calendars
---@param day integer today
---@return table reply { done, returned, acts } or { done=false, fault }
function run.answer(request, host, ctx, day)
  local acts = {}
  request.today = calendar.text(day)
  local inside = run.context(host, ctx, request, acts)
  local make = request.kind == "job" and job_of or chunk_of
  local act, findings = make(request, host, inside)
  if not act then
    return first_finding(findings, request.name)
  end
  local ok, value = xpcall(act, blame.placed(request.name))
  if not ok then
    return { done = false, fault = sentence(request.name, value) }
  end
  return { done = true, returned = returned(value), acts = acts }
end

return run
