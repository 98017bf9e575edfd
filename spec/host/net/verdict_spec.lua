-- What an answer means: every row of every table, and garbage that is never taken for success.
local net = require("raw.net")

local function judged(kind, reply)
  return net.judge(kind, reply)
end

--- One platform's answers: { code, text, outcome, after in seconds, a word of the hint }.
local WECOM = {
  { 0, "ok", "accepted" }, { -1, "system busy", "transient" },
  { 45009, "api freq out of limit", "throttled", 60 }, { 45033, "api concurrent out of limit", "throttled", 60 },
  { 40008, "invalid message type", "bad_content" }, { 40058, "x", "bad_content" },
  { 44004, "empty content", "bad_content" },
  { 45002, "content too long", "bad_content" }, { 99999, "whatever", "bad_content" },
  { 99999, "发送频率过高", "throttled", 60 }, { 99999, "send too fast", "throttled", 60 }, { -1, "限流", "throttled", 60 },
}

local TABLES = {
  ["wecom-bot"] = { { 93000, "invalid webhook url", "bad_channel", 0, "robot" } },
  ["wecom-app"] = {
    { 40014, "invalid access_token", "auth_refresh" }, { 42001, "access_token expired", "auth_refresh" },
    { 41001, "access_token missing", "auth_refresh" }, { 40001, "invalid credential", "bad_channel" },
    { 40013, "invalid corpid", "bad_channel" }, { 40125, "invalid appsecret", "bad_channel" },
    { 60020, "not allow to access from your ip", "bad_channel", 0, "可信IP" },
    { 301002, "agentid mismatch", "bad_channel", 0, "agent" },
    { 81013, "user & party & tag all invalid", "bad_content" },
    { 60111, "userid not found", "bad_content", 0, "userid" }, { 46004, "user no exist", "bad_content" },
  },
  ["dingtalk-bot"] = {
    { 0, "ok", "accepted" }, { -1, "system busy", "transient" }, { -1, "系统繁忙", "transient" },
    { 130101, "send too fast, exceed 20 times per minute", "throttled", 600 }, { 410100, "x", "throttled", 600 },
    { 310000, "keywords not in content, more: [https://ding-doc.dingtalk.com]", "bad_channel", 0, "keyword" },
    { 310000, "description:关键词不匹配;solution:请联系群管理员查看此机器人的关键词", "bad_channel", 0, "keyword" },
    { 310000, "invalid timestamp", "bad_channel", 0, "clock" },
    { 310000, "description:机器人发送签名过期", "bad_channel", 0, "clock" },
    { 310000, "sign not match, more: [x]", "bad_channel", 0, "SEC" },
    { 310000, "description:机器人发送签名不匹配;solution:请确认签名和生成签名的时间戳必须都放在调用的网址中", "bad_channel",
      0, "SEC" },
    { 310000, "ip 1.2.3.4 not in whitelist", "bad_channel", 0, "address" },
    { 310000, "description:来源IP不匹配", "bad_channel", 0, "address" },
    { 310000, "description:else", "bad_channel", 0, "security" }, { 300001, "token is not exist", "bad_channel" },
    { 300005, "token is not exist", "bad_channel", 0, "token" }, { 400101, "x", "bad_channel" },
    { 400013, "group dissolved", "bad_channel", 0, "dissolved" },
    { 400102, "robot stopped", "bad_channel", 0, "stopped" },
    { 400106, "robot missing", "bad_channel" }, { 460101, "请保持大小在 20000bytes 以内", "bad_content", 0, "20000" },
    { 40035, "param", "bad_content" }, { 43004, "content type", "bad_content" }, { 400105, "msgtype", "bad_content" },
    { 88, "发送过于频繁", "throttled", 600 }, { 90018, "SEND TOO FAST", "throttled", 600 },
    { 7, "触发限流", "throttled", 600 }, { 12345, "new trouble", "bad_content" },
  },
  ["feishu-bot"] = {
    { 0, "success", "accepted" }, { 11232, "frequency limited psm[x]", "throttled", 30 },
    { 9499, "too many request", "throttled", 30 }, { 9499, "Bad Request", "bad_content" },
    { 19001, "param invalid: incoming webhook access token invalid", "bad_channel", 0, "token" },
    { 19002, "param invalid", "bad_content" }, { 19021,
    "sign match fail or timestamp is not within one hour from current time",
      "bad_channel", 0, "clock" }, { 19022, "Ip Not Allowed", "bad_channel" },
      { 19024, "Key Words Not Found", "bad_channel",
      0, "keyword" }, { -1, "busy", "transient" }, { 1, "触发频控", "throttled", 30 }, { 1, "else", "bad_content" },
  },
}
for _, row in ipairs(WECOM) do
  table.insert(TABLES["wecom-bot"], row)
  table.insert(TABLES["wecom-app"], row)
