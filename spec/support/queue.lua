-- An outbox for specs: a site with messages that no decision asked for, and the queue's own steps on it.
local outbox = require("raw.outbox")
local site = require("spec.support.site")
local store = require("raw.store")
local tables = require("spec.support.tables")

local queue = {}

local FAKE = "build/test/fake-courier"

local Queue = {}
Queue.__index = Queue

--- A fresh site with an empty outbox; with conf (the inside of a configuration) on the real clock.
---@param conf? string
function queue.make(conf)
  local office = site.make({ real = conf ~= nil })
  if conf then
    site.write(office.path .. "/duban.conf.lua", ("return { office = \"430000\", %s }\n"):format(conf))
  end
  office.env = { DUBAN_COURIER = FAKE, DUBAN_FAKE = office.path .. "/script", DUBAN_FAKE_LOG = office.path .. "/log" }
  local url = "sqlite:" .. office.path .. "/duban.db"
  return setmetatable({ site = office, url = url, handle = assert(outbox.open(url)) }, Queue)
end

--- Adds count messages that are alike; gives the id of the first.
---@param row { channel: string?, priority: integer?, retry_at: integer?, expires_at: integer?, count: integer? }
function Queue:add(row)
  local first = (tables.value(self.site, "SELECT COALESCE(MAX(outbox_id), 0) AS n FROM outbox") or 0) + 1
  tables.exec(self.site, ("WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
    .. " INSERT INTO outbox (outbox_id, effect_key, person_id, template, data, principals, status, created_at, channel,"
    .. " priority, expires_at, retry_at, lease_until, attempts, reason, message) SELECT %d + i, 'k' || (%d + i), 1,"
    .. " 't', '{}', '[]', 'waiting', 1000, '%s', %d, %s, %d, 0, 0, '', '{\"at\":1000,\"id\":\"m' || (%d + i) ||"
    .. " '\",\"severity\":\"normal\",\"title\":\"试\",\"type\":\"t\"}' FROM n")
    :format((row.count or 1) - 1, first, first, row.channel or "work", row.priority or 2, row.expires_at or "NULL",
      row.retry_at or 0, first))
  return first
end

--- What the courier is to answer, one word a job; then the log of jobs is empty.
function Queue:script(...)
  local lines = { ... }
  site.write(self.site.path .. "/script", #lines > 0 and table.concat(lines, "\n") .. "\n" or "")
  site.write(self.site.path .. "/log", "")
end

--- The jobs the courier got: { channel, key, attempt, again } each.
function Queue:jobs()
  local list = {}
  for line in io.lines(self.site.path .. "/log") do
    local channel, key, attempt, again = line:match("^(%S+) (%S+) (%d+) (%S+)$")
    list[#list + 1] = { channel = channel, key = key, attempt = tonumber(attempt), again = again == "again" }
  end
  return list
end

--- One round of deliver; the report.
function Queue:deliver(...)
  outbox.close(self.handle)
  local report = self.site:json("deliver", ...)
  self.handle = assert(outbox.open(self.url))
  return report
end

--- Lets every wait of the queue be over.
function Queue:hurry()
  tables.exec(self.site, "UPDATE outbox SET retry_at = 0; UPDATE channels SET paused_until = 0")
end

--- In a transaction: work gives what is kept, or false to throw all of it away.
function Queue:commit(work)
  assert(outbox.begin(self.handle))
  local result = work(self.handle)
  if result == false then
    outbox.rollback(self.handle)
  else
    assert(outbox.commit(self.handle))
  end
  return result
end

function Queue:claim(turn)
  return self:commit(function(handle)
    return assert(outbox.claim(handle, turn))
  end)
end

function Queue:record(result)
  return self:commit(function(handle)
    return assert(outbox.record(handle, result))
  end)
end

function Queue:row(id)
  return tables.rows(self.site, "SELECT * FROM outbox WHERE outbox_id = $1", { id })[1]
end

function Queue:attempts(id)
  return tables.rows(self.site, "SELECT * FROM deliveries WHERE outbox_id = $1 ORDER BY attempt", { id })
end

--- How SQLite would do it, as one text.
function Queue:plan(sql)
  local handle = assert(store.open(self.url, "read"))
  local lines = {}
  for _, row in ipairs(assert(store.rows(handle, "EXPLAIN QUERY PLAN " .. sql))) do
    lines[#lines + 1] = row.detail
  end
  store.close(handle)
  return table.concat(lines, "\n")
end

function Queue:close()
  outbox.close(self.handle)
end

return queue
