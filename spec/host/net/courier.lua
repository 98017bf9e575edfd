-- The real courier over its pipe, and the fake platforms it talks to.
local json = require("raw.json")
local process = require("raw.process")
local site = require("spec.support.site")
local support = require("spec.host.net.support")

local courier = {}

local BINARY = (os.getenv("DUBAN_BINARY") or "build/test/duban") .. "-courier"
local FAKES = "build/test/fakes"

local Courier = {}
Courier.__index = Courier

local Fakes = {}
Fakes.__index = Fakes

-- ---- files ----

--- A file with a mode, in a fresh folder.
---@return string path
function courier.file(name, content, mode)
  local path = site.write(site.folder() .. "/" .. name, content)
  assert(process.run({ "chmod", mode or "600", path, env = { "PATH=/usr/bin:/bin" } }))
  return path
end

--- A secret's reference.
function courier.secret(content)
  return "file:" .. courier.file("secret", content)
end

-- ---- the fakes ----

--- Starts them; words are a certificate and its key, or "receive".
function courier.fakes(...)
  local child = assert(process.start({ FAKES, pipe = true, env = { "PATH=/usr/bin:/bin" }, ... }))
  local out
  repeat
    out = process.output(child)
  until out:find("\n")
  return setmetatable({ child = child, ports = json.decode(out) }, Fakes)
end

function Fakes:ask(request)
  assert(process.send(self.child, request))
  return assert(process.receive(self.child, 5000))
end

--- What arrived, by platform and key.
function Fakes:tally()
  return self:ask({ op = "tally" })
end

--- The last request that came.
function Fakes:last()
  local all = self:ask({ op = "requests" })
  return all[#all]
end

function Fakes:reset()
  self:ask({ op = "reset" })
end

--- The next `times` requests to this platform go wrong.
function Fakes:fault(platform, mode, more)
  local request = { op = "fault", platform = platform, mode = mode }
  for key, value in pairs(more or {}) do
    request[key] = value
  end
  self:ask(request)
end

function Fakes:url(path, scheme)
  scheme = scheme or "http"
  return ("%s://127.0.0.1:%d%s"):format(scheme, self.ports[scheme], path or "")
end

function Fakes:close()
  process.close(self.child)
end

-- ---- the courier ----

--- Starts one; env is a list of "NAME=value".
function courier.start(env)
  local words = { BINARY, pipe = true, env = { "PATH=/usr/bin:/bin", "DUBAN_LANG=en" } }
  for _, word in ipairs(env or {}) do
    words.env[#words.env + 1] = word
  end
  local self = setmetatable({ child = assert(process.start(words)), sent = 0, frames = {} }, Courier)
  assert(assert(process.receive(self.child, 5000)).op == "ready")
  return self
end

--- Hands a job over; gives its id.
function Courier:put(kind, conf, more)
  self.sent = self.sent + 1
  conf.kind = kind
  local job = { op = "send", id = self.sent, kind = kind, channel = kind, conf = conf, key = "key-" .. self.sent,
    attempt = 1, again = false, deadline_ms = 0, message = support.message() }
  for key, value in pairs(more or {}) do
    job[key] = value
  end
  assert(process.send(self.child, job))
  return job.id
end

--- The next outcome.
function Courier:take(ms)
  local frame, why, kind = process.receive(self.child, ms or 20000)
  if frame then
    self.frames[#self.frames + 1] = json.encode(frame)
  end
  return frame, why, kind
end

--- Hands one job over and waits for its outcome.
function Courier:send(kind, conf, more)
  local id = self:put(kind, conf, more)
  local frame = assert(self:take())
  assert(frame.id == id, "an outcome for another job")
  return frame
end

--- Everything it said: its frames and its standard error.
function Courier:said()
  local _, errors = process.output(self.child)
  return table.concat(self.frames, "\n") .. errors
end

function Courier:close()
  process.close(self.child)
end

return courier
