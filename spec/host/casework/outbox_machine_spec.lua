-- The queue under everything that may happen to it, against a model that is told only what happened: outcomes of every
-- kind, keepers and couriers that die at any point, other boots, clocks that run on, people who send again. What the
-- platforms really got is kept beside both.
local outbox = require("raw.outbox")
local queue = require("spec.support.queue")
local tables = require("spec.support.tables")
local trial = require("spec.crash.trial")

local SEED = tonumber(os.getenv("DUBAN_SEED") or os.time())
local HISTORIES = tonumber(os.getenv("DUBAN_HISTORIES") or "6")
local STEPS = 220
local LEASE, DAY = 75000, 86400000
local CHANNELS = { keyed = { has_key = true }, plain = {}, held = { holds = true } }
local NAMES = { "keyed", "plain", "held" }
local OUTCOMES = { "accepted", "accepted", "throttled", "transient", "transient", "auth_refresh", "bad_content",
  "bad_channel", "unknown", "unknown" }

local World = {}
World.__index = World

local function new_world(seed)
  return setmetatable({ queue = queue.make(), dice = trial.dice(seed), messages = {}, flying = {}, lost = {},
    boot = 1000, site = 1000000, log = {} }, World)
end

function World:note(...)
  self.log[#self.log + 1] = table.concat({ ... }, " ")
end

function World:one_of(list)
  return list[self.dice(#list)]
end

-- ---- the model: a message and what is known of it -------------------------------------------------------------------

function World:add()
  local name = self:one_of(NAMES)
  local expires = self.dice(3) == 1 and self.site + self.dice(40) * 3600000 or nil
  local id = self.queue:add({ channel = name, priority = self.dice(4) - 1, expires_at = expires })
  self.messages[id] = { id = id, channel = name, status = "waiting", attempts = 0, total = 0, unknowns = 0,
    retry_at = 0, expires = expires or math.maxinteger, arrived = 0, chain_unknowns = 0 }
  self:note("add", id, name, expires or "")
end

-- What an outcome must lead to, by the words of the design and not by the code.
function World:expect(message, outcome, next)
  local way = CHANNELS[message.channel]
  local left = message.expires - self.site
  local counted = message.attempts + (next.counts and 1 or 0)
  if message.has_accepted then
    return "sent"
  elseif outcome == "accepted" then
    return "sent"
  elseif outcome == "bad_content" then
    return "dead"
  elseif outcome == "unknown" and not way.has_key and (way.holds or message.unknowns > 0 or counted >= 9) then
    return "unknown"
  elseif outcome == "unknown" and counted >= 9 then
    return "unknown"
  elseif counted >= 9 then
    return "dead"
  elseif next.fate == "later" then
    assert(next.delay < left, "an attempt would begin after its time")
    return "waiting"
  end
  assert(left < 60000, "given up with time left")
  return (outcome == "unknown" or message.unknowns > 0) and "unknown" or "dead"
end

function World:learn(message, attempt, outcome, next)
  local expected = self:expect(message, outcome, next)
  message.attempts = message.attempts + (next.counts and 1 or 0)
  message.unknowns = message.unknowns + (outcome == "unknown" and 1 or 0)
  message.was_doubtful = message.was_doubtful or outcome == "unknown" -- also when a late verdict clears it up
  message.status = expected
  message.retry_at = expected == "waiting" and next.delay > 0 and self.boot + next.delay or 0
  message.has_accepted = message.has_accepted or outcome == "accepted"
  message.under_way = nil
  self:note("  learn", message.id, attempt, outcome, expected)
end

-- ---- what happens ---------------------------------------------------------------------------------------------------

function World:claim()
  local name = self:one_of(NAMES)
  local crash = self.dice(12) -- 1: before the commit, 2: after it, before anything was sent
  local most = self.dice(6)
  local claims = self.queue:commit(function(handle)
    local list = assert(outbox.claim(handle, { channel = name, boot = self.boot, site = self.site, wall = 1,
      lease_until = self.boot + LEASE, limit = most }))
    self.claims = list
    return crash ~= 1 and list
  end)
  self:note("claim", name, #self.claims, crash)
  for _, claim in ipairs(claims or {}) do
    local message = self.messages[claim.id]
    assert(message.channel == name and message.status == "waiting", "it was not waiting: " .. claim.id)
    assert(not message.has_accepted, "sent again after it was accepted: " .. claim.id)
    assert(message.retry_at <= self.boot, "before its time: " .. claim.id)
    assert(message.expires > self.site, "out of date: " .. claim.id)
    assert(claim.attempt > message.total, "an attempt's number came twice")
    assert(claim.again == (message.unknowns > 0), "a repeat is not marked")
    message.total, message.status = claim.attempt, "claimed"
    message.under_way = claim.attempt
    self.flying[#self.flying + 1] = { id = claim.id, attempt = claim.attempt, lease = self.boot + LEASE,
      is_sent = crash ~= 2 }
  end
  if claims and crash == 2 then
    self:die("keeper")
  end
end

-- An attempt that a platform takes in arrives there, whatever verdict comes back of it.
local function arrive(message)
  message.arrived = message.arrived + 1
  if message.arrived > 1 and not CHANNELS[message.channel].has_key and not message.was_replayed then
    assert(message.was_doubtful, "a platform without keys got it twice without a doubt: " .. message.id)
    assert(message.arrived <= 2, "a platform without keys got it three times: " .. message.id)
  end
end

function World:outcome()
  if #self.flying == 0 then
    return
  end
  local flight = table.remove(self.flying, self.dice(#self.flying))
  local message = self.messages[flight.id]
  local outcome = self:one_of(OUTCOMES)
  local crash = self.dice(15) == 1
  if outcome == "accepted" or (outcome == "unknown" and self.dice(2) == 1) then
    arrive(message)
  end
  local next = self.queue:commit(function(handle)
    local way = CHANNELS[message.channel]
    local result = assert(outbox.record(handle, { id = flight.id, attempt = flight.attempt, outcome = outcome,
      after = 1000, boot = self.boot, site = self.site, has_key = way.has_key, holds = way.holds }))
    return not crash and result
  end)
  self:note("outcome", flight.id, flight.attempt, outcome, crash and "crash" or "")
  if not next then
    return self:die("keeper") -- its commit never was: the verdict is lost
  end
  assert(not next.is_late)
  self:learn(message, flight.attempt, outcome, next)
end

-- Keeper or courier ends: what was under way has no one to tell of it; some of it was sent, and some of those verdicts
-- are read late by a keeper that goes on.
function World:die(who)
  self:note("die", who)
  for _, flight in ipairs(self.flying) do
    flight.did_arrive = flight.is_sent and self.dice(2) == 1
    if flight.did_arrive then
      arrive(self.messages[flight.id])
    end
    self.lost[#self.lost + 1] = flight
  end
  self.flying = {}
end

function World:lapse()
  for _, found in ipairs(outbox.lapsed(self.queue.handle, self.boot)) do
    local message = self.messages[found.id]
    local way = CHANNELS[message.channel]
    assert(message.status == "claimed" and message.under_way == found.attempt, "a lease of nobody ran out")
    for i, flight in ipairs(self.flying) do
      if flight.id == found.id then -- a courier that is merely slow
        flight.did_arrive = self.dice(2) == 1
        if flight.did_arrive then
          arrive(message)
        end
        self.lost[#self.lost + 1] = table.remove(self.flying, i)
        break
      end
    end
    local next = self.queue:record({ id = found.id, attempt = found.attempt, outcome = "unknown", micros = -1,
      boot = self.boot, site = self.site, has_key = way.has_key, holds = way.holds })
    self:note("lapse", found.id, found.attempt)
    self:learn(message, found.attempt, "unknown", next)
  end
end

-- A verdict that comes when its lease is long over.
function World:late()
  if #self.lost == 0 then
    return
  end
  local flight = table.remove(self.lost, self.dice(#self.lost))
  local message = self.messages[flight.id]
  if message.under_way == flight.attempt or not flight.did_arrive then
    return
  end
  local next = self.queue:record({ id = flight.id, attempt = flight.attempt, outcome = "accepted", boot = self.boot,
    site = self.site })
  self:note("late", flight.id, flight.attempt, tostring(next.is_late))
  if not next.is_late then
    message.has_accepted, message.unknowns = true, message.unknowns - 1
    if message.status ~= "claimed" then
      message.status, message.retry_at = "sent", 0
    end
  end
end

function World:expire()
  outbox.expire(self.queue.handle, self.site)
  for _, message in pairs(self.messages) do
    if message.status == "waiting" and message.expires <= self.site then
      message.status, message.retry_at = message.unknowns > 0 and "unknown" or "dead", 0
      self:note("expire", message.id, message.status)
    end
  end
end

function World:time()
  local ms = self:one_of({ 500, 30000, 80000, 400000, 3 * 3600000, DAY })
  self.boot, self.site = self.boot + ms, self.site + ms
  self:note("time", ms)
  self:expire()
end

function World:reboot()
  self:die("machine")
  self.boot = self.dice(5000)
  assert(outbox.forget_boot(self.queue.handle))
  for _, message in pairs(self.messages) do
    message.retry_at = 0
  end
  self:note("boot", self.boot)
end

function World:replay()
  for id, message in pairs(self.messages) do
    if (message.status == "dead" or message.status == "unknown") and self.dice(4) == 1 then
      assert(outbox.replay(self.queue.handle, id, self.site))
      tables.exec(self.queue.site, ("UPDATE outbox SET channel = '%s' WHERE outbox_id = %d")
        :format(message.channel, id))
      message.expires = message.expires > self.site and message.expires or math.maxinteger
      message.status, message.attempts, message.was_replayed = "waiting", 0, true
      self:note("replay", id)
      return
    end
  end
end

-- ---- what must hold -------------------------------------------------------------------------------------------------

function World:compare()
  for id, message in pairs(self.messages) do
    local row = self.queue:row(id)
    assert(row, "lost: " .. id)
    assert(row.status == message.status, ("%d is %s, not %s"):format(id, row.status, message.status))
    assert(row.attempts == message.attempts, ("%d counted %d, not %d"):format(id, row.attempts, message.attempts))
    assert(row.retry_at == message.retry_at, ("%d waits until %d, not %d"):format(id, row.retry_at, message.retry_at))
    assert((row.reason ~= "") or (row.status ~= "dead" and row.status ~= "unknown"), "no reason: " .. id)
    assert(row.status ~= "sent" or message.has_accepted, "sent and never accepted: " .. id)
    local tried = self.queue:attempts(id)
    assert(#tried == message.total, "attempts are missing: " .. id)
    for number, attempt in ipairs(tried) do
      assert(attempt.attempt == number)
      assert((attempt.outcome == "started") == (message.under_way == number), "an attempt without its end: " .. id)
    end
  end
end

local OPS = { "add", "add", "claim", "claim", "claim", "outcome", "outcome", "outcome", "outcome", "time", "lapse",
  "late", "replay" }

function World:step()
  local rare = self.dice(60)
  if rare == 1 then
    self:reboot()
  elseif rare <= 3 then
    self:die("courier")
  else
    self[self:one_of(OPS)](self)
  end
end

-- Everything works from now on: what can still be sent is sent.
function World:drain()
  OUTCOMES = { "accepted" }
  for _ = 1, 60 do
    self:die("keeper")
    self.boot, self.site = self.boot + 90000, self.site + 90000
    self:lapse()
    self:expire()
    for _ = 1, 12 do
      self:claim()
    end
    while #self.flying > 0 do
      self:outcome()
    end
    self.boot = self.boot + DAY
  end
  for id, message in pairs(self.messages) do
    local is_over = message.status == "sent" or message.status == "dead" or message.status == "unknown"
    assert(is_over, ("%d is still %s"):format(id, message.status))
  end
end

local function run(seed)
  local world = new_world(seed)
  local ordinary = OUTCOMES
  local ok, why = xpcall(function()
    for at = 1, STEPS do
      world:step()
      if at % 20 == 0 then
        world:compare()
      end
    end
    world:drain()
    world:compare()
  end, debug.traceback)
  OUTCOMES = ordinary
  world.queue:close()
  if not ok then
    local last = table.concat(world.log, "\n", math.max(1, #world.log - 40))
    error(("DUBAN_SEED=%d: %s\n%s"):format(seed, why, last), 0)
  end
end

describe("the outbox under random outcomes, crashes and boots", function()
  for history = 1, HISTORIES do
    it("loses nothing and sends nothing again after it was accepted, seed " .. SEED + history - 1, function()
      run(SEED + history - 1)
    end)
  end
end)