end

local CODE = { ["wecom-bot"] = "errcode", ["wecom-app"] = "errcode", ["dingtalk-bot"] = "errcode",
  ["feishu-bot"] = "code" }
local TEXT = { ["wecom-bot"] = "errmsg", ["wecom-app"] = "errmsg", ["dingtalk-bot"] = "errmsg", ["feishu-bot"] = "msg" }

local function answer(kind, code, text)
  return ('{"%s":%d,"%s":%s}'):format(CODE[kind], code, TEXT[kind], ("%q"):format(text))
end

describe("the table of", function()
  for kind, rows in pairs(TABLES) do
    it(kind .. " holds every code", function()
      for _, row in ipairs(rows) do
        local sent = judged(kind, { status = 200, body = answer(kind, row[1], row[2]) })
        local what = ("%s %d %s"):format(kind, row[1], row[2])
        assert.equal(row[3], sent.outcome, what)
        assert.equal((row[4] or 0) * 1000, sent.after, what)
        assert.equal(tostring(row[1]), sent.code)
        assert.equal(row[2], sent.text)
        assert.equal(row[3] == "accepted", sent.hint == nil, what)
        assert.equal(sent.hint == nil, sent.hint_zh == nil)
        assert.is_truthy(not row[5] or sent.hint:find(row[5], 1, true) or sent.hint_zh:find(row[5], 1, true), what)
      end
    end)

    it(kind .. " keeps its word under HTTP 400", function()
      local sent = judged(kind, { status = 400, body = answer(kind, 99, "too many request") })
      assert.equal("throttled", sent.outcome)
      assert.equal("unknown", judged(kind, { status = 500, body = answer(kind, 0, "ok") }).outcome)
    end)
  end

  it("feishu-bot tells 9499 apart under HTTP 400", function()
    assert.equal("throttled", judged("feishu-bot", { status = 400,
      body = '{"code":9499,"msg":"too many request"}' }).outcome)
    assert.equal("bad_content", judged("feishu-bot", { status = 400,
      body = '{"code":9499,"msg":"Bad Request"}' }).outcome)
  end)

  it("feishu-bot reads old deployments, and prefers the new name", function()
    assert.equal("accepted", judged("feishu-bot", { status = 200,
      body = '{"StatusCode":0,"StatusMessage":"success"}' }).outcome)
    local sent = judged("feishu-bot", { status = 200, body = '{"StatusCode":0,"code":19021,"msg":"x"}' })
    assert.equal("bad_channel", sent.outcome)
    sent = judged("feishu-bot", { status = 200, body = '{"StatusCode":19024,"StatusMessage":"old"}' })
    assert.same({ "bad_channel", "old" }, { sent.outcome, sent.text })
  end)

  it("dingtalk-bot knows the gate's punishment", function()
    local sent = judged("dingtalk-bot", { status = 200,
      body = '{"status":1111,"wait":5,"source":"x5","punish":"deny"}' })
    assert.same({ "throttled", 600000, "1111", "deny" }, { sent.outcome, sent.after, sent.code, sent.text })
    assert.equal("throttled", judged("dingtalk-bot", { status = 403,
      body = '{"status":1111,"punish":"deny"}' }).outcome)
  end)
end)

