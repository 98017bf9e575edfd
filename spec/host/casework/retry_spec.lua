-- What becomes of a message after an attempt: every outcome, the schedule, and what no case may break.
local outbox = require("raw.outbox")

local SECOND, MINUTE, HOUR = 1000, 60 * 1000, 3600 * 1000
local SCHEDULE = { 0, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, 2 * HOUR, 6 * HOUR, 12 * HOUR, 24 * HOUR }
local OUTCOMES = { "accepted", "throttled", "transient", "auth_refresh", "bad_content", "bad_channel", "unknown" }

local function within(middle, ms)
  return ms >= middle * 0.8 - 1 and ms <= middle * 1.2 + 1
end

describe("retry_delay", function()
  it("follows the schedule, a fifth up or down", function()
    for attempts, middle in ipairs(SCHEDULE) do
      for key = 1, 50 do
        local ms = outbox.delay("key" .. key, attempts, attempts - 1)
        assert.is_true(within(middle, ms), ("%d: %d"):format(attempts, ms))
      end
    end
  end)

  it("is the same for the same key and attempt, and differs between keys", function()
    local seen, count = {}, 0
    for key = 1, 100 do
      local ms = outbox.delay("key" .. key, 4, 5)
      assert.equal(ms, outbox.delay("key" .. key, 4, 5))
      count = count + (seen[ms] and 0 or 1)
      seen[ms] = true
    end
    assert.is_true(count > 60)
  end)

  it("uses the whole fifth both ways", function()
    local least, most = math.huge, 0
    for key = 1, 2000 do
      local ms = outbox.delay("k" .. key, 1, 5)
      least, most = math.min(least, ms), math.max(most, ms)
    end
    assert.is_true(least < 2 * HOUR * 0.81 and most > 2 * HOUR * 1.19)
  end)

  it("ends after nine attempts", function()
    assert.equal(-1, outbox.delay("k", 9, 9))
    assert.equal(-1, outbox.delay("k", 9, -1))
  end)
end)

-- outcome and what is known; then what must come of it.
local CASES = {
  { { outcome = "accepted" }, fate = "sent", counts = true, circuit = "works" },
  { { outcome = "bad_content" }, fate = "dead", counts = true, circuit = "works" },
  { { outcome = "throttled", after = 5000 }, fate = "later", counts = false, pause = 5000, delay = 0 },
  { { outcome = "throttled" }, fate = "later", counts = false, pause = 60000 },
  { { outcome = "throttled", pause = 600000 }, fate = "later", pause = 600000 },
  { { outcome = "throttled", after = 1 }, fate = "later", pause = 1000 },
  { { outcome = "throttled", after = 99 * 24 * HOUR }, fate = "later", pause = 24 * HOUR },
  { { outcome = "throttled", attempts = 8 }, fate = "later", counts = false },
  { { outcome = "transient" }, fate = "later", counts = true, about = 30 * SECOND },
  { { outcome = "transient", attempts = 4 }, fate = "later", about = 2 * HOUR },
  { { outcome = "transient", attempts = 7 }, fate = "later", about = 24 * HOUR },
  { { outcome = "transient", attempts = 8 }, fate = "dead", counts = true },
  { { outcome = "transient", after = HOUR }, fate = "later", delay = HOUR },
  { { outcome = "auth_refresh" }, fate = "later", delay = 0, counts = false },
  { { outcome = "auth_refresh", was_refresh = true }, fate = "later", counts = true, about = 30 * SECOND },
  { { outcome = "auth_refresh", was_refresh = true, attempts = 8 }, fate = "dead" },
  { { outcome = "bad_channel" }, fate = "later", counts = false, circuit = "fails", about = 30 * SECOND },
  { { outcome = "bad_channel", attempts = 8 }, fate = "later", circuit = "fails" },
  { { outcome = "unknown", has_key = true }, fate = "later", counts = true, about = 30 * SECOND },
  { { outcome = "unknown", has_key = true, unknowns = 3, attempts = 3 }, fate = "later", about = 30 * MINUTE },
  { { outcome = "unknown", has_key = true, attempts = 8 }, fate = "ask" },
  { { outcome = "unknown" }, fate = "later", counts = true, delay = 5 * MINUTE },
  { { outcome = "unknown", unknowns = 1 }, fate = "ask" },
  { { outcome = "unknown", holds = true }, fate = "ask" },
  { { outcome = "unknown", holds = true, has_key = true }, fate = "later" },
  { { outcome = "transient", attempts = 4, left = 10 * MINUTE }, fate = "later", delay = 5 * MINUTE },
  { { outcome = "transient", left = 20 * SECOND }, fate = "dead" },
  { { outcome = "transient", left = 20 * SECOND, unknowns = 1 }, fate = "ask" },
  { { outcome = "unknown", left = 20 * SECOND }, fate = "ask" },
  { { outcome = "bad_channel", left = -1 }, fate = "dead" },
  { { outcome = "throttled", left = 0 }, fate = "dead" },
  { { outcome = "accepted", left = -1 }, fate = "sent" },
}

local function told(past)
  local parts = {}
  for name, value in pairs(past) do
    parts[#parts + 1] = name .. "=" .. tostring(value)
  end
  table.sort(parts)
  return table.concat(parts, " ")
end

describe("retry_decide", function()
  for _, case in ipairs(CASES) do
    it("judges " .. told(case[1]), function()
      local next = outbox.decide(case[1])
      for _, name in ipairs({ "fate", "counts", "circuit", "pause", "delay" }) do
        if case[name] ~= nil then
          assert.equal(case[name], next[name], name)
        end
      end
      assert.is_true(not case.about or within(case.about, next.delay), "delay " .. next.delay)
    end)
  end

  it("says why whenever nothing more is sent", function()
    for _, outcome in ipairs(OUTCOMES) do
      for attempts = 0, 8 do
        local next = outbox.decide({ outcome = outcome, attempts = attempts, unknowns = attempts })
        assert.equal(next.fate == "dead" or next.fate == "ask", next.why ~= "", outcome .. attempts)
      end
    end
  end)

  it("never begins an attempt after the message is worth nothing", function()
    for _, outcome in ipairs(OUTCOMES) do
      for attempts = 0, 8 do
        for _, left in ipairs({ -5, 0, 1, 999, 29000, MINUTE, 3 * MINUTE, HOUR, 30 * HOUR }) do
          local next = outbox.decide({ outcome = outcome, attempts = attempts, left = left,
            has_key = attempts % 2 == 0 })
          assert.is_true(next.fate ~= "later" or next.delay < left, outcome .. attempts .. " " .. left)
        end
      end
    end
  end)

  it("comes to an end under any outcomes that count", function()
    for _, has_key in ipairs({ true, false }) do
      for _, outcome in ipairs({ "transient", "unknown" }) do
        local attempts, fate = 0, "later"
        while fate == "later" do
          local next = outbox.decide({ outcome = outcome, attempts = attempts, has_key = has_key,
            unknowns = outcome == "unknown" and attempts or 0 })
          fate, attempts = next.fate, attempts + 1
          assert.is_true(attempts <= 9)
        end
      end
    end
  end)
end)
