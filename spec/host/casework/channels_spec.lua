-- What a channel bears: its bucket over any minute, its pause, its circuit, its quieter minutes.
local outbox = require("raw.outbox")
local site = require("spec.support.site")
local tables = require("spec.support.tables")

local MINUTE, HOUR = 60000, 3600000

--- Sends as much as it may for a while; the instants.
local function greedy(channel, from, until_, step)
  local sent = {}
  for now = from, until_, step do
    local count = outbox.allows(channel, now, 100)
    outbox.take(channel, now, count)
    for _ = 1, count do
      sent[#sent + 1] = now
    end
  end
  return sent
end

local function most_within(sent, span)
  local most, first = 0, 1
  for last = 1, #sent do
    while sent[last] - sent[first] >= span do
      first = first + 1
    end
    most = math.max(most, last - first + 1)
  end
  return most
end

describe("a channel's bucket", function()
  it("never lets more than 20 through in any minute of a platform that blocks then", function()
    local sent = greedy(outbox.channel("wecom-bot", 2000), 1000000, 1000000 + 10 * MINUTE, 50)
    assert.is_true(most_within(sent, MINUTE) <= 20, most_within(sent, MINUTE))
    assert.is_true(#sent >= 178 and #sent <= 184, #sent)
  end)

  it("keeps to 5 a second and 100 a minute", function()
    local sent = greedy(outbox.channel("feishu-bot", 3000), 1000, 1000 + 5 * MINUTE, 20)
    assert.is_true(most_within(sent, 1000) <= 5)
    assert.is_true(most_within(sent, MINUTE) <= 100)
    assert.is_true(#sent >= 440)
  end)

  it("says when to ask again, and gives one then", function()
    local channel = outbox.channel("wecom-bot", 0)
    local now = 5000
    for _ = 1, 30 do
      local count, again = outbox.allows(channel, now, 1)
      if count == 0 then
        assert.is_true(again > now and again - now <= 3400)
        now = again
        assert.equal(1, (outbox.allows(channel, now, 1)))
      end
      outbox.take(channel, now, 1)
    end
  end)

  it("does not save up over a long rest", function()
    local channel = outbox.channel("wecom-bot", 0)
    outbox.allows(channel, 1000, 1)
    assert.equal(2, (outbox.allows(channel, 1000 + 24 * HOUR, 100)))
  end)

  it("is not there where nothing limits", function()
    assert.equal(64, (outbox.allows(outbox.channel("sink", 0), 5, 64)))
  end)
end)

describe("a throttled channel", function()
  it("rests as long as the platform asked, the whole of it", function()
    local channel = outbox.channel("sink", 1000)
    outbox.learn(channel, 5000, { outcome = "throttled", after = 600000 })
    local count, again = outbox.allows(channel, 604999, 5)
    assert.equal(0, count)
    assert.equal(605000, again)
    assert.equal(5, (outbox.allows(channel, 605000, 5)))
  end)
end)

describe("a channel's circuit", function()
  local function fail(channel, now)
    return outbox.learn(channel, now, { outcome = "bad_channel" })
  end

  it("opens at the fifth refusal in a row and is told once", function()
    local channel = outbox.channel("sink", 1000)
    for _ = 1, 4 do
      assert.is_false(fail(channel, 1000))
      assert.equal(9, (outbox.allows(channel, 1000, 9)))
    end
    assert.is_true(fail(channel, 1000))
    assert.is_false(fail(channel, 1000))
    assert.equal(0, (outbox.allows(channel, 1000, 9)))
  end)

  it("counts only refusals in a row", function()
    local channel = outbox.channel("sink", 1000)
    for _, between in ipairs({ "accepted", "bad_content" }) do
      for _ = 1, 4 do
        fail(channel, 1000)
      end
      outbox.learn(channel, 1000, { outcome = between })
    end
    assert.is_false(fail(channel, 1000))
    assert.equal(9, (outbox.allows(channel, 1000, 9)))
  end)

  it("lets one through at each interval, which doubles to an hour", function()
    local channel = outbox.channel("sink", 1000)
    for _ = 1, 5 do
      fail(channel, 0)
    end
    local now = 0
    for _, wait in ipairs({ 5, 10, 20, 40, 60, 60, 60 }) do
      local count, again = outbox.allows(channel, now, 50)
      assert.equal(0, count)
      assert.equal(now + wait * MINUTE, again)
      now = again
      assert.equal(1, (outbox.allows(channel, now, 50)))
      outbox.take(channel, now, 1)
      fail(channel, now)
    end
  end)

  it("closes when the one arrives", function()
    local channel = outbox.channel("sink", 1000)
    for _ = 1, 5 do
      fail(channel, 0)
    end
    outbox.take(channel, 5 * MINUTE, 1)
    outbox.learn(channel, 5 * MINUTE, { outcome = "accepted" })
    assert.equal(50, (outbox.allows(channel, 5 * MINUTE, 50)))
  end)
end)

describe("messages in bulk", function()
  it("wait half a minute around the full and the half hour", function()
    local hour = 490000 * HOUR
    for _, case in ipairs({ { 0, true }, { 29999, true }, { 30000, false }, { 29 * MINUTE, false },
      { 29 * MINUTE + 30000, true }, { 30 * MINUTE + 29999, true }, { 30 * MINUTE + 30000, false },
      { 59 * MINUTE + 29999, false }, { 59 * MINUTE + 30000, true } }) do
      local is_rush, until_ = outbox.is_rush(hour + case[1])
      assert.equal(case[2], is_rush, tostring(case[1]))
      assert.is_true(not is_rush or (until_ > hour + case[1] and until_ - hour - case[1] <= 60000))
    end
  end)

  it("are spread over minutes when there are many, once", function()
    local office = site.make({})
    tables.exec(office, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)"
      .. " INSERT INTO outbox (effect_key, person_id, template, data, principals, status, created_at, channel,"
      .. " priority, retry_at, lease_until, attempts, reason)"
      .. " SELECT 'b' || i, 1, 't', '{}', '[]', 'waiting', 1, 'work', 3, 0, 0, 0, '' FROM n")
    local queue = assert(outbox.open("sqlite:" .. office.path .. "/duban.db"))
    assert(outbox.begin(queue))
    assert.equal(0, outbox.scatter(queue, "work", 1000, 101, 300000))
    assert.equal(100, outbox.scatter(queue, "work", 1000, 20, 300000))
    assert.equal(0, outbox.scatter(queue, "work", 2000, 20, 300000))
    assert(outbox.commit(queue))
    local first = outbox.claim(queue, { channel = "work", boot = 1000 + 60000, lease_until = 1 })
    assert.is_true(#first > 5 and #first < 45, #first)
    outbox.close(queue)
  end)
end)