describe("wecom-app", function()
  it("tells who was not reached", function()
    local sent = judged("wecom-app", { status = 200, body = '{"errcode":0,"errmsg":"ok","invaliduser":"u1|u2",' ..
      '"invalidparty":"3","invalidtag":"","unlicenseduser":"u9","msgid":"M1"}' })
    assert.same({ "accepted", "M1", { "u1", "u2", "u9", "party:3" } }, { sent.outcome, sent.ref, sent.partial })
    assert.is_string(sent.hint)
    assert.is_nil(judged("wecom-app", { status = 200, body = '{"errcode":0,"invaliduser":"","msgid":"M1"}' }).partial)
  end)

  it("reads a token and its life", function()
    local token, life = net.token_judge("wecom-app", { status = 200,
      body = '{"errcode":0,"access_token":"T","expires_in":7200}' })
    assert.same({ "T", 7200000 }, { token, life })
    local _, shortest = net.token_judge("wecom-app", { status = 200,
      body = '{"errcode":0,"access_token":"T","expires_in":-5}' })
    assert.equal(60000, shortest)
  end)

  it("says why there is no token, never unknown: nothing reached a person", function()
    for _, case in ipairs({
      { { status = 200, body = '{"errcode":40001,"errmsg":"invalid credential"}' }, "bad_channel" },
      { { status = 200, body = '{"errcode":60020,"errmsg":"ip"}' }, "bad_channel" },
      { { status = 200, body = '{"errcode":45009,"errmsg":"freq"}' }, "throttled" },
      { { status = 200, body = '{"errcode":0}' }, "transient" }, { { status = 200, body = "<html>" }, "transient" },
      { { status = 200, body = '{"errcode":0,"access_token":"a\\nb"}' }, "transient" },
      { { status = 200, body = '{"errcode":0,"access_token":7}' }, "transient" },
      { { stage = "wait", failure = "timeout" }, "transient" },
    }) do
      local token, why = net.token_judge("wecom-app", case[1])
      assert.is_nil(token)
      assert.equal(case[2], why.outcome, case[1].body)
      assert.is_string(why.hint)
    end
  end)
end)

local HOOK = {
  { 200, "accepted" }, { 202, "accepted" }, { 204, "accepted" }, { 299, "accepted" }, { 301, "bad_channel" },
  { 302, "bad_channel" }, { 304, "bad_channel" }, { 400, "bad_content" }, { 401, "bad_channel" },
  { 403, "bad_channel" },
  { 404, "bad_channel" }, { 405, "bad_channel" }, { 407, "bad_channel" }, { 408, "transient" }, { 410, "bad_channel" },
  { 413, "bad_content" }, { 415, "bad_channel" }, { 422, "bad_content" }, { 425, "transient" },
  { 429, "throttled", 60 },
  { 500, "transient" }, { 502, "throttled", 60 }, { 503, "transient" }, { 504, "throttled", 60 }, { 599, "transient" },
  { 100, "unknown" }, { 0, "unknown" }, { 600, "unknown" }, { -1, "unknown" }, { 999999, "unknown" },
}

describe("a webhook", function()
  it("is accepted by 2xx only", function()
    for _, row in ipairs(HOOK) do
      local sent = judged("webhook", { status = row[1], body = "words" })
      assert.equal(row[2], sent.outcome, tostring(row[1]))
      assert.equal((row[3] or 0) * 1000, sent.after, tostring(row[1]))
      assert.same({ tostring(row[1]), "words" }, { sent.code, sent.text })
      assert.equal(row[2] == "accepted", sent.hint == nil)
    end
  end)

  it("obeys Retry-After where waiting is the answer", function()
    assert.equal(5000, judged("webhook", { status = 429, retry_after = 5000 }).after)
    assert.equal(7000, judged("webhook", { status = 503, retry_after = 7000 }).after)
    assert.equal(0, judged("webhook", { status = 410, retry_after = 7000 }).after)
    assert.equal(0, judged("webhook", { status = 200, retry_after = 7000 }).after)
  end)
end)

