-- Messages are claimed once, in order, with a lease; what comes back puts them where they belong.
local outbox = require("raw.outbox")
local queue = require("spec.support.queue")
local tables = require("spec.support.tables")

local function ids(claims)
  local list = {}
  for i, claim in ipairs(claims) do
    list[i] = claim.id
  end
  return list
end

describe("outbox_claim", function()
  local here

  before_each(function()
    here = queue.make()
  end)

  after_each(function()
    here:close()
  end)

  it("gives the urgent first, then what waited longest, then the older one", function()
    local normal = here:add({ count = 2 })
    local late = here:add({ retry_at = 50 })
    local critical = here:add({ priority = 0, retry_at = 90 })
    local urgent = here:add({ priority = 1 })
    local bulk = here:add({ priority = 3 })
    assert.same({ critical, urgent, normal, normal + 1, late, bulk },
      ids(here:claim({ boot = 100, lease_until = 500 })))
  end)

  it("leaves what is not due, another channel's, and bulk while it is held", function()
    here:add({ retry_at = 101 })
    here:add({ channel = "mail" })
    here:add({ priority = 3 })
    assert.same({}, here:claim({ boot = 100, lease_until = 500, is_bulk_held = true }))
  end)

  it("begins an attempt in the same commit, and none when it is undone", function()
    local id = here:add({})
    here:commit(function(handle)
      assert.equal(1, #outbox.claim(handle, { boot = 1, lease_until = 9 }))
      return false
    end)
    assert.equal("waiting", here:row(id).status)
    assert.same({}, here:attempts(id))
    assert.same({ { id = id, attempt = 1, again = false } }, here:claim({ boot = 1, lease_until = 9, wall = 77 }))
    local row, attempt = here:row(id), here:attempts(id)[1]
    assert.equal("claimed", row.status)
    assert.equal(9, row.lease_until)
    assert.equal("started", attempt.outcome)
    assert.equal(77, attempt.at)
    assert.is_nil(attempt.micros)
  end)

  it("gives none twice, and no more than asked for", function()
    here:add({ count = 10 })
    local seen = {}
    for _, most in ipairs({ 4, 4, 4, 4 }) do
      local claims = here:claim({ boot = 1, lease_until = 9, limit = most })
      assert.is_true(#claims <= most)
      for _, claim in ipairs(claims) do
        assert.is_nil(seen[claim.id])
        seen[claim.id] = true
      end
    end
    assert.equal(10, #ids(here:claim({ boot = 1, lease_until = 9 })) + 10)
  end)

  it("leaves what is out of date to expire", function()
    local id = here:add({ expires_at = 5000 })
    assert.same({}, here:claim({ boot = 1, site = 5000, lease_until = 9 }))
    assert.equal(0, outbox.expire(here.handle, 4999))
    assert.equal(1, outbox.expire(here.handle, 5000))
    local row = here:row(id)
    assert.equal("dead", row.status)
    assert.matches("outbox replay", row.reason)
  end)

  it("costs what it takes, however many wait", function()
    local function cost()
      outbox.cost(here.handle)
      here:claim({ boot = 1, lease_until = 9, limit = 16 })
      return outbox.cost(here.handle)
    end
    here:add({ count = 100 })
    cost() -- statements are prepared here
    local few = cost()
    here:add({ count = 60000 })
    here:add({ count = 60000, channel = "mail" })
    here:add({ count = 60000, retry_at = 1000 })
    local many = cost()
    assert.is_true(many.vm_steps <= few.vm_steps * 1.1, few.vm_steps .. " " .. many.vm_steps)
    assert.equal(0, many.full_scan_steps)
  end)

  it("finds its rows and its next instants by an index alone", function()
    local ready = "FROM outbox WHERE status = 'waiting' AND channel IS NOT NULL AND channel = 'work'"
    for sql, index in pairs({
      ["SELECT outbox_id " .. ready .. " AND priority = 1 AND retry_at <= 5 ORDER BY retry_at, outbox_id"]
        = "USING [%u ]-INDEX outbox_ready %(channel=%? AND priority=%? AND retry_at<%?%)",
      ["SELECT retry_at " .. ready .. " AND priority = 1 ORDER BY retry_at LIMIT 1"] = "outbox_ready",
      ["SELECT outbox_id FROM outbox WHERE status = 'claimed' AND lease_until <= 5 ORDER BY lease_until"]
        = "outbox_claimed",
      ["SELECT outbox_id FROM outbox WHERE status = 'waiting' AND expires_at IS NOT NULL AND expires_at <= 5"]
        = "outbox_expiring",
    }) do
      local plan = here:plan(sql)
      assert.matches(index, plan)
      assert.is_nil(plan:find("TEMP B-TREE", 1, true), plan)
    end
  end)
end)

describe("outbox_record", function()
  local here

  before_each(function()
    here = queue.make()
  end)

  after_each(function()
    here:close()
  end)

  local function attempt(outcome, more)
    local claim = here:claim({ boot = 1000000, lease_until = 1000500 })[1]
    local result = { id = claim.id, attempt = claim.attempt, outcome = outcome, boot = 1000000, code = "93000",
      text = "原话", hint = "照办" }
    for name, value in pairs(more or {}) do
      result[name] = value
    end
    return here:record(result), claim
  end

  it("keeps the platform's own words with the attempt, and what to do with the message", function()
    local id = here:add({})
    attempt("bad_content")
    local row, tried = here:row(id), here:attempts(id)[1]
    assert.equal("dead", row.status)
    assert.matches("原话.*照办$", row.reason)
    assert.equal("93000", tried.code)
    assert.equal("原话", tried.text)
    assert.equal("bad_content", tried.outcome)
    assert.equal(1, row.attempts)
  end)

  it("ends an attempt once", function()
    local id = here:add({})
    local _, claim = attempt("accepted")
    for _, outcome in ipairs({ "transient", "accepted", "bad_content" }) do
      assert.is_true(here:record({ id = id, attempt = claim.attempt, outcome = outcome }).is_late)
      assert.equal("sent", here:row(id).status)
      assert.equal("accepted", here:attempts(id)[1].outcome)
    end
  end)

  it("marks what may have arrived before, where the platform cannot tell", function()
    local id = here:add({})
    local next = attempt("unknown")
    assert.equal(300000, next.delay)
    assert.equal(1300000, here:row(id).retry_at)
    local claim = here:claim({ boot = 1300000, lease_until = 1400000 })[1]
    assert.same({ id = id, attempt = 2, again = true }, claim)
    here:record({ id = id, attempt = 2, outcome = "unknown", boot = 1300000 })
    assert.equal("unknown", here:row(id).status)
  end)

  it("believes a verdict that comes after its lease", function()
    local id = here:add({})
    here:claim({ boot = 1, lease_until = 9 })
    assert.same({ { id = id, attempt = 1, channel = "work" } }, outbox.lapsed(here.handle, 9))
    here:record({ id = id, attempt = 1, outcome = "unknown", micros = -1, boot = 9 })
    assert.same({}, outbox.lapsed(here.handle, 9))
    assert.is_true(here:record({ id = id, attempt = 1, outcome = "transient", boot = 10 }).is_late)
    assert.equal("waiting", here:row(id).status)
    assert.is_false(here:record({ id = id, attempt = 1, outcome = "accepted", boot = 11 }).is_late)
    assert.equal("sent", here:row(id).status)
    assert.equal("accepted", here:attempts(id)[1].outcome)
  end)

  it("sends nothing again when the late verdict comes during the next attempt", function()
    local id = here:add({})
    here:claim({ boot = 1, lease_until = 9 })
    here:record({ id = id, attempt = 1, outcome = "unknown", micros = -1, boot = 9 })
    here:claim({ boot = 400000, lease_until = 400009 })
    here:record({ id = id, attempt = 1, outcome = "accepted", boot = 400001 })
    here:record({ id = id, attempt = 2, outcome = "transient", boot = 400002 })
    assert.equal("sent", here:row(id).status)
  end)

  it("forgets an attempt that never began", function()
    local id = here:add({})
    here:claim({ boot = 1, lease_until = 9 })
    assert(outbox.unsent(here.handle, id, 1))
    assert.equal("waiting", here:row(id).status)
    assert.same({}, here:attempts(id))
    assert.equal(1, here:claim({ boot = 1, lease_until = 9 })[1].attempt)
  end)

  it("starts a new chain when a person sends it again, under the same key", function()
    local id = here:add({ expires_at = 2000 })
    attempt("bad_content", { site = 100 })
    assert(outbox.replay(here.handle, id, 3000))
    local row = here:row(id)
    assert.same({ "waiting", 0, "k" .. id }, { row.status, row.attempts, row.effect_key })
    assert.is_nil(row.expires_at)
    assert.is_nil(row.channel)
    tables.exec(here.site, "UPDATE outbox SET channel = 'work'")
    assert.equal(2, here:claim({ boot = 1, lease_until = 9 })[1].attempt)
    local _, why, kind = outbox.replay(here.handle, id, 3000)
    assert.equal("conflict", kind, why)
  end)
end)

describe("another boot", function()
  it("lets every wait of the old one be over, and no circuit be forgotten", function()
    local here = queue.make()
    local waiting = here:add({ retry_at = 90000000 })
    local claimed = here:add({})
    here:claim({ boot = 1, lease_until = 80000000 })
    tables.exec(here.site, "INSERT INTO channels VALUES ('work', 500, 70000000, 75000000, 0, '', 5, 76000000),"
      .. " ('mail', 500, 70000000, 0, 0, '', 0, 0)")
    assert(outbox.forget_boot(here.handle))
    assert.equal(0, here:row(waiting).retry_at)
    assert.equal(claimed, outbox.lapsed(here.handle, 0)[1].id)
    assert.same({ { filled_at = 0, paused_until = 0, probe_at = 0, failures = 0, name = "mail" },
      { filled_at = 0, paused_until = 0, probe_at = 1, failures = 5, name = "work" } }, tables.rows(here.site,
      "SELECT name, filled_at, paused_until, probe_at, failures FROM channels ORDER BY name"))
    here:close()
  end)
end)

describe("a queue of a million #slow", function()
  it("gives what is due without reading the rest", function()
    local here = queue.make()
    here:add({ count = 1000000 })
    here:claim({ boot = 1, lease_until = 9, limit = 64 })
    outbox.cost(here.handle)
    local started = os.clock()
    for _ = 1, 10 do
      assert.equal(64, #here:claim({ boot = 1, lease_until = 9, limit = 64 }))
    end
    assert.is_true(os.clock() - started < 0.5)
    assert.is_true(outbox.cost(here.handle).vm_steps < 640 * 400)
    here:close()
  end)
end)
