-- Attacks and ordinary scripts in real workers: every attack ends within its limits the way its
-- first line tells, the machine goes on, and every ordinary script passes.
local file = require("raw.file")
local text = require("raw.text")
local trial = require("raw.trial")

local WALL_MS = 3000
-- Room for a busy machine: the memory of an attack must run out before its time does.
local PATIENT = { cpu_ms = 2500, memory = 32 << 20, output = 1 << 20 }
local LIMITS = { cpu_ms = 100, memory = 32 << 20, output = 1 << 20 }

-- The smallest service: an office's globals, one script a request.
local SERVICE = [[
local script = require("raw.script")
local worker = require("raw.worker")

local NAMES = { "assert", "error", "getmetatable", "ipairs", "next", "pairs", "pcall", "rawequal",
  "rawget", "rawlen", "rawset", "select", "setmetatable", "tonumber", "tostring", "type", "xpcall" }
local LIBRARIES = { "coroutine", "math", "string", "table", "utf8" }

local service = {}

local function globals()
  local env = {}
  for _, name in ipairs(NAMES) do
    env[name] = _G[name]
  end
  for _, name in ipairs(LIBRARIES) do
    env[name] = {}
    for key, value in pairs(_G[name]) do
      env[name][key] = value
    end
  end
  env.setmetatable = function(of, meta)
    assert(not (meta and rawget(meta, "__mode")), "no __mode")
    return setmetatable(of, meta)
  end
  env.print = function(...)
    local words = table.pack(...)
    for i = 1, words.n do
      words[i] = tostring(words[i])
    end
    worker.out({ out = table.concat(words, "\t") })
  end
  env.ctx = { store = { rows = function(sql, values)
    return worker.call({ call = "store.rows", args = { sql, values } })
  end } }
  return env
end

function service.answer(request)
  if request.op == "batch" then
    for _ = 1, request.items do
      worker.item()
      local started = 0
      for i = 1, request.work do started = started + i end
    end
    return { ok = true }
  elseif request.op == "ask" then
    return worker.call({ call = request.what })
  end
  local run, why = script.load(request.text, request.name, globals())
  if not run then
    return { ok = false, why = why }
  end
  local ok, value = pcall(run)
  if not ok then
    return { ok = false, why = type(value) == "string" and value:sub(1, 500) or type(value) }
  end
  return { ok = true, value = value }
end

return service
]]

local function folder_with_service()
  local folder = os.tmpname()
  os.remove(folder)
  assert(os.execute("mkdir -p " .. folder .. "/scripts/engine"))
  assert(file.write(folder .. "/scripts/engine/service.lua", SERVICE))
  return folder
end

local folder, house