describe("net.retry_after", function()
  it("reads seconds and dates, within a second and a day", function()
    local now = 784111777000 -- Sun, 06 Nov 1994 08:49:37 GMT
    for header, ms in pairs({
      ["120"] = 120000, ["0"] = 1000, ["86400"] = 86400000, ["99999999999999999999999"] = 86400000, [" 30\r\n"] = 30000,
      ["Sun, 06 Nov 1994 08:50:37 GMT"] = 60000, ["Sun, 06 Nov 1994 08:49:37 GMT"] = 1000,
      ["Sun, 06 Nov 2094 08:49:37 GMT"] = 86400000, ["Sat, 05 Nov 1994 08:49:37 GMT"] = 1000,
      [""] = 0, ["-5"] = 0, ["1.5"] = 0, ["soon"] = 0, ["Sun, 06 Xov 1994 08:50:37 GMT"] = 0,
        ["Sun, 31 Feb 1994 08:50:37 GMT"] = 0,
      ["Sun, 06 anF 1994 08:50:37 GMT"] = 0, ["0x10"] = 0, [("9"):rep(200)] = 0, ["Sun, 06 Nov 1994 08:50:37 CET"] = 0,
    }) do
      assert.equal(ms, net.retry_after(header, now), header)
    end
  end)
end)

local MAIL = {
  { 250, "2.0.0 Ok: queued", "accepted" }, { 421, "4.7.0 try later", "transient" },
  { 450, "4.2.0 greylisted", "transient" },
  { 452, "4.2.2 full", "transient" }, { 550, "5.1.1 no such user", "bad_content", "mailbox" },
  { 550, "550 5.1.1 no such user", "bad_content", "mailbox" }, { 550, "550-5.1.1 no", "bad_content", "mailbox" },
  { 552, "5.2.2 mailbox full", "bad_content" }, { 552, "5.3.4 too big", "bad_content", "large" },
  { 553, "5.1.8 sender", "bad_channel", "from" }, { 550, "5.7.1 relay denied", "bad_channel", "policy" },
  { 535, "5.7.8 bad credentials", "bad_channel", "user" }, { 535, "authentication failed", "bad_channel", "user" },
  { 530, "must issue STARTTLS", "bad_channel" }, { 550, "user unknown", "bad_content", "mailbox" },
  { 554, "5.6.0 content", "bad_content" }, { 554, "spam", "bad_content" }, { 502, "what", "bad_channel", "host" },
  { 354, "go ahead", "unknown" }, { 0, "", "unknown" }, { 199, "x", "unknown" },
}

describe("mail", function()
  it("comes again after 4xx and not after 5xx", function()
    for _, row in ipairs(MAIL) do
      local sent = judged("smtp", { status = row[1], body = row[2] })
      assert.equal(row[3], sent.outcome, row[1] .. " " .. row[2])
      assert.is_truthy(not row[4] or sent.hint:find(row[4], 1, true), row[2])
    end
  end)

  it("believes a server's refusal though the library calls it a failure", function()
    local sent = judged("smtp", { status = 550, stage = "send", is_sent = true, failure = "RCPT failed: 550" })
    assert.same({ "bad_content", "RCPT failed: 550" }, { sent.outcome, sent.text })
    assert.equal("unknown", judged("smtp", { status = 250, stage = "wait", is_sent = true }).outcome)
  end)
end)

describe("a network that failed", function()
  it("is another try before bytes left, and unknown after", function()
    for _, adapter in ipairs(net.adapters()) do
      for stage, outcome in pairs({ name = "transient", connect = "transient", tls = "transient", send = "transient",
        wait = "transient", secret = "bad_channel", forbidden = "bad_channel" }) do
        local before = judged(adapter.kind, { stage = stage, is_sent = false, failure = "words" })
        if adapter.kind ~= "sink" then
          assert.same({ outcome, stage, "words" }, { before.outcome, before.code, before.text }, adapter.kind .. stage)
          local after = judged(adapter.kind, { stage = stage, is_sent = true, failure = "words" }).outcome
          assert.equal(outcome == "transient" and "unknown" or outcome, after)
        end
        assert.is_string(before.hint)
      end
    end
  end)
end)

