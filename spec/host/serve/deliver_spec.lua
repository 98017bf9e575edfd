-- Delivery as a whole: rounds of duban deliver with a courier that answers what each case says.
local process = require("raw.process")
local queue = require("spec.support.queue")
local serving = require("spec.support.serving")
local site = require("spec.support.site")
local tables = require("spec.support.tables")
local trial = require("spec.crash.trial")

local PLAIN = [[channels = { work = { kind = "wecom-bot", url = "https://w.test/", key = "env:NONE" } },
  route = { "work" }]]
local KEYED = 'channels = { work = { kind = "sink" } }, route = { "work" }'
local TWO = [[channels = { work = { kind = "sink" }, spare = { kind = "sink" } }, route = { "work", "spare" }]]

local function statuses(here)
  local counts = {}
  for _, row in ipairs(tables.rows(here.site, "SELECT status, COUNT(*) AS n FROM outbox GROUP BY 1")) do
    counts[row.status] = row.n
  end
  return counts
end

describe("a round of deliver", function()
  local here

  after_each(function()
    here:close()
  end)

  it("sends all that is due, each once, and says how many", function()
    here = queue.make(KEYED)
    here:add({ count = 700 })
    here:script()
    local report = here:deliver()
    assert.equal(700, report.sent)
    assert.equal(700, report.outcomes.accepted)
    assert.equal(0, report.waiting)
    local seen = {}
    for _, job in ipairs(here:jobs()) do
      assert.is_nil(seen[job.key])
      seen[job.key] = true
    end
    assert.same({ sent = 700 }, statuses(here))
    assert.equal(0, here:deliver().attempts)
  end)

  it("tells each failure, and leaves to the next what is to be tried again", function()
    here = queue.make(KEYED)
    here:add({ count = 4 })
    here:script("transient 502", "bad_content 460101", "auth_refresh 42001")
    local report = here:deliver()
    assert.equal(2, report.sent)
    assert.equal(1, report.dead)
    assert.equal(1, report.waiting)
    assert.equal(3, #report.failures)
    assert.equal("460101", report.failures[2].code)
    assert.equal("平台的原话", report.failures[2].text)
    assert.same({ 1, 2, 2, 1, 3 }, (function()
      local attempts = {}
      for id = 1, 3 do
        for _, row in ipairs(here:attempts(id)) do
          attempts[#attempts + 1] = id == 3 and row.attempt + 1 or id
        end
      end
      return { attempts[1], attempts[2], attempts[3], 1, attempts[4] }
    end)())
  end)

  it("lets a throttled channel rest, the message uncounted", function()
    here = queue.make(KEYED)
    here:add({ count = 2 })
    here:script("throttled 600000")
    assert.equal(1, here:deliver().sent)
    assert.equal(0, here:deliver().attempts)
    assert.equal(0, here:row(1).attempts)
    assert.equal("throttled", here.site:json("channel", "list")[1].state)
  end)

  it("marks the one repeat that a platform without keys gets, then asks a person", function()
    here = queue.make(PLAIN)
    here:add({})
    here:script("unknown", "unknown")
    here:deliver()
    here:hurry()
    here:deliver()
    here:hurry()
    assert.equal(0, here:deliver().attempts)
    assert.same({ { channel = "work", key = "m1", attempt = 1, again = false },
      { channel = "work", key = "m1", attempt = 2, again = true } }, here:jobs())
    assert.same({ unknown = 1 }, statuses(here))
  end)

  it("keeps within the platform's rate over rounds", function()
    here = queue.make(PLAIN)
    here:add({ count = 50 })
    here:script()
    local sent = 0
    for _ = 1, 5 do
      sent = sent + here:deliver().sent
    end
    assert.is_true(sent >= 2 and sent <= 4, sent)
  end)

  it("knows after a courier's death what was never sent and what may have been", function()
    here = queue.make(KEYED)
    here:add({ count = 3 })
    here:script("accepted", "die")
    local report = here:deliver()
    assert.equal("accepted", here:attempts(1)[1].outcome)
    assert.equal(report.sent, statuses(here).sent)
    assert.equal("waiting", here:row(2).status)
    assert.equal("unknown", here:attempts(2)[1].outcome)
    here:hurry()
    here:deliver()
    assert.same({ sent = 3 }, statuses(here))
  end)

  it("starts another courier within the round", function()
    here = queue.make(KEYED)
    here:add({ count = 200 })
    here:script("die")
    here:deliver()
    here:hurry()
    here:deliver()
    assert.same({ sent = 200 }, statuses(here))
  end)

  it("takes back what a courier had no time for", function()
    here = queue.make(KEYED)
    here:add({})
    here:script("unsent")
    assert.equal(1, here:deliver().sent)
    assert.equal(1, #here:attempts(1))
  end)

  it("sends what is out of date to nobody", function()
    here = queue.make(KEYED)
    here:add({ expires_at = 5000 })
    here:script()
    assert.equal(1, here:deliver().dead)
    assert.same({}, here:jobs())
  end)

  it("gives back the messages of a channel that is gone", function()
    here = queue.make(KEYED)
    here:add({ channel = "gone" })
    here:script()
    here:deliver()
    assert.is_not.equal("gone", here:row(1).channel)
  end)

  it("treats another boot as if every wait were over", function()
    here = queue.make(KEYED)
    here:script()
    here:deliver()
    here:add({ count = 2, retry_at = math.maxinteger // 2 })
    assert.equal(0, here:deliver().sent)
    tables.exec(here.site, "UPDATE site SET value = 'another' WHERE name = 'boot'")
    assert.equal(2, here:deliver().sent)
  end)

  it("dry runs without a courier and without a trace", function()
    here = queue.make(KEYED)
    here:add({ count = 3 })
    here:add({ retry_at = math.maxinteger // 2 })
    local before = tables.counts(here.site)
    here.site.env.DUBAN_COURIER = "/nonexistent"
    local rows = here.site:json("deliver", "--dry-run")
    assert.same({ channel = "work", due = 3, later = 1, held = 0, expired = 0 }, rows[1])
    assert.equal(before, tables.counts(here.site))
  end)

  it("says in one sentence that the courier is missing", function()
    here = queue.make(KEYED)
    here.site.env.DUBAN_COURIER = "/nonexistent"
    assert.matches("信使程序 /nonexistent 没有启动", here.site:refused("deliver"))
  end)
end)

describe("a channel that refuses everything", function()
  it("is opened at the fifth, its queue kept, and the administrator told through another", function()
    local here = queue.make(TWO)
    here:add({ count = 12 })
    local script = {}
    for i = 1, 12 do
      script[i] = "bad_channel 93000"
    end
    here:script(table.unpack(script))
    here:deliver()
    assert.equal("open", here.site:json("channel", "list")[2].state)
    assert.equal(12, tables.value(here.site, "SELECT COUNT(*) AS n FROM outbox WHERE template = 't'"
      .. " AND status = 'waiting'"))
    local told = tables.rows(here.site, "SELECT o.*, p.code FROM outbox AS o JOIN people AS p USING (person_id)"
      .. " WHERE o.template = 'channel_down'")
    assert.equal(1, #told)
    assert.equal("P07", told[1].code)
    assert.equal(1, told[1].priority)
    assert.matches('"channel":"work"', told[1].data)
    assert.same({ "spare", "sent" }, { told[1].channel, told[1].status })
    here:close()
  end)
end)

describe("a keeper killed", function()
  for _, point in ipairs({ "deliver.claimed", "deliver.sent", "deliver.recorded" }) do
    it("at " .. point .. " loses nothing", function()
      local here = queue.make(KEYED)
      here:add({ count = 300 })
      here:script()
      here:close()
      for nth = 1, 3 do
        here.site.env.DUBAN_CRASH = point .. ":" .. nth
        local done = here.site:run("deliver")
        assert.is_true(done.signal == 9 or done.code == 0)
        here.site.env.DUBAN_CRASH = nil
        tables.exec(here.site, "UPDATE outbox SET lease_until = 0; UPDATE outbox SET retry_at = 0")
      end
      here.site:must("deliver")
      tables.exec(here.site, "UPDATE outbox SET retry_at = 0")
      here.site:must("deliver")
      assert.same({ sent = 300 }, statuses(here))
      local seen, count = {}, 0
      for _, job in ipairs(here:jobs()) do
        count = count + (seen[job.key] and 0 or 1)
        seen[job.key] = true
      end
      assert.equal(300, count)
    end)
  end
end)

local function shell(command)
  return assert(process.run({ "sh", "-c", command, env = { "PATH=/usr/bin:/bin" } }))
end

-- A round whose courier does not answer; gives the process once the courier has the job.
local function hanging(here, env)
  here:script("hang")
  here:close()
  for name, value in pairs(here.site.env) do
    env[name] = value
  end
  local running = trial.start(here.site, { "deliver" }, env)
  for _ = 1, 200 do
    if #here:jobs() == 1 then
      break
    end
    shell("sleep 0.02")
  end
  assert.equal(1, #here:jobs())
  return running
end

describe("the courier", function()
  it("ends with the keeper, however the keeper ends", function()
    local here = queue.make(KEYED)
    here:add({})
    local running = hanging(here, {})
    local children = serving.children(process.pid(running))
    for _, child in ipairs({ table.unpack(children) }) do
      table.move(serving.children(child), 1, 9, #children + 1, children)
    end
    assert.is_true(#children >= 3)
    trial.kill(process.pid(running))
    trial.wait(running)
    for _, pid in ipairs(children) do
      serving.await("all of it is gone", function()
        local file = io.open(("/proc/%d/stat"):format(pid))
        local state = file and (file:read("a") or ""):match("%) (%a)")
        return (not file or file:close()) and (not state or state == "Z")
      end)
    end
  end)

  it("takes its secrets along: nobody else's environment has them", function()
    local here = queue.make('channels = { gate = { kind = "sink" }, sms = { kind = "lua", script = "s.lua",'
      .. ' secrets = { a = "env:SPEC_SECRET" } } }, route = { "gate" }')
    here:add({ channel = "gate" })
    local running = hanging(here, { SPEC_SECRET = "geheim" })
    local pid = process.pid(running)
    local list = table.concat(serving.children(pid), " ")
    local found = shell(("for p in %d %s; do tr '\\0' ' ' < /proc/$p/environ; done"):format(pid, list)).out
    trial.kill(pid)
    trial.wait(running)
    assert.matches("SPEC_SECRET= ", found)
    if shell("id -u").out ~= "0\n" then -- root looks into every process, and into the nest
      assert.is_nil(found:find("geheim", 1, true))
    end
    assert.is_true(select(2, found:gsub("geheim", "")) <= 1)
  end)
end)

describe("channel", function()
  it("is paused with a reason, its messages kept, and put in use again, by the administrator alone", function()
    local here = queue.make(KEYED)
    here:add({ count = 2 })
    here:script()
    assert.matches("系统管理员", here.site:refused("channel", "pause", "work", "--reason", "换密钥", "--by", "P04"))
    here.site:must("channel", "pause", "work", "--reason", "换密钥", "--by", "P07")
    assert.equal("paused", here.site:json("channel", "list")[1].state)
    assert.equal(0, here:deliver().attempts)
    assert.matches("已经暂停", here.site:refused("channel", "pause", "work", "--reason", "换密钥", "--by", "P07"))
    here.site:must("channel", "resume", "work", "--by", "P07")
    assert.equal(2, here:deliver().sent)
    assert.same({ "channel pause", "channel resume" }, (function()
      local acts = {}
      for i, row in ipairs(tables.rows(here.site, "SELECT act FROM audit WHERE act LIKE 'channel%' ORDER BY 1")) do
        acts[i] = row.act
      end
      return acts
    end)())
    assert.equal(2, site.duban({ "-C", here.site.path, "channel", "pause", "work" }).code)
    assert.matches("没有渠道“wrok”；有：work", here.site:refused("channel", "resume", "wrok", "--by", "P07"))
    here:close()
  end)

  it("is tried without the queue, and its refusal is the command's", function()
    local here = queue.make(KEYED)
    here:script("accepted", "bad_channel 93000")
    assert.equal("accepted", here.site:json("channel", "test", "work", "--by", "P07").outcome)
    local done = here.site:run("channel", "test", "work", "--by", "P07")
    assert.equal(1, done.code)
    assert.matches("渠道不可用.*93000  平台的原话", done.out)
    assert.matches("照此办理", done.out)
    assert.equal(0, tables.value(here.site, "SELECT COUNT(*) AS n FROM outbox"))
    here:close()
  end)
end)

describe("outbox", function()
  local here

  setup(function()
    here = queue.make(KEYED)
    here:add({ count = 3 })
    here:script("bad_content 460101", "transient 503")
    here:deliver()
  end)

  teardown(function()
    here:close()
  end)

  it("shows a message with each attempt, in the platform's own words", function()
    local one = here.site:json("outbox", "1")
    assert.equal("dead", one.status)
    assert.equal("460101", one.attempts[1].code)
    assert.equal("平台的原话", one.attempts[1].text)
    assert.same(one, here.site:json("outbox", "--id", "1"))
    assert.matches("460101  平台的原话", here.site:must("outbox", "1"))
    assert.matches("没有消息 99", here.site:refused("outbox", "99"))
  end)

  it("lists by state, in Chinese too, and says why", function()
    assert.equal(1, #here.site:json("outbox", "--status", "不达"))
    assert.equal(1, #here.site:json("outbox", "--status", "sent"))
    assert.matches("平台不接受", here.site:must("outbox", "--status", "dead"))
    assert.equal(0, #here.site:json("outbox", "--channel", "mail"))
  end)

  it("tells the doctor", function()
    assert.matches("不达的消息 1 条", here.site:run("doctor").out)
  end)

  it("gives figures to Prometheus, in a file replaced as a whole", function()
    local path = here.site.path .. "/duban.prom"
    here.site:must("metrics", "-o", path)
    local text = assert(io.open(path)):read("a")
    assert.matches('duban_outbox_messages{channel="work",state="dead"} 1\n', text, 1, true)
    assert.matches('duban_delivery_attempts_total{channel="work",outcome="transient"} 1\n', text, 1, true)
    assert.matches("duban_delivery_seconds_count{channel=\"work\"} 3\n", text, 1, true)
    assert.matches("\nduban_outbox_oldest_age_seconds %d+%.%d+\n", text)
    assert.matches("\nduban_scheduler_lag_seconds 0%.0+\n", text)
  end)

  it("is sent again by the administrator, under its key, with an audit row", function()
    assert.matches("系统管理员", here.site:refused("outbox", "replay", "1", "--by", "P04"))
    assert.matches("不再重发", here.site:refused("outbox", "replay", "3", "--by", "P07"))
    assert.equal(2, here.site:run("outbox", "replay", "--by", "P07").code)
    assert.equal(2, here.site:run("outbox", "replay", "1", "--channel", "work", "--by", "P07").code)
    local first = here.site:must("outbox", "replay", "--channel", "work", "--by", "P07", "--key", "again")
    assert.equal(first, here.site:must("outbox", "replay", "--channel", "work", "--by", "P07", "--key", "again"))
    assert.equal(1, tables.value(here.site, "SELECT COUNT(*) AS n FROM audit WHERE act = 'outbox replay'"))
    tables.exec(here.site, "UPDATE outbox SET channel = 'work', message = '{\"id\":\"m1\",\"title\":\"改\"}'"
      .. " WHERE outbox_id = 1")
    here:deliver()
    assert.equal("sent", here:row(1).status)
    assert.equal(2, #here:attempts(1))
  end)
end)
