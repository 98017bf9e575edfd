-- The script of a channel at work: it is loaded, asked for requests and for verdicts, or tried on
-- a message nobody gets. Each item is answered on its own: what a script does wrong with one
-- message says nothing about the next.

local blame = require("engine.blame")
local load = require("language.load")
local nodes = require("language.nodes")
local preview = require("engine.preview")
local view = require("engine.view")
local wishes = require("engine.wishes")
local words = require("words")

local gateway = {}

-- What an answer may be that nobody documented; none of them is a yes.
local STRANGE = {
  { status = 200, body = "" }, { status = 200, body = "{}" }, { status = 200, body = "[]" },
  { status = 502, body = "<html>502 Bad Gateway</html>" },
}

local function conf_of(given)
  return { name = given.name, url = given.url, options = given.options or {} }
end

-- For a script that no channel uses yet: whatever it asks for is there, as ‹name›.
local function made_up()
  return { name = "channel", url = "https://gateway.example/", options = setmetatable({}, {
    __index = function(_, key)
      return "‹" .. words.short(key) .. "›"
    end }) }
end

--- Load the script of a channel.
---@param request table source, name, conf = { name, url, options, secrets }
---@param host { load: function?, json: function? }
---@return table? channel
---@return table[] findings
function gateway.load(request, host)
  local names = request.conf and request.conf.secrets
  local seen = {}
  local def, findings = load.channel({ source = request.source, name = request.name,
    load = host.load, extra = nodes.constructors(names, seen) })
  if not def then
    return nil, findings
  end
  return { def = def, name = request.name, conf = request.conf and conf_of(request.conf),
    json = host.json }, findings
end

local function call(channel, what, ...)
  local def = channel.def
  local ok, given = xpcall(def[what], blame.placed(channel.name), ...)
  if not ok then
    return nil, blame.sentence(channel.name, given, def.lines[what])
  end
  local read = what == "request" and wishes.request or wishes.verdict
  local value, why = read(given)
  if not value then
    return nil, blame.sentence(channel.name, why, def.lines[what])
  end
  return value
end

local function reply_of(channel, item)
  local body = item.body or ""
  local out = { status = item.status or 0, body = body }
  if body ~= "" and channel.json then
    local ok, value = pcall(channel.json, body)
    out.json = ok and type(value) == "table" and value or nil
  end
  return out
end

local asks = {}

function asks.request(channel, item)
  local conf = channel.conf and view.copy(channel.conf) or made_up()
  local tree, fault = call(channel, "request", item, conf)
  return { tree = tree, fault = fault }
end

function asks.answer(channel, item)
  local verdict, fault = call(channel, "answer", reply_of(channel, item))
  return { verdict = verdict, fault = fault }
end

--- Answer a batch.
---@param channel table
---@param request { question: "request"|"answer", items: table[] }
---@param each fun()? called before each item
---@return table reply { items }
function gateway.ask(channel, request, each)
  local ask, out = asks[request.question], {}
  for at, item in ipairs(request.items) do
    if each then
      each()
    end
    out[at] = ask(channel, item)
  end
  return { items = out }
end

-- ---- trying ----

local function trial_message()
  return { id = "trial", number = "430000-2026-YJ-0001",
    title = words.say("督办系统试发", "a trial message"),
    facts = { { words.say("期限", "due"), "2026-03-31" } },
    body = words.say("这是一条试发消息，无须处理。", "Nothing is to be done."),
    link = "https://duban.example.gov.cn/case/1", severity = "normal",
    to = { name = "张三", address = "13800000000" }, mention = "", type = "channel_test",
    at = 1767225600000, again = false }
end

local function finding(channel, sentence, level)
  local name = channel.name
  local line, text = sentence:sub(#name + 1):match("^:(%d+): (.*)")
  return { file = name, line = tonumber(line) or channel.def.line or 1, column = 1,
    level = level or "error", text = text or sentence:sub(#name + 3) }
end

local function try_answers(channel, findings)
  for _, reply in ipairs(STRANGE) do
    local given = asks.answer(channel, reply)
    local about = words.sayf("（应答 %d %s 时）", " (when the answer is %d %s)", reply.status,
      words.quote(reply.body))
    if given.fault then
      findings[#findings + 1] = finding(channel, given.fault .. about)
      return
    elseif given.verdict.outcome == "accepted" then
      findings[#findings + 1] = finding(channel, ("%s:%d: "):format(channel.name,
        channel.def.lines.answer) .. words.say("没有读到对方的结论也算送达",
          "it counts as accepted although no verdict was read") .. about, "warning")
      return
    end
  end
end

--- Try a script on a message nobody gets.
---@param request table as for gateway.load
---@param host table
---@return table reply { findings, examples, about, tree?, preview?, secrets? }
function gateway.check(request, host)
  local channel, findings = gateway.load(request, host)
  if not channel then
    return { findings = findings, examples = {}, about = false }
  end
  local out = { findings = findings, examples = {},
    about = { kind = "channel", title = channel.def.title } }
  local given = asks.request(channel, trial_message())
  if given.fault then
    findings[#findings + 1] = finding(channel, given.fault)
  else
    out.tree, out.preview = given.tree, preview.text(given.tree)
    out.secrets = wishes.secrets(given.tree)
  end
  try_answers(channel, findings)
  return out
end

return gateway
