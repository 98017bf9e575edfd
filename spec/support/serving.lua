-- A `duban serve` for specs: its start and end, its processes, and frames as any client may send them.
local clock = require("raw.clock")
local codec = require("raw.codec")
local process = require("raw.process")
local socket = require("raw.socket")

local serving = {}

local BINARY = os.getenv("DUBAN_BINARY") or "build/test/duban"
local PATIENCE = 30000

--- Asks until the answer is true; what it waits for is named in the error.
---@param what string
---@param question fun(): any
---@return any answer
function serving.await(what, question)
  local deadline = clock.steady() + PATIENCE
  while true do
    local answer = question()
    if answer then
      return answer
    end
    assert(clock.steady() < deadline, "still waiting: " .. what)
    process.run({ "true", env = {} }) -- lets others have the machine for a moment
  end
end

local Serving = {}
Serving.__index = Serving

--- Starts serve on a site and waits until it answers.
---@param of table
---@param env? string[]
---@return table serving
function serving.start(of, env)
  local command = { BINARY, "-C", of.path, "serve", env = { "PATH=/usr/bin:/bin", "DUBAN_LANG=zh", "HOME=/tmp" } }
  for _, one in ipairs(env or {}) do
    command.env[#command.env + 1] = one
  end
  local self = setmetatable({ site = of, running = assert(process.start(command)) }, Serving)
  serving.await("serve answers", function()
    local ended = process.wait(self.running, 1)
    assert(not ended, ended and ended.err)
    local probe = self:connect()
    return probe and self:ask({ "cases" }, probe) and (socket.close(probe) or true)
  end)
  return self
end

--- A connection, or nil when nobody listens.
function Serving:connect()
  return (socket.connect(self.site.path .. "/duban.sock"))
end

--- The bytes of one frame.
function serving.frame(words, more)
  local errand = { argv = words, lang = "zh" }
  for name, value in pairs(more or {}) do
    errand[name] = value
  end
  return string.pack("<s4", codec.encode(errand))
end

--- The next answer on a connection; nil when the other end is gone.
---@return { code: integer, out: string, err: string }?
function serving.answer(connection, ms)
  local bytes = ""
  while #bytes < 4 or #bytes < 4 + string.unpack("<I4", bytes) do
    local more = socket.receive(connection, ms or PATIENCE)
    if not more or more == "" then
      return nil
    end
    bytes = bytes .. more
  end
  return (codec.decode(bytes:sub(5)))
end

--- One command over a connection (a fresh one unless it is given); its answer.
function Serving:ask(words, connection, more)
  local own = connection or assert(self:connect())
  socket.send(own, serving.frame(words, more))
  local answer = serving.answer(own)
  if not connection then
    socket.close(own)
  end
  return answer
end

--- The children of a process, in the order in which they were started; none once it is gone.
---@param pid integer
---@return integer[]
function serving.children(pid)
  local file = io.open(("/proc/%d/task/%d/children"):format(pid, pid))
  local found = {}
  for one in (file and file:read("a") or ""):gmatch("%d+") do
    found[#found + 1] = tonumber(one)
  end
  if file then
    file:close()
  end
  return found
end

--- The keeper, its zygote and the zygote's workers, as far as they run.
---@return { keeper: integer?, zygote: integer?, workers: integer[] }
function Serving:family()
  local keeper = serving.children(process.pid(self.running))[1]
  local nest, zygote = table.unpack(keeper and serving.children(keeper) or {})
  return { keeper = keeper, nest = nest, courier = nest and serving.children(nest)[1], zygote = zygote,
    workers = zygote and serving.children(zygote) or {} }
end

function serving.kill(pid, signal)
  return process.run({ "sh", "-c", ("kill -%d %d"):format(signal or 9, pid), env = { "PATH=/usr/bin:/bin" } }).code == 0
end

--- Tells it to stop and waits for the end.
---@return { code: integer, signal: integer, out: string, err: string }
function Serving:stop()
  if self.running then
    process.kill(self.running, 15)
    self.ended = assert(process.wait(self.running, PATIENCE))
    process.close(self.running)
    self.running = nil
  end
  return self.ended
end

return serving
