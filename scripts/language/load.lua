-- From a script's text to its definition, or to everything that is wrong with
-- it. The text is outlined, run once in a closed environment where words only
-- build markers, and read by the schema; nothing here acts.

local base = require("language.base")
local check = require("language.check")
local compile = require("language.compile")
local faults = require("language.faults")
local index = require("language.index")
local kinds = require("language.kinds")
local markers = require("language.markers")
local outline = require("language.outline")
local reader = require("language.reader")
local schema = require("language.schema")
local settings = require("language.settings")
local words = require("words")

local load = {}

---@class LoadOptions
---@field source string
---@field name string
---@field settings table? values as the office sets them
---@field modules table<string, string>? sources by name
---@field env table? base environment
---@field load function? (text, chunkname, env)
---@field extra table? further names, for chunks
---@field others table? ABOUT of other procedures by id
---@field roles table? known role names
---@field templates table? known template names
---@field is_alone boolean? it requires nothing

local compile_text = _G.load

local function plain_load(text, name, env)
  return compile_text(text, "@" .. name, "t", env)
end

local function finding(file, place, text, author)
  return { file = file, line = place.line or 1, column = place.column or 1, level = "error",
    text = text, words = author }
end

local function message_place(message)
  local line, text = faults.split(message)
  return { line = line, column = 1 }, faults.say(text)
end

local function outlined(source, file, findings, known)
  local found = outline.parse(source)
  for _, issue in ipairs(found.issues) do
    findings[#findings + 1] = finding(file, issue, issue.text, issue.words)
  end
  if found.failure and #found.issues == 0 then
    findings[#findings + 1] = finding(file, found.failure,
      words.sayf("写法有误：%s", "syntax: %s", found.failure.text), found.failure.words)
  end
  check.names(found, file, findings, known)
  return found
end

-- Runs one text; whatever it raises is one finding.
local function run(session, source, file)
  local found = outlined(source, file, session.findings, session.known)
  if found.failure or found.broken then
    return nil, found
  end
  local chunk, message = session.load(found.source, file, session.env)
  if not chunk then
    local place, text = message_place(message)
    table.insert(session.findings, finding(file, place,
      words.sayf("写法有误：%s", "syntax: %s", text)))
    return nil, found
  end
  local ok, value = pcall(chunk)
  if not ok then
    local place, text = message_place(value)
    table.insert(session.findings, finding(file, place, words.sayf("装载时出错：%s",
      "loading failed: %s", text)))
    return nil, found
  end
  return value, found, true
end

local function module_value(name, value, _, ok)
  if not ok then
    return markers.unknown(name)
  end
  return value == nil and true or value
end

local function require_from(session, options)
  local loaded, loading, modules = {}, {}, options.modules or {}
  return function(name)
    name = tostring(name)
    local source = modules[name]
    if not source then
      error(words.sayf("没有叫“%s”的模块%s", "there is no module \"%s\"%s", name,
        words.hint(name, modules)), 2)
    elseif loading[name] then
      error(words.sayf("模块“%s”绕回来引用了自己", "the module \"%s\" requires itself", name), 2)
    end
    if loaded[name] == nil then
      loading[name] = true
      loaded[name] = module_value(name, run(session, source, name .. ".lua"))
      loading[name] = nil
    end
    return loaded[name]
  end
end

local function names_for(session, options, constructors)
  local names = {}
  for _, group in ipairs({ options.env or base.build(), constructors or {},
    options.extra or {} }) do
    for name, value in pairs(group) do
      names[name] = value
    end
  end
  if not options.is_alone then
    names.require = require_from(session, options)
  end
  return names
end

local function new_session(options, constructors)
  local session = { findings = {}, load = options.load or plain_load }
  local names = names_for(session, options, constructors)
  session.known = names
  session.env = base.environment(names, constructors and markers.unknown,
    constructors and function() end)
  return session
end

local function root_marker(session, value, found, file, rows)
  local word = markers.word(value)
  if word and rows[word] and rows[word].root then
    return word
  elseif #session.findings == 0 then
    table.insert(session.findings, finding(file, found and found.returned or {},
      rows == schema.words and words.say("脚本要 return 一个 workflow 或 job",
        "the script must return a workflow or a job")
      or words.say("渠道脚本要 return channel \"名称\" { request = …, answer = … }",
        "the script must return channel \"title\" { request = …, answer = … }")))
  end
  return nil
end

local function read(session, options, value, found, word)
  local r = reader.new({ file = options.name, kinds = kinds.all(),
    index = index.build(type(value.body) == "table" and value.body or {}), others = options.others,
    roles = options.roles, templates = options.templates })
  r.unsure = #session.findings > 0
  local def = compile[word](r, value, found.returned)
  if word == "workflow" then
    check.meaning(r, def)
    settings.apply(r, def, options.settings)
  end
  for _, one in ipairs(r.findings) do
    table.insert(session.findings, one)
  end
  return def
end

local function has_errors(findings)
  for _, one in ipairs(findings) do
    if one.level == "error" then
      return true
    end
  end
  return false
end

--- Load a workflow or a job.
---@param options LoadOptions
---@return table? def nil when a finding is an error
---@return table[] findings
function load.script(options)
  options.name = options.name or "script.lua"
  local session = new_session(options, markers.constructors())
  local value, found, ok = run(session, options.source, options.name)
  local word = ok and root_marker(session, value, found, options.name, schema.words)
  local def = word and read(session, options, value, found, word) or nil
  local findings = check.sorted(session.findings)
  if has_errors(findings) then
    return nil, findings
  end
  return def, findings
end

--- Load the script of a channel; `extra` holds the words its functions build a request of.
---@param options LoadOptions
---@return table? def nil when a finding is an error
---@return table[] findings
function load.channel(options)
  options.is_alone = true
  local root = { channel = schema.channel_words.channel }
  local session = new_session(options, markers.constructors(root))
  local value, found, ok = run(session, options.source, options.name)
  local def
  if ok and root_marker(session, value, found, options.name, root) then
    local r = reader.new({ file = options.name, kinds = kinds.all(), index = {} })
    def = compile.channel(r, value, found.returned)
    table.move(r.findings, 1, #r.findings, #session.findings + 1, session.findings)
  end
  local findings = check.sorted(session.findings)
  return not has_errors(findings) and def or nil, findings
end

--- Load a chunk on the same base, without the constructors; `extra` holds what it may call.
---@param options LoadOptions
---@return function? chunk
---@return table[] findings
function load.chunk(options)
  local session = new_session(options, nil)
  local found = outline.parse(options.source)
  if found.failure or #found.issues > 0 then
    outlined(options.source, options.name, session.findings, session.known)
    return nil, check.sorted(session.findings)
  end
  local chunk, message = session.load(options.source, options.name, session.env)
  if not chunk then
    local place, text = message_place(message)
    return nil, { finding(options.name, place, text) }
  end
  return chunk, {}
end

return load
