-- The courier as the keeper sees it: jobs in, outcomes out, over its real pipe, against platforms that behave as the
-- real ones do.
local clock = require("raw.clock")
local courier = require("spec.host.net.courier")
local file = require("raw.file")
local json = require("raw.json")
local process = require("raw.process")
local site = require("spec.support.site")
local support = require("spec.host.net.support")

local SECRETS = { "wecom-test-key-693axxx6", "corp-test-secret-0001", "ding-test-token-0001",
  "SEC000000000000000000000000000000000000000000000000000000000000dead", "feishu-test-token-0001", "duban-test-secret",
  "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "mail/pass+word=1" }
local REFERENCES = {}
for i, text in ipairs(SECRETS) do
  REFERENCES[i] = courier.secret(text)
end

describe("the courier", function()
  local fakes, one
  local channels

  setup(function()
    fakes, one = courier.fakes(), courier.start()
  end)
  teardown(function()
    one:close()
    fakes:close()
  end)
  before_each(function()
    fakes:reset()
    channels = {
      ["wecom-bot"] = { url = fakes:url("/cgi-bin/webhook/send"), key = REFERENCES[1] },
      ["wecom-app"] = { url = fakes:url(), corp = "ww-test-corp", agent = 1000002, secret = REFERENCES[2] },
      ["dingtalk-bot"] = { url = fakes:url("/robot/send"), token = REFERENCES[3], secret = REFERENCES[4] },
      ["feishu-bot"] = { url = fakes:url("/open-apis/bot/v2/hook/"), token = REFERENCES[5], secret = REFERENCES[6] },
      webhook = { url = fakes:url("/hook"), secret = REFERENCES[7] },
      smtp = { host = "127.0.0.1", port = fakes.ports.smtp, tls = "none", from = "duban@office.cn" },
    }
    for _, conf in pairs(channels) do
      conf.allow = "127.0.0.1"
    end
  end)

  local MAIL = support.message({ to = { name = "张三", address = "zhang@office.cn" } })

  local function send(kind, job, conf)
    job = job or {}
    job.message = job.message or (kind == "smtp" and MAIL or nil)
    for key, value in pairs(conf or {}) do
      channels[kind][key] = value
    end
    return one:send(kind, channels[kind], job)
  end

  -- ---- each platform ----

  local KINDS = { "wecom-bot", "wecom-app", "dingtalk-bot", "feishu-bot", "webhook", "smtp" }
  local PLATFORMS = { ["wecom-bot"] = "wecom", ["dingtalk-bot"] = "dingtalk", ["feishu-bot"] = "feishu" }

  for _, kind in ipairs(KINDS) do
    it("signs for " .. kind .. " so that the platform accepts", function()
      local outcome = send(kind)
      assert.same({ "accepted", "" }, { outcome.outcome, outcome.hint }, outcome.text)
      assert.is_true(outcome.bytes > 100 and outcome.micros > 0)
      assert.same({ 1, kind == "smtp" and 250 or 200 }, { fakes:tally().total, outcome.status })
    end)
  end

  -- kind, what is wrong, the code
  for _, case in ipairs({
    { "wecom-bot", { key = REFERENCES[2] }, "93000" },
    { "wecom-app", { secret = REFERENCES[1] }, "40001" },
    { "wecom-app", { corp = "ww-other" }, "40013" },
    { "dingtalk-bot", { token = REFERENCES[1] }, "300005" },
    { "dingtalk-bot", { secret = REFERENCES[1] }, "310000" },
    { "feishu-bot", { token = REFERENCES[1] }, "19001" },
    { "feishu-bot", { secret = REFERENCES[1] }, "19021" },
    { "webhook", { secret = REFERENCES[1] }, "401" },
  }) do
    it(("tells %s of %s as bad_channel with what to do"):format(case[3], case[1]), function()
      local outcome = send(case[1], nil, case[2])
      assert.same({ "bad_channel", case[3] }, { outcome.outcome, outcome.code })
      assert.is_true(#outcome.hint > 0)
      assert.equal(0, fakes:tally().total)
    end)
  end

  -- platform, kind, the answer, the outcome
  for _, case in ipairs({
    { "wecom-bot", 200, '{"errcode":-1,"errmsg":"system busy"}', "transient" },
    { "wecom-bot", 200, '{"errcode":45009,"errmsg":"limit"}', "throttled" },
    { "wecom-bot", 200, '{"errcode":40058,"errmsg":"too long"}', "bad_content" },
    { "wecom-bot", 200, "<html>ok</html>", "unknown" },
    { "wecom-bot", 200, "{}", "unknown" },
    { "wecom-bot", 200, "", "unknown" },
    { "dingtalk-bot", 200, '{"status":1111,"punish":"deny"}', "throttled" },
    { "dingtalk-bot", 200, '{"errcode":310000,"errmsg":"keywords not in content"}', "bad_channel" },
    { "feishu-bot", 400, '{"code":9499,"msg":"too many request"}', "throttled" },
    { "feishu-bot", 400, '{"code":9499,"msg":"Bad Request"}', "bad_content" },
    { "feishu-bot", 200, '{"code":11232,"msg":"frequency limited psm[x]"}', "throttled" },
    { "feishu-bot", 200, '{"StatusCode":0,"StatusMessage":"success"}', "accepted" },
    { "webhook", 204, "", "accepted" },
    { "webhook", 410, "", "bad_channel" },
    { "webhook", 503, "", "transient" },
    { "webhook", 400, "no", "bad_content" },
  }) do
    it(("judges %s's %d %s as %s"):format(case[1], case[2], case[3], case[4]), function()
      fakes:fault(PLATFORMS[case[1]] or case[1], "answer", { status = case[2], body = case[3] })
      local outcome = send(case[1])
      assert.same({ case[4], case[2] }, { outcome.outcome, outcome.status }, outcome.text)
    end)
  end

  for _, case in ipairs({
    { "rcpt", "550 5.1.1 no such user", "bad_content", 550 },
    { "rcpt", "450 4.2.1 busy", "transient", 450 },
    { "mail", "530 5.7.0 log in first", "bad_channel", 530 },
    { "data", "451 4.3.0 later", "transient", 451 },
    { "data", "554 5.6.0 spam", "bad_content", 554 },
    { "rcpt", nil, "transient", 0 },
    { "data", nil, "unknown", 0 },
  }) do
    it(("judges a mail server that says %s at %s as %s"):format(case[2] or "nothing more", case[1], case[3]), function()
      fakes:fault("smtp", "cut", { stage = case[1], line = case[2] })
      local outcome = send("smtp")
      assert.same({ case[3], case[4] }, { outcome.outcome, outcome.status }, outcome.text)
    end)
  end

  it("logs in where the mail server wants it", function()
    fakes:ask({ op = "config", smtp_user = "duban", smtp_password = SECRETS[8] })
    assert.equal("bad_channel", send("smtp").outcome)
    assert.equal("accepted", send("smtp", nil, { user = "duban", password = REFERENCES[8] }).outcome)
    assert.equal("bad_channel", send("smtp", nil, { password = REFERENCES[1] }).outcome)
  end)

  -- ---- rates ----

  it("is throttled by DingTalk after twenty a minute, for ten minutes", function()
    for i = 1, 21 do
      local outcome = send("dingtalk-bot", { message = support.message({ id = "m" .. i }) })
      assert.equal(i <= 20 and "accepted" or "throttled", outcome.outcome)
      assert.is_true(i <= 20 or outcome.after == 600000)
    end
    fakes:ask({ op = "clock", add_ms = 590000 })
    assert.equal("throttled", send("dingtalk-bot").outcome)
    fakes:ask({ op = "clock", add_ms = 20000 })
    assert.equal("accepted", send("dingtalk-bot").outcome)
  end)

  it("is throttled by WeCom for a minute", function()
    for i = 1, 21 do
      local outcome = send("wecom-bot")
      assert.equal(i <= 20 and "accepted" or "throttled", outcome.outcome)
    end
    fakes:ask({ op = "clock", add_ms = 61000 })
    assert.equal("accepted", send("wecom-bot").outcome)
  end)

  it("is throttled by Feishu at the sixth within a second, with HTTP 400", function()
    local throttled
    for _ = 1, 6 do
      throttled = send("feishu-bot")
    end
    assert.same({ "throttled", 400, "9499" }, { throttled.outcome, throttled.status, throttled.code })
  end)

  -- ---- the token of wecom-app ----

  it("asks for one token and keeps it", function()
    local before = fakes:tally().tokens
    for _ = 1, 10 do
      one:put("wecom-app", channels["wecom-app"])
    end
    for _ = 1, 10 do
      assert.equal("accepted", one:take().outcome)
    end
    assert.same({ before + 1, 10 }, { fakes:tally().tokens, fakes:tally().total })
  end)

  it("refreshes an expired token once, at once", function()
    assert.equal("accepted", send("wecom-app").outcome)
    local before = fakes:tally().tokens
    fakes:ask({ op = "expire" })
    assert.equal("accepted", send("wecom-app").outcome)
    assert.equal(before + 1, fakes:tally().tokens)
    fakes:fault("wecom-app", "answer", { body = '{"errcode":42001,"errmsg":"expired"}', times = 9 })
    assert.equal("auth_refresh", send("wecom-app").outcome)
    assert.equal(before + 2, fakes:tally().tokens)
  end)

  it("tells all that wait why there is no token", function()
    fakes:fault("wecom-token", "answer", { body = '{"errcode":-1,"errmsg":"system busy"}' })
    channels["wecom-app"].at_once = 3 -- a channel that has no token yet
    for _ = 1, 5 do
      one:put("wecom-app", channels["wecom-app"])
    end
    local transient = 0
    for _ = 1, 5 do
      transient = transient + (one:take().outcome == "transient" and 1 or 0)
    end
    assert.is_true(transient >= 1)
  end)

  it("names the people an app message did not reach", function()
    local outcome = send("wecom-app", { message = support.message({ to = { name = "甲", address = "nobody2" } }) })
    assert.same({ "accepted", { "nobody" } }, { outcome.outcome, outcome.partial })
    assert.equal("m-1", outcome.ref)
  end)

  -- ---- the pipe ----

  it("answers every job once, in whatever order", function()
    local seen = {}
    for i = 1, 400 do
      one:put("webhook", channels.webhook, { key = "many-" .. i })
    end
    for _ = 1, 400 do
      local outcome = one:take()
      assert.is_nil(seen[outcome.id])
      seen[outcome.id] = true
      assert.equal("accepted", outcome.outcome)
    end
    local tally = fakes:tally()
    assert.same({ 400, 1 }, { tally.total, tally.most })
    assert.is_true(tally.connections <= 8)
  end)

  it("sends in the order it was given", function()
    channels.webhook.at_once = 1
    for i = 1, 20 do
      one:put("webhook", channels.webhook, { key = "order-" .. i })
    end
    for _ = 1, 20 do
      one:take()
    end
    for i, request in ipairs(fakes:ask({ op = "requests" })) do
      assert.equal("order-" .. i, request.headers["webhook-id"])
    end
  end)

  it("keeps to at_once, and a channel that hangs holds up no other", function()
    local other = courier.fakes()
    other:fault("any", "hang", { times = 60 })
    local slow = { url = other:url("/hook"), secret = REFERENCES[7], allow = "127.0.0.1", at_once = 3 }
    local start = clock.steady()
    for _ = 1, 10 do
      one:put("webhook", slow, { channel = "slow", deadline_ms = start + 1200 })
    end
    for i = 1, 50 do
      one:put("webhook", channels.webhook, { key = "fast-" .. i })
    end
    for _ = 1, 50 do
      assert.equal("accepted", one:take().outcome)
    end
    assert.is_true(clock.steady() - start < 1000)
    assert.equal(3, other:tally().connections)
    local count = { unknown = 0, transient = 0 }
    for _ = 1, 10 do
      local outcome = one:take()
      count[outcome.outcome] = count[outcome.outcome] + 1
      assert.equal(outcome.outcome == "transient", outcome.unsent == true)
    end
    assert.same({ unknown = 3, transient = 7 }, count)
    assert.equal(3, other:tally().connections) -- those whose turn never came were never sent
    other:close()
  end)

  it("finishes what it began after a stop, gives the rest back, and ends", function()
    local two = courier.start()
    fakes:fault("webhook", "late", { ms = 300, times = 2 })
    channels.webhook.at_once = 2
    for _ = 1, 6 do
      two:put("webhook", channels.webhook)
    end
    repeat until fakes:tally().connections >= 2
    assert(process.send(two.child, { op = "stop" }))
    local count = { accepted = 0, unsent = 0 }
    for _ = 1, 6 do
      local outcome = two:take()
      local word = outcome.unsent and "unsent" or outcome.outcome
      count[word] = count[word] + 1
    end
    assert.same({ accepted = 2, unsent = 4 }, count)
    assert.equal(0, process.wait(two.child, 5000).code)
    assert.equal(2, fakes:tally().total)
    two:close()
  end)

  it("ends when the pipe closes, whatever still hangs", function()
    local two = courier.start()
    fakes:fault("webhook", "hang")
    two:put("webhook", channels.webhook)
    repeat until fakes:tally().connections >= 1
    process.hang_up(two.child)
    assert.equal(0, process.wait(two.child, 5000).code)
    two:close()
  end)

  it("ends with one sentence when the pipe speaks nonsense", function()
    for _, frame in ipairs({ { op = "dance" }, { op = "send" }, { 1, 2 }, "x", { op = "send", id = 0 },
      { op = "send", id = "1" } }) do
      local two = courier.start()
      assert(process.send(two.child, frame))
      local done = assert(process.wait(two.child, 5000))
      assert.same({ 1, 0 }, { done.code, done.signal })
      assert.equal(1, select(2, done.err:gsub("\n", "")), done.err)
      two:close()
    end
  end)

  it("is not started by itself", function()
    local done = process.run({ (os.getenv("DUBAN_BINARY") or "build/test/duban") .. "-courier", env = {} })
    assert.equal(2, done.code)
    assert.is_truthy(done.err:find("duban"))
  end)

  -- ---- channels that are wrong ----

  for _, case in ipairs({
    { "nonsense", {}, "conf" },
    { "webhook", { url = "https://x.cn/", secret = "whsec_bare" }, "conf" },
    { "webhook", { secret = REFERENCES[7] }, "conf" },
    { "webhook", { url = "https://x.cn/", secret = REFERENCES[7], allow = { "a b" } }, "conf" },
    { "webhook", { url = "https://x.cn/", secret = "file:/nonexistent" }, "secret" },
    { "webhook", { url = "https://x.cn/", secret = "env:NOT_SET" }, "secret" },
    { "webhook", { url = "https://x.cn/", secret = "credential:hook" }, "secret" },
    { "webhook", { url = "https://x.cn/", secret = "file:/tmp" }, "secret" },
  }) do
    it(("tells that %s %s is wrong, as bad_channel"):format(case[1], json.encode(case[2]):sub(1, 60)), function()
      local outcome = one:send(case[1], case[2])
      assert.same({ "bad_channel", case[3] }, { outcome.outcome, outcome.code })
      assert.is_true(#outcome.hint > 0 and #outcome.text > 0)
    end)
  end

  it("calls a message that is none bad_content", function()
    assert.equal("bad_content", send("webhook", { message = { title = 5 } }).outcome)
  end)

  -- ---- secrets ----

  it("reads secrets from files, the environment and credentials", function()
    local folder = site.folder()
    site.write(folder .. "/hook", SECRETS[7] .. "\n")
    assert(process.run({ "chmod", "400", folder .. "/hook", env = { "PATH=/usr/bin:/bin" } }))
    local two = courier.start({ "HOOK_SECRET=" .. SECRETS[7], "CREDENTIALS_DIRECTORY=" .. folder })
    for _, reference in ipairs({ "env:HOOK_SECRET", "credential:hook", "file:" .. folder .. "/hook" }) do
      channels.webhook.secret = reference
      assert.equal("accepted", two:send("webhook", channels.webhook).outcome, reference)
    end
    for _, reference in ipairs({ "credential:../hook", "credential:", "credential:other", "env:", "env:PATH_NOT" }) do
      channels.webhook.secret = reference
      assert.equal("bad_channel", two:send("webhook", channels.webhook).outcome, reference)
    end
    two:close()
  end)

  it("reads no file that the world may read, none that is empty and none that is no text", function()
    for _, case in ipairs({ { SECRETS[7], "644", "chmod" }, { SECRETS[7], "602", "chmod" }, { "\n", "600", "empty" },
      { "", "600", "empty" }, { "a\0b", "600", "empty" }, { ("x"):rep(20000), "600", "big" } }) do
      channels.webhook.secret = "file:" .. courier.file("secret", case[1], case[2])
      local outcome = one:send("webhook", channels.webhook)
      assert.same({ "bad_channel", "secret" }, { outcome.outcome, outcome.code })
      assert.is_truthy(outcome.text:find(case[3], 1, true), outcome.text)
    end
  end)

  it("sees a rotated secret after a few seconds", function()
    local path = courier.file("secret", SECRETS[1])
    channels.webhook.secret = "file:" .. path
    assert.equal("bad_channel", one:send("webhook", channels.webhook).outcome)
    site.write(path, SECRETS[7] .. "\r\n")
    local start = clock.steady()
    local outcome
    repeat
      process.run({ "sleep", "0.5" })
      outcome = one:send("webhook", channels.webhook).outcome
    until outcome == "accepted" or clock.steady() - start > 15000
    assert.equal("accepted", outcome)
  end)

  it("cuts its secrets out of whatever a platform says", function()
    local long = ("x"):rep(380)
    for _, text in ipairs({ "key " .. SECRETS[1] .. " is wrong", long .. SECRETS[1], SECRETS[1] .. SECRETS[1] }) do
      fakes:fault("wecom", "answer", { body = json.encode({ errcode = 93000, errmsg = text }) })
      local outcome = send("wecom-bot")
      assert.equal("bad_channel", outcome.outcome)
      assert.is_nil(json.encode(outcome):find("wecom-t", 1, true))
      assert.is_truthy(outcome.text:find("***", 1, true))
    end
    fakes:ask({ op = "config", smtp_user = "duban", smtp_password = SECRETS[8] })
    fakes:fault("smtp", "cut", { stage = "mail", line = "530 not mail/pass+word=1 nor mail%2Fpass%2Bword%3D1" })
    local outcome = send("smtp", nil, { user = "duban", password = REFERENCES[8] })
    assert.is_nil(outcome.text:find("pass", 1, true))
    assert.is_truthy(outcome.text:find("*** nor ***", 1, true), outcome.text)
    fakes:reset()
    assert.equal("accepted", send("wecom-app").outcome)
    fakes:ask({ op = "expire" }) -- the fake names the token it refuses
    fakes:fault("wecom-token", "answer", { body = '{"errcode":-1,"errmsg":"busy"}', times = 5 })
    assert.is_nil(send("wecom-app").text:find("access-token", 1, true))
  end)

  it("locks itself in: no core, no debugger, no environment, no other descriptors", function()
    local two = courier.start({ "HOOK_SECRET=" .. SECRETS[7] })
    local proc = "/proc/" .. process.pid(two.child)
    local status = assert(io.open(proc .. "/status")):read("a")
    local environ = assert(io.open(proc .. "/environ", "rb")):read("a")
    local limits = assert(io.open(proc .. "/limits")):read("a")
    local fds = process.run({ "ls", proc .. "/fd", env = { "PATH=/usr/bin:/bin" } }).out
    assert.is_truthy(status:find("NoNewPrivs:%s*1"))
    assert.is_truthy(limits:find("Max core file size%s+0%s+0"))
    assert.is_nil(environ:find("whsec", 1, true))
    assert.is_true(select(2, fds:gsub("\n", "")) <= 8, fds)
    two:close()
  end)

  it("leaks neither descriptors nor memory over a thousand jobs", function()
    local proc = "/proc/" .. process.pid(one.child)
    local function state()
      local fds = process.run({ "ls", proc .. "/fd", env = { "PATH=/usr/bin:/bin" } }).out
      local rss = assert(io.open(proc .. "/status")):read("a"):match("VmRSS:%s*(%d+)")
      return select(2, fds:gsub("\n", "")), tonumber(rss)
    end
    local function round()
      for _ = 1, 500 do
        one:put("webhook", channels.webhook)
      end
      for _ = 1, 500 do
        one:take()
      end
    end
    round()
    local fds, rss = state()
    round()
    local fds_after, rss_after = state()
    assert.is_true(fds_after <= fds + 8)
    local is_sanitized = (os.getenv("DUBAN_BINARY") or ""):find("asan") -- it keeps what was freed
    assert.is_true(rss_after <= rss + 4096 or is_sanitized ~= nil, rss .. " to " .. rss_after)
  end)

  -- ---- the folder and the script's channel ----

  it("puts a message into the folder of a sink", function()
    local folder = site.folder()
    local outcome = one:send("sink", { folder = folder })
    assert.same({ "accepted", 200 }, { outcome.outcome, outcome.status })
    local names = assert(file.list(folder, "", false))
    assert.same({ outcome.ref }, names)
    assert.equal("整改事项将到期", json.decode(assert(file.read(folder .. "/" .. names[1]))).title)
    one:send("sink", { folder = folder }, { key = "key-" .. one.sent })
    assert.equal(1, #assert(file.list(folder, "", false)))
    assert.equal("transient", one:send("sink", { folder = folder .. "/gone" }).outcome)
    assert.equal("bad_channel", one:send("sink", {}).outcome)
  end)

  it("evaluates the request of a Lua channel and gives back the answer, its secrets cut out", function()
    local conf = { script = "mas.lua", secrets = { key = REFERENCES[1] }, allow = "127.0.0.1" }
    local tree = { method = "POST", url = fakes:url("/sms"),
      headers = { ["X-Key"] = { ["$"] = "secret", name = "key" } },
      body = { ["$"] = "concat", parts = { "key=", { ["$"] = "secret", name = "key" } } } }
    fakes:fault("webhook", "answer", { status = 200, body = "rspcod=ok&key=" .. SECRETS[1] })
    local outcome = one:send("lua", conf, { tree = tree })
    assert.same({ 200, "rspcod=ok&key=***" }, { outcome.status, outcome.reply })
    assert.equal("key=" .. SECRETS[1], fakes:last().body)
    assert.equal(SECRETS[1], fakes:last().headers["x-key"])
    fakes:fault("webhook", "cut")
    outcome = one:send("lua", conf, { tree = tree })
    assert.same({ "unknown", nil }, { outcome.outcome, outcome.reply })
    conf.allow = nil
    outcome = one:send("lua", conf, { tree = tree })
    assert.same({ "bad_channel", nil }, { outcome.outcome, outcome.reply })
  end)

  it("has said no secret to anybody, and ends well", function()
    process.hang_up(one.child)
    assert.equal(0, process.wait(one.child, 5000).code)
    local said = one:said()
    assert.is_true(#said > 10000)
    for _, secret in ipairs(SECRETS) do
      assert.is_nil(said:find(secret, 1, true), secret)
    end
    assert.is_nil(said:find("access-token-", 1, true))
  end)
end)
