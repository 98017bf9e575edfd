-- Addresses, headers and signatures of each platform, and the tables that configure them.
local encode = require("raw.encode")
local net = require("raw.net")
local support = require("spec.host.net.support")

local NOW = support.NOW

local CONFS = {
  ["wecom-bot"] = { kind = "wecom-bot", key = "file:/k" },
  ["wecom-app"] = { kind = "wecom-app", corp = "ww1", agent = 1000002, secret = "env:S" },
  ["dingtalk-bot"] = { kind = "dingtalk-bot", token = "env:T", secret = "credential:s" },
  ["feishu-bot"] = { kind = "feishu-bot", token = "env:T", secret = "env:S" },
  webhook = { kind = "webhook", url = "https://gate.local/in", secret = "file:/s" },
  smtp = { kind = "smtp", host = "mail.gov.cn", from = "duban@x.gov.cn" },
  sink = { kind = "sink" },
  lua = { kind = "lua", script = "mas.lua", secrets = { key = "file:/k" }, url = "https://gw" },
}

local function conf(kind, changes)
  local copy = {}
  for key, value in pairs(CONFS[kind]) do
    copy[key] = value
  end
  for key, value in pairs(changes or {}) do
    copy[key] = value or nil
  end
  return copy
end

local function request(kind, changes, secrets, message, token)
  return net.request(kind, conf(kind, changes), secrets, message or support.message(), nil, NOW, token)
end

