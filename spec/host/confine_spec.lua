-- The lock of a worker, tried from inside by code that is not Lua, and how the keeper is told that
-- a worker ended.
local file = require("raw.file")
local process = require("raw.process")
local trial = require("raw.trial")

local SERVICE = [[
local has_probe, probe = pcall(require, "raw.probe")
return { answer = function(request)
  if request.op == "names" then
    return has_probe and probe.names() or {}
  elseif request.op == "try" then
    return probe.try(request.name)
  elseif request.op == "hang" then
    while true do end
  end
  return request.op
end }
]]

local LIMITS = { cpu_ms = 60000, memory = 32 << 20, output = 1 << 20 }
local folder, house

setup(function()
  folder = os.tmpname()
  os.remove(folder)
  assert(os.execute("mkdir -p " .. folder .. "/scripts/engine"))
  assert(file.write(folder .. "/scripts/engine/service.lua", SERVICE))
  house = assert(trial.start(folder))
end)

teardown(function()
  house:stop()
  os.execute("rm -r " .. folder)
end)

local function ask(request, wall_ms)
  local hand = assert(house:fork(LIMITS))
  assert(hand:send(request))
  local got, why, kind = hand:receive(wall_ms)
  return got and got[1], hand:finish(), why, kind
end

describe("the lock", function()
  it("kills the worker at every forbidden system call", function()
    local names = ask({ op = "names" })
    if #names == 0 then
      pending("only the test build carries the probe")
      return
    end
    assert.is_true(#names >= 40)
    for _, name in ipairs(names) do
      local reply, how = ask({ op = "try", name = name })
      assert.is_nil(reply, name)
      assert.same({ name, "fault", "blocked" }, { name, how.fate, how.kind })
    end
  end)

  it("leaves no descriptor but the pipe, and no environment", function()
    local hand = assert(house:fork(LIMITS))
    assert(hand:send({ op = "here" }))
    assert(hand:receive())
    local listed = process.run({ "ls", "/proc/" .. hand:pid() .. "/fd" })
    assert.equal("3\n", listed.out)
    local status = process.run({ "cat", "/proc/" .. hand:pid() .. "/status" }).out
    local limits = process.run({ "cat", "/proc/" .. hand:pid() .. "/limits" }).out
    local environ = process.run({ "cat", "/proc/" .. hand:pid() .. "/environ" }).out
    assert.equal("1", status:match("NoNewPrivs:%s*(%d)"))
    assert.is_truthy(limits:match("Max core file size%s+0%s+0"))
    assert.is_truthy(limits:match("Max processes%s+0%s+0"))
    assert.is_truthy(limits:match("Max file size%s+0%s+0"))
    assert.is_string(environ)
    hand:finish()
  end)
end)

describe("the end of a worker", function()
  it("is nobody's fault when it had served", function()
    local reply, how = ask({ op = "hello" })
    assert.same({ "hello", "served", 0 }, { reply, how.fate, how.line })
  end)

  it("is the script's fault at the keeper's deadline", function()
    local reply, how, _, kind = ask({ op = "hang" }, 200)
    assert.is_nil(reply)
    assert.same({ "timeout", "fault", "time" }, { kind, how.fate, how.kind })
  end)

  it("is nobody's fault when somebody outside killed it", function()
    local hand = assert(house:fork(LIMITS))
    assert(hand:send({ op = "hang" }))
    process.run({ "sh", "-c", "kill -9 " .. hand:pid() })
    local got, _, kind = hand:receive()
    assert.same({ nil, "missing" }, { got, kind })
    local how = hand:finish()
    assert.same({ "outside", 9 }, { how.fate, how.signal })
  end)

  it("is the script's fault when it crashed", function()
    local hand = assert(house:fork(LIMITS))
    assert(hand:send({ op = "hang" }))
    process.run({ "sh", "-c", "kill -ABRT " .. hand:pid() })
    hand:receive()
    local how = hand:finish()
    assert.same({ "fault", "crash", 6 }, { how.fate, how.kind, how.signal })
  end)

  it("comes when its keeper ends", function()
    local text = ([[
      local trial = require("raw.trial")
      local house = assert(trial.start(%q))
      local hand = assert(house:fork({ cpu_ms = 60000 }))
      hand:send({ op = "hang" })
      io.write(hand:pid())
      io.flush()
      os.exit(0, false)
    ]]):format(folder)
    local path = folder .. "/keeper.lua"
    assert(file.write(path, text))
    local binary = arg[-1]
    if not binary then
      pending("the interpreter does not tell its own path")
      return
    end
    local ended = process.run({ binary, "lua", path })
    assert.equal(0, ended.code)
    local gone
    for _ = 1, 200 do
      local stat = process.run({ "cat", "/proc/" .. ended.out .. "/stat" }).out
      gone = not stat:match("%) [^Z]") -- a zombie only waits for the system to bury it
      if gone then
        break
      end
    end
    assert.is_true(gone)
  end)
end)

describe("starting", function()
  it("tells why the library cannot be loaded", function()
    local empty = os.tmpname()
    os.remove(empty)
    local got, why = trial.start(empty)
    assert.is_nil(got)
    assert.is_string(why)
  end)
  it("names the line of a broken module", function()
    local broken = os.tmpname()
    os.remove(broken)
    os.execute("mkdir -p " .. broken .. "/scripts/engine")
    file.write(broken .. "/scripts/engine/service.lua", "local x = \n\n= 1")
    local _, why = trial.start(broken)
    os.execute("rm -r " .. broken)
    assert.is_truthy(why:find("service.lua:3", 1, true))
  end)
end)