-- What no platform means by yes.
local GARBAGE = {
  "", " ", "ok", "<html><body>200</body></html>", "{", "{}", "[]", "null", "true", "0", '"0"', '{"errcode":"0"}',
  '{"code":"0"}',
  '{"errcode":0.0,"code":0.0}', '{"errcode":null,"code":null}', '{"errcode":false,"code":false}',
  '{"errcode":[0],"code":[0]}',
  '{"errcode":0,"errcode":0,"code":0,"code":0}', '{"errcode":0,"code":0}x', '{"ErrCode":0,"Code":0}',
  '{"errmsg":"ok","msg":"success"}',
  '[{"errcode":0,"code":0}]', '{"data":{"errcode":0,"code":0}}', '{"errcode":0e999,"code":0e999}', "\255\254", "\0",
  '{"errcode":0\0}',
  ("["):rep(3000), '{"errcode":0,"code":0,"x":"' .. ("y"):rep(70000) .. '"}',
    '{"errcode":18446744073709551616,"code":18446744073709551616}',
  '\239\187\191{"errcode":0,"code":0}', "errcode=0&code=0", '{"errcode":0,"code":0,"x":"\255"}', '{"status":0}',
  '{"success":true}',
}

describe("garbage", function()
  it("is never taken for success, whatever the status", function()
    for kind in pairs(CODE) do
      for i, body in ipairs(GARBAGE) do
        for _, status in ipairs({ 200, 201, 204, 302, 400, 404, 429, 500, 503, 0, -7 }) do
          local sent = judged(kind, { status = status, body = body })
          assert.not_equal("accepted", sent.outcome, kind .. " garbage " .. i)
          assert.is_true(status ~= 200 or sent.outcome == "unknown", kind .. " garbage " .. i .. " " .. sent.outcome)
          assert.is_truthy(utf8.len(sent.text) and not sent.text:find("%c"))
          assert.is_string(sent.hint)
        end
      end
      assert.equal("unknown", judged(kind, { status = 200 }).outcome)
    end
  end)

  it("of one changed byte is never taken for success unless the verdict stands", function()
    local random = 7
    for kind in pairs(CODE) do
      local refused = answer(kind, 19021, "no")
      for at = 1, #refused do
        random = (random * 1103515245 + 12345) % 2147483648
        local body = refused:sub(1, at - 1) .. string.char(random // 65536 % 256) .. refused:sub(at + 1)
        local sent = judged(kind, { status = 200, body = body })
        assert.not_equal("accepted", sent.outcome, body)
      end
      local good = answer(kind, 0, "ok")
      for length = 0, #good - 1 do
        assert.equal("unknown", judged(kind, { status = 200, body = good:sub(1, length) }).outcome)
      end
    end
  end)

  it("cannot steer a terminal through the platform's words", function()
    local sent = judged("wecom-bot", { status = 200, body = '{"errcode":93000,"errmsg":"\\u001b[31mred\\u202e\\n"}' })
    assert.is_nil(sent.text:find("[%c]"))
    sent = judged("webhook", { status = 400, body = "a\0b\r\n" .. ("督"):rep(500) })
    assert.is_truthy(utf8.len(sent.text))
    assert.is_true(#sent.text < 400)
  end)
end)

describe("a verdict of a channel's script", function()
  it("is one of the seven outcomes", function()
    for _, outcome in ipairs({ "accepted", "throttled", "transient", "auth_refresh", "bad_content", "bad_channel",
      "unknown" }) do
      local sent = assert(net.verdict({ outcome = outcome, code = "IllegalMac", text = "x\27", ref = "7",
        after = 5000 }))
      assert.same({ outcome, "IllegalMac", "x ", "7", 5000 },
        { sent.outcome, sent.code, sent.text, sent.ref, sent.after })
      assert.equal(outcome == "accepted", sent.hint == nil)
    end
    assert.equal(86400000, net.verdict({ outcome = "throttled", after = math.maxinteger }).after)
  end)

  it("is refused in a sentence when it is anything else", function()
    for _, bad in ipairs({ 1, "accepted", {}, { "accepted" }, { outcome = "fine" }, { outcome = true },
      { outcome = "accepted",
      code = 7 }, { outcome = "accepted", more = 1 }, { outcome = "throttled", after = -1 },
        { outcome = "throttled", after = "1" },
      { outcome = "accepted", text = "\255" }, { outcome = "accepted", ref = {} } }) do
      local sent, why = net.verdict(bad)
      assert.is_nil(sent)
      assert.is_string(why)
    end
    assert.is_nil((net.verdict(nil)))
  end)
end)