-- Sends one request to a fresh worker; gives the final reply or nil, how the worker ended, and what
-- it printed.
local function ask(request, limits)
  local hand = assert(house:fork(limits or LIMITS))
  local printed = {}
  local got, why
  assert(hand:send(request))
  repeat
    got, why = hand:receive(WALL_MS)
    if got and got[1].out then
      printed[#printed + 1] = got[1].out
    end
  until not got or not got[1].out
  return got and got[1], hand:finish(), printed, why
end

local function run(source, name, limits)
  return ask({ op = "script", text = source, name = name or "test.lua" }, limits)
end

local function alive()
  local reply = run("return 6 * 7")
  return reply and reply.ok and reply.value == 42
end

local function judged(expected, reply, how)
  if expected == "contained" then
    return reply ~= nil and reply.ok and reply.value == "contained"
  elseif expected == "refused" then
    return (reply ~= nil and not reply.ok) or (how.fate == "fault" and how.kind == "error")
  end
  local kind = expected:match("^stopped (%a+)$")
  if kind == "any" then
    return how.fate == "fault" or (reply ~= nil and not reply.ok)
  end
  return reply == nil and how.fate == "fault" and how.kind == kind
end

setup(function()
  folder = folder_with_service()
  house = assert(trial.start(folder))
end)

teardown(function()
  house:stop()
  os.execute("rm -r " .. folder)
end)

describe("an attack", function()
  for _, name in ipairs(file.list("spec/corpus/attacks", ".lua", false)) do
    it(name .. " ends as its first line tells", function()
      local source = file.read("spec/corpus/attacks/" .. name)
      local expected = source:match("^%-%- expect: ([^\n]+)")
      local reply, how = run(source, name, expected == "stopped memory" and PATIENT or LIMITS)
      local got = reply and (reply.ok and "ok" or "refused") or "no reply"
      local said = reply and (reply.why or tostring(reply.value)) or how.text
      assert.is_true(judged(expected, reply, how), ("expected %s, got %s %s %s: %s"):format(
        expected, got, how.fate, how.kind, said))
      assert.is_true(#how.text <= 1024 and not how.text:find("%c"))
      assert.is_true(alive())
    end)
  end
end)

describe("an attack in the library's own environment", function()
  local real

  setup(function()
    real = assert(trial.start("."))
  end)
  teardown(function()
    real:stop()
  end)

  for _, name in ipairs(file.list("spec/corpus/attacks", ".lua", false)) do
    it(name .. " ends within its limits", function()
      local hand = assert(real:fork(LIMITS))
      local got
      assert(hand:send({ op = "run", kind = "chunk", name = name, args = {}, lang = "zh", at = 0,
        source = file.read("spec/corpus/attacks/" .. name) }))
      repeat
        got = hand:receive(WALL_MS)
      until not got or got[1].done ~= nil or got[1].ok ~= nil
      local how = hand:finish()
      assert.is_true(got ~= nil or how.fate == "fault", how.fate)
    end)
  end
end)

describe("an ordinary script", function()
  for _, name in ipairs(file.list("spec/corpus/benign", ".lua", false)) do
    it(name .. " passes", function()
      local reply, how = run(file.read("spec/corpus/benign/" .. name), name, PATIENT)
      assert.is_true(reply ~= nil and reply.ok, reply and reply.why or how.text)
    end)
  end
end)

describe("a fault", function()
  local function at(source, line, kind)
    local reply, how = run(source, "late.lua", kind == "memory" and PATIENT or LIMITS)
    assert.is_nil(reply)
    assert.same({ "fault", kind, "late.lua", line }, { how.fate, how.kind, how.file, how.line })
  end

  it("names the line of an endless loop", function()
    at("local x = 1\n\nwhile true do\n  x = x + 1\nend", 3 + 1, "time")
  end)
  it("names the line inside a coroutine", function()
    at("coroutine.wrap(function()\n  while true do end\nend)()", 2, "time")
  end)
  it("names the line of a call that loops in C", function()
    at("local s = ('a'):rep(200)\nlocal n = 1\nreturn s:find(('a*'):rep(40) .. 'b')", 3, "time")
  end)
  it("still comes after a call that was refused and caught", function()
    at("pcall(ctx.store.rows, 'SELECT 1', { function() end })\nwhile true do end", 2, "time")
    at("pcall(print, setmetatable({}, { __tostring = 1 }))\nwhile true do end", 2, "time")
  end)
  it("names the line where memory ran out", function()
    at("local t = {}\nfor i = 1, 1e9 do\n  t[i] = ('x'):rep(1000) .. i\nend", 3, "memory")
  end)
  it("is told in the language of the house, with the limit in it", function()
    local _, how = run("while true do end")
    assert.is_truthy(how.text:find(text.is_zh() and "100 毫秒" or "100 ms", 1, true))
  end)
end)

describe("a worker", function()
  it("serves many requests", function()
    local hand = assert(house:fork(LIMITS))
    for i = 1, 200 do
      assert(hand:send({ op = "script", text = "return " .. i, name = "n.lua" }))
      assert.equal(i, hand:receive(WALL_MS)[1].value)
    end
    assert.equal("served", hand:finish().fate)
  end)
  it("gives each item of a batch its own time", function()
    local reply, how = ask({ op = "batch", items = 40, work = 1000000 })
    assert.is_true(reply ~= nil and reply.ok, how.text)
  end)
  it("asks the keeper and waits for the answer", function()
    local hand = assert(house:fork(LIMITS))
    assert(hand:send({ op = "ask", what = "store.rows" }))
    assert.same({ call = "store.rows" }, hand:receive(WALL_MS)[1])
    assert(hand:send({ ok = true, value = { 1, "二" } }))
    assert.same({ ok = true, value = { 1, "二" } }, hand:receive(WALL_MS)[1])
    hand:finish()
  end)
  it("starts the next one clean", function()
    run("string.rep = nil; ('').x = 1; getmetatable('').__index = nil; kept = true")
    assert.is_nil(run("return kept").value)
    assert.equal("xx", run("return ('x'):rep(2)").value)
  end)
  it("gives the same text of a table on every run", function()
    local source = "local s = {} for k, v in pairs({ b = 1, a = 2, [3] = 4, ['丙'] = 5 }) do "
      .. "s[#s + 1] = k .. v end return table.concat(s, ' ') .. tostring({})"
    assert.equal("34 a2 b1 丙5table", run(source).value)
  end)
end)