describe("a request to", function()
  it("wecom-bot has its key in the address, encoded", function()
    local made = assert(request("wecom-bot", nil, { key = "a b&c" }))
    assert.equal("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=a%20b%26c", made.url)
    assert.equal("POST", made.method)
    assert.equal("application/json; charset=utf-8", support.header(made, "content-type"))
    assert.equal(net.render("wecom-bot", nil, support.message()), made.body)
    made = assert(request("wecom-bot", { url = "https://gov.example/cgi-bin/webhook/send" }, { key = "k" }))
    assert.equal("https://gov.example/cgi-bin/webhook/send?key=k", made.url)
  end)

  it("wecom-app has a token, asked for beforehand", function()
    local made = assert(request("wecom-app", nil, {}, nil, "TOK"))
    assert.equal("https://qyapi.weixin.qq.com/cgi-bin/message/send?access_token=TOK", made.url)
    local none, why = request("wecom-app", nil, {})
    assert.is_nil(none)
    assert.is_truthy(why:find("access_token"))
    made = assert(net.token_request("wecom-app", conf("wecom-app", { url = "https://gov/" }), { secret = "s&" }))
    assert.same({ "GET", "https://gov/cgi-bin/gettoken?corpid=ww1&corpsecret=s%26", "" },
      { made.method, made.url, made.body })
  end)

  it("dingtalk-bot carries timestamp and signature in the address", function()
    local secret = "SEC000000000000000000000000000000000000000000000000000000000000dead"
    local made = assert(request("dingtalk-bot", nil, { token = "T", secret = secret }))
    assert.equal("https://oapi.dingtalk.com/robot/send?access_token=T&timestamp=1767225600000" ..
      "&sign=2TC8jOf44ZfwTKKwsH84BhJHl66LzH8iiH11bJDN%2F00%3D", made.url)
    made = assert(request("dingtalk-bot", { secret = false }, { token = "T" }))
    assert.equal("https://oapi.dingtalk.com/robot/send?access_token=T", made.url)
  end)

  it("feishu-bot carries timestamp and signature in the body", function()
    local made = assert(request("feishu-bot", nil, { token = "T", secret = "duban-test-secret" }))
    assert.equal("https://open.feishu.cn/open-apis/bot/v2/hook/T", made.url)
    local tree = support.tree(made.body)
    assert.same({ "1767225600", "oJhP4cu5CqFoohqoYU5S1YGlMQTpHy1U8gelUFmTgOo=", "interactive" },
      { tree.timestamp, tree.sign, tree.msg_type })
    assert.is_nil(support.tree(assert(request("feishu-bot", { secret = false }, { token = "T" })).body).sign)
  end)

  it("feishu-bot stays within 20000 bytes with its signature", function()
    local made = assert(request("feishu-bot", nil, { token = "T", secret = "s" },
      support.message({ body = ("x"):rep(30000) })))
    assert.equal(20000, #made.body)
  end)

  it("a webhook is signed over the exact bytes, with both keys while one is replaced", function()
    local secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    local made = assert(request("webhook", nil, { secret = secret }))
    local id = support.header(made, "webhook-id")
    local sign = net.sign("webhook", secret, 1767225600, id, made.body)
    assert.same({ "DB-2026-0001-3", "1767225600", sign }, { id, support.header(made, "webhook-timestamp"),
      support.header(made, "webhook-signature") })
    assert.equal("application/cloudevents+json; charset=utf-8", support.header(made, "Content-Type"))
    assert.is_nil(support.header(made, "X-Hub-Signature-256"))
    made = assert(request("webhook", { old_secret = "env:O", hub = true }, { secret = secret, old_secret = "old" }))
    assert.equal(sign .. " " .. net.sign("webhook", "old", 1767225600, id, made.body),
      support.header(made, "webhook-signature"))
    assert.equal(net.sign("hub", secret, 0, "", made.body), support.header(made, "X-Hub-Signature-256"))
  end)

  it("a webhook has an id without dots, the same on every try", function()
    local one = assert(net.request("webhook", conf("webhook"), { secret = "s" }, support.message(), "甲.乙/1", NOW))
    local two = assert(net.request("webhook", conf("webhook"), { secret = "s" }, support.message(), "甲.乙/1", NOW + 9000,
      nil, true))
    assert.is_truthy(support.header(one, "webhook-id"):match("^%x+$"))
    assert.equal(support.header(one, "webhook-id"), support.header(two, "webhook-id"))
    assert.equal(one.body, two.body)
    assert.not_equal(support.header(one, "webhook-signature"), support.header(two, "webhook-signature"))
  end)

  it("the sink is a file named by time and key", function()
    local made = assert(request("sink"))
    assert.same({ "FILE", "20260101-080000-DB-2026-0001-3.json" }, { made.method, made.url })
    made = assert(net.request("sink", CONFS.sink, nil, support.message(), "../../etc/x", NOW))
    assert.is_truthy(made.url:match("^20260101%-080000%-%x+%.json$"))
  end)

  it("any of them fails in one sentence without its secret", function()
    for _, kind in ipairs({ "wecom-bot", "dingtalk-bot", "feishu-bot", "webhook" }) do
      local none, why, kind_of = request(kind, nil, {})
      assert.is_nil(none)
      assert.same({ "string", "missing" }, { type(why), kind_of })
    end
    local none, why = net.token_request("wecom-app", CONFS["wecom-app"], {})
    assert.is_nil(none)
    assert.is_string(why)
  end)
end)

local BAD_CONFS = {
  { "wecom-bot", { key = false }, "key" }, { "wecom-bot", { key = "abcdef" }, "file:" },
  { "wecom-bot", { key = "file:" }, "file:" }, { "wecom-bot", { kye = 1 }, "key" },
  { "wecom-bot", { url = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=secret" }, "credential" },
  { "dingtalk-bot", { url = "https://oapi.dingtalk.com/robot/send?access_token=secret" }, "credential" },
  { "feishu-bot", { url = "https://open.feishu.cn/open-apis/bot/v2/hook/secret" }, "credential" },
  { "webhook", { url = "ftp://x" }, "url" }, { "webhook", { url = false }, "url" },
  { "webhook", { url = "https://a\nb" }, "url" }, { "webhook", { source = "a\r\nb" }, "source" },
  { "webhook", { hub = "yes" }, "hub" }, { "webhook", { allow = { 1 } }, "allow" },
  { "wecom-app", { agent = "1" }, "agent" }, { "wecom-app", { corp = false }, "corp" },
  { "smtp", { password = "hunter2" }, "password" }, { "smtp", { from = "" }, "from" },
  { "lua", { secrets = { key = "bare" } }, "secrets" }, { "lua", { script = false }, "script" },
  { "sink", { proxy = "not an address" }, "proxy" },
}

describe("net.check_conf", function()
  it("takes what the manual says, and what every channel may have", function()
    for kind in pairs(CONFS) do
      assert(net.check_conf(kind, conf(kind, { per_minute = 5, unknown = "hold", allow = { "10.1.2.3" },
        ca = "/etc/ca.pem",
        serves = { units = { "a" } }, proxy = "http://10.0.0.1:3128", cert = "/c", cert_key = "file:/k",
          expires = 24 })))
    end
  end)

  it("refuses the rest in a sentence that helps and holds no secret", function()
    for _, case in ipairs(BAD_CONFS) do
      local done, why = net.check_conf(case[1], conf(case[1], case[2]))
      assert.is_nil(done, case[3])
      assert.is_truthy(why:find(case[3], 1, true), why)
      assert.is_nil(why:find("hunter2", 1, true) or why:find("abcdef", 1, true) or why:find("secret&", 1, true))
    end
    assert.is_nil((net.check_conf("sink", 7)))
    assert.is_nil((net.check_conf("sink", { "a" })))
  end)
end)

describe("net.adapters", function()
  it("tells what each can do", function()
    local list = {}
    for _, adapter in ipairs(net.adapters()) do
      list[adapter.kind] = adapter
    end
    assert.same({ kind = "dingtalk-bot", address = "dingtalk", is_group = true, has_key = true, needs_token = false,
      body_limit = 20000, per_minute = 18, per_second = 0, pause = 600000, secrets = { "token", "secret" } },
      list["dingtalk-bot"])
    assert.same({ false, 18, 60000 }, { list["wecom-bot"].has_key, list["wecom-bot"].per_minute,
      list["wecom-bot"].pause })
    assert.same({ false, 5 }, { list["feishu-bot"].has_key, list["feishu-bot"].per_second })
    assert.is_true(list["wecom-app"].has_key and list["wecom-app"].needs_token and not list["wecom-app"].is_group)
    assert.is_true(list.webhook.has_key and list.smtp.has_key and list.sink.has_key and not list.lua.has_key)
    assert.equal(8, #net.adapters())
  end)
end)

describe("raw.net", function()
  it("raises at misuse", function()
    assert.has_error(function() net.render("pager", {}, {}) end)
    assert.has_error(function() net.judge("sink", "x") end)
    assert.has_error(function() net.check(print) end)
    assert.has_error(function() net.token_request("sink", {}, {}) end)
    assert.has_error(function() net.judge("sink", { stage = "lunch" }) end)
    assert.has_error(function() encode.base64({}) end)
  end)
end)
