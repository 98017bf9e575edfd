-- Channel scripts: the words that build a request nobody evaluates, what an author is told of a wrong one, and how
-- strange things that functions return are refused.

package.path = "scripts/?.lua;" .. package.path

local json = require("raw.json")
local net = require("raw.net")
local service = require("engine.service")
local wishes = require("engine.wishes")

local CONF = { name = "sms", url = "https://mas.test/sms/norsubmit", secrets = { "key", "token" },
  options = { ecName = "测试单位", apId = "admin", sign = "SignCode1" } }
local MESSAGE = { id = "m1", title = "请报送", body = "三月底前。", severity = "normal", type = "t", at = 0,
  to = { name = "张三", address = "13800000000" }, facts = { { "期限", "2026-03-31" } }, again = false }

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("a")
  file:close()
  return text
end

-- ---- the service with one script ----

local function answer(request)
  request.lang = "zh"
  service.use({ json = json.decode })
  return service.answer(request)
end

local function load(source, conf)
  return answer({ op = "load", kind = "channel", name = "gw.lua", source = source, conf = conf or CONF })
end

local HEAD = 'return channel "网关" {\n'

-- A script whose two functions have these bodies, on the lines 2 and 3.
local function script(request, verdict)
  return HEAD .. ("  request = function(message, conf) %s end,\n  answer = function(reply) %s end,\n}\n"):format(
    request or 'return { method = "GET", url = conf.url }', verdict or 'return { outcome = "accepted" }')
end

local function ask(question, item, source, conf)
  local loaded = load(source, conf)
  assert(loaded.ok, loaded.findings and loaded.findings[1] and loaded.findings[1].text)
  return answer({ op = "ask", question = question, items = { item } }).items[1]
end

local function request(body, conf)
  return ask("request", MESSAGE, script(body), conf)
end

local function verdict(body, reply)
  return ask("answer", reply or { status = 200, body = "{}" }, script(nil, body))
end

local function evaluated(node, secrets)
  return assert(net.evaluate(node, secrets or { key = "pass", token = "T" }, 1767225600000))
end

describe("the words of a channel script", function()
  -- an expression, its value with the secrets and the time known
  for _, case in ipairs({
    { 'secret "key"', "pass" },
    { 'timestamp "s"', "1767225600" },
    { 'timestamp "ms"', "1767225600000" },
    { 'timestamp "iso"', "2026-01-01T08:00:00.000+08:00" },
    { 'timestamp "compact"', "20260101080000" },
    { 'json { at = timestamp { "s", number = true } }', '{"at":1767225600}' },
    { 'concat("a", 1, true, secret "key")', "a1truepass" },
    { 'concat { "a", secret "key" }', "apass" },
    { "concat()", "" },
    { 'json { b = secret "key", a = { 1, "x" }, c = {} }', '{"a":[1,"x"],"b":"pass","c":[]}' },
    { 'json("text")', '"text"' },
    { 'base64("中")', "5Lit" },
    { 'urlencode("a b+中")', "a%20b%2B%E4%B8%AD" },
    { 'md5("abc")', "900150983cd24fb0d6963f7d28e17f72" },
    { 'hmac { key = "It\'s a Secret to Everybody", of = "Hello, World!" }',
      "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17" },
    { 'hmac { key = "SEC000000000000000000000000000000000000000000000000000000000000dead", as = "base64", of ='
      .. ' "1767225600000\\nSEC000000000000000000000000000000000000000000000000000000000000dead" }',
      "2TC8jOf44ZfwTKKwsH84BhJHl66LzH8iiH11bJDN/00=" },
    { 'md5(concat(conf.options.ecName, conf.options.apId, secret "key", "13800000000",'
      .. ' "【督办】请于3月31日前报送。", conf.options.sign, ""))', "54d0bc6f9df544d7634d20b2ff65a782" },
  }) do
    it("make of " .. case[1], function()
      local made = request(('return { method = "POST", url = conf.url, body = %s }'):format(case[1]))
      assert.is_nil(made.fault)
      assert.equal(case[2], evaluated(made.tree.body))
    end)
  end

  -- an expression in the body, what the author is told
  for _, case in ipairs({
    { 'secret "kye"', "gw.lua:2: 渠道没有名为“kye”的密钥，是不是“key”？" },
    { "secret()", "gw.lua:2: secret 要写密钥的名字，如 secret \"key\"" },
    { 'timestamp "min"', "gw.lua:2: timestamp 应写 \"s\"、\"ms\"、\"iso\" 或 \"compact\"，而不是min" },
    { 'timestamp { "iso", number = true }', "gw.lua:2: timestamp 的 number = true 只用于 \"s\" 和 \"ms\"" },
    { 'concat("a", message.nothing, "b")', "gw.lua:2: concat 的第 2 项应是文字、数或别的词，而不是没有值（nil）" },
    { 'concat("a", { "b" })', "gw.lua:2: concat 的第 2 项是一个表；要写成文字请用 json(…) 或 concat(…)" },
    { "md5(message.nothing)", "gw.lua:2: md5 的内容应是文字、数或别的词，而不是没有值（nil）" },
    { "base64 { a = 1 }", "gw.lua:2: base64 的内容是一个表；要写成文字请用 json(…) 或 concat(…)" },
    { "urlencode(0/0)", "gw.lua:2: urlencode 的内容应是文字、数或别的词，而不是" },
    { 'hmac { key = secret "key", off = "x" }', "gw.lua:2: hmac 里没有“off”这一项，是不是“of”？" },
    { 'hmac { key = secret "key" }', "gw.lua:2: hmac 的 of 应是文字、数或别的词，而不是没有值（nil）" },
    { 'hmac { key = "k", of = "x", as = "base32" }',
      "gw.lua:2: hmac 的 as 应写 \"hex\"、\"base64\" 或 \"raw\"，而不是base32" },
    { 'hmac("k", "x")', "gw.lua:2: hmac 要写成 hmac { key = …, of = … }" },
    { "json(nil)", "gw.lua:2: json 后面没有写内容" },
    { '"a" .. secret "key"', "gw.lua:2: 不能用 .. 连接密钥或由它算出的内容，请写 concat(…)" },
    { 'tostring(secret "key")', "gw.lua:2: 密钥和由它算出的内容，脚本看不到，也不能当文字用" },
    { '("%s"):format(md5(secret "key"))', "gw.lua:2: 密钥和由它算出的内容，脚本看不到，也不能当文字用" },
    { "{ a = 1 }", "gw.lua:2: body 是一个表；要写成 JSON 请用 json { … }" },
    { "function() end", "gw.lua:2: body 应是文字、数或 secret、concat 这样的词，而不是一个函数" },
    { "json { f = print }", "不认识“print”这个词" },
    { "json { a = { b = function() end } }", "gw.lua:2: body.json.a.b 应是文字、数" },
    { "json { 1, 2, x = 3 }", "gw.lua:2: body.json 既列了项又写了键，JSON 里只能用一种" },
    { "json { [true] = 1 }", "gw.lua:2: body.json 的键应是文字或序号" },
    { 'json { ["$"] = "secret" }', "gw.lua:2: body.json 的键应是文字或序号" },
    { "message.body.x.y", "gw.lua:2: 不能取其中的项：" },
  }) do
    it("are told wrong in " .. case[1], function()
      local body = ('return { method = "POST", url = conf.url, body = %s }'):format(case[1])
      local loaded = load(script(body))
      local said = loaded.ok and request(body).fault or loaded.findings[1].text
      assert.equal(case[2], said:sub(1, #case[2]))
    end)
  end

  it("are no words of a procedure, nor the other way round", function()
    local loaded = load('return channel "x" { request = function() return notify end, answer = function() end }')
    assert.is_false(loaded.ok)
    assert.is_truthy(loaded.findings[1].text:find("不认识“notify”这个词", 1, true))
    local found = answer({ op = "load", kind = "workflow", name = "w.lua", modules = {}, settings = {},
      source = 'return secret "x"' })
    assert.is_truthy(found.findings[1].text:find("不认识“secret”这个词", 1, true))
  end)
end)

describe("the load of a channel script", function()
  -- a script, the line of the first finding, what it says
  for _, case in ipairs({
    { "return 1", 1, "渠道脚本要 return channel" },
    { 'return channel "x" { request = function() end }', 1, "channel 缺少必填的 answer" },
    { HEAD .. "  requst = function() end,\n  answer = function() end }", 2, "channel 里没有“requst”这一项，是不是想写 request？" },
    { HEAD .. "  request = 5,\n  answer = function() end }", 2, "request应当是一个函数" },
    { HEAD .. "  request = function() return base46(1) end,\n  answer = function() end }", 2,
      "不认识“base46”这个词，是不是“base64”？" },
    { "local x = 1\n" .. HEAD .. "  request = function() x = 2 end,\n  answer = function() end }", 3,
      "函数不能改写装载时建立的“x”" },
    { HEAD .. "  request = function( end,\n  answer = function() end }", 2, "写法有误" },
    { 'local y = secret "kye"\nreturn channel "x" { request = function() end, answer = function() end }', 1,
      "装载时出错：渠道没有名为“kye”的密钥" },
    { 'local a = require "words"\nreturn a', 1, "不认识“require”这个词" },
    { "return channel { request = 1 }", 1, "" },
  }) do
    it("tells of " .. case[1]:gsub("\n", " "), function()
      local loaded = load(case[1])
      assert.is_false(loaded.ok)
      local said = {}
      for _, one in ipairs(loaded.findings) do
        said[#said + 1] = one.line .. ": " .. one.text
      end
      said = table.concat(said, "\n")
      assert.is_truthy(said:find(case[2] .. ": " .. case[3], 1, true), said)
    end)
  end
end)

describe("a request", function()
  for _, case in ipairs({
    { "", "gw.lua:2: request 应返回 { method = …, url = …, body = … }，而不是没有值（nil）" },
    { 'return secret "key"', "gw.lua:2: request 应返回 { method = …, url = …, body = … }，而不是secret" },
    { 'return { method = "post", url = "x" }', "gw.lua:2: method 应写 \"GET\"、\"POST\" 或 \"PUT\"，而不是“post”" },
    { 'return { method = "GET" }', "gw.lua:2: url 应是文字、数或 secret、concat 这样的词，而不是没有值（nil）" },
    { 'return { method = "GET", url = "x", header = {} }', "gw.lua:2: 请求里没有“header”这一项，是不是“headers”？" },
    { 'return { method = "GET", url = "x", headers = "x" }',
      "gw.lua:2: headers 应是一个表 { [\"Content-Type\"] = … }，而不是“x”" },
    { 'return { method = "GET", url = "x", headers = { "x" } }', "gw.lua:2: headers 的每一项都要写名字" },
    { 'local t = {} t.t = t return { method = "GET", url = "x", body = json(t) }', "gw.lua:2: body.json.t.t.t" },
    { 'local t = {} for i = 1, 20000 do t[i] = i end return { method = "GET", url = "x", body = json(t) }',
      "gw.lua:2: 请求太大：body.json[" },
    { 'return { method = "GET", url = "x", body = ("x"):rep(300000) }', "gw.lua:2: 请求太大：body" },
    { "error({})", "gw.lua:2: table" },
    { "error(setmetatable({}, { __tostring = function() return {} end }))", "gw.lua:2: 抛出的错误没有文字" },
    { 'error(("长"):rep(10000))', "gw.lua:2: 长长" },
    { "local function f() return f() + 1 end f()", "gw.lua:2: stack overflow" },
    { 'message.title = nil return { method = "GET", url = "x", body = concat(message.title) }', "gw.lua:2: concat" },
  }) do
    it("is refused of " .. case[1], function()
      local said = request(case[1]).fault
      assert.equal(case[2], tostring(said):sub(1, #case[2]))
      assert.is_true(#said < 1200)
    end)
  end

  it("of one message leaves no trace in the next", function()
    load(script('message.title = "改" conf.options.apId = "改" conf.url = nil '
      .. 'return { method = "GET", url = conf.url or "https://x" }'))
    local out = answer({ op = "ask", question = "request", items = { MESSAGE, MESSAGE } })
    assert.same(out.items[1], out.items[2])
    assert.equal("admin", CONF.options.apId)
  end)

  it("that fails leaves the others of its batch alone", function()
    load(script('return { method = "GET", url = conf.url, body = concat(message.title) }'))
    local out = answer({ op = "ask", question = "request", items = { MESSAGE, { id = "x" }, MESSAGE } })
    assert.is_table(out.items[1].tree)
    assert.is_truthy(out.items[2].fault:find("gw.lua:2: concat", 1, true))
    assert.is_table(out.items[3].tree)
  end)
end)

describe("a verdict", function()
  it("is read with what the answer's JSON says", function()
    assert.same({ outcome = "throttled", code = "429", text = "慢", after = 1000 },
      verdict('return { outcome = "throttled", code = reply.json.code, text = reply.json.text, after = 1000 }',
        { status = 200, body = '{"code":429,"text":"慢"}' }).verdict)
  end)

  it("sees no JSON in what is none", function()
    for _, body in ipairs({ "", "<html>", "{", "12", '"x"', "{\"a\":1,\"a\":2}", "\xff" }) do
      assert.same({ outcome = "unknown", code = "502" },
        verdict('return { outcome = reply.json and "accepted" or "unknown", code = reply.status }',
          { status = 502, body = body }).verdict)
    end
  end)

  for _, case in ipairs({
    { "", "gw.lua:3: answer 应返回 { outcome = \"accepted\" } 这样的表，而不是没有值（nil）" },
    { 'return { outcome = "acepted" }', "gw.lua:3: outcome 应写 accepted auth_refresh bad_channel bad_content throttled "
      .. "transient unknown，而不是“acepted”，是不是“accepted”？" },
    { "return { outcome = 1 }", "gw.lua:3: outcome 应写" },
    { "return {}", "gw.lua:3: outcome 应写" },
    { 'return { outcome = "accepted", note = 1 }', "gw.lua:3: 结论里没有“note”这一项" },
    { 'return { outcome = "throttled", after = "60" }', "gw.lua:3: after 应是毫秒数（整数），而不是“60”" },
    { 'return { outcome = "throttled", after = -1 }', "gw.lua:3: after 应是毫秒数" },
    { 'return { outcome = "accepted", code = {} }', "gw.lua:3: code 应是文字，而不是一个表" },
    { 'return { outcome = "accepted", text = "\\xff" }', "gw.lua:3: text 应是文字" },
    { 'return { outcome = secret "key" }', "gw.lua:3: outcome 应写" },
    { "return reply.json.data.code", "gw.lua:3: 不能取其中的项：" },
  }) do
    it("is refused of " .. case[1], function()
      assert.equal(case[2], tostring(verdict(case[1]).fault):sub(1, #case[2]))
    end)
  end
end)

describe("the check of a channel script", function()
  local function check(source, conf)
    return answer({ op = "check", kind = "channel", name = "gw.lua", source = source, conf = conf })
  end

  it("shows the request of the shipped one with its secrets by name", function()
    local out = check(read("scripts/channels/mas.lua"), CONF)
    assert.same({}, out.findings)
    assert.same({ "key" }, out.secrets)
    assert.is_truthy(out.preview:find("^POST https://mas.test/sms/norsubmit\nContent%-Type: "))
    assert.is_truthy(out.preview:find('"mac": "md5(测试单位admin«key»13800000000督办系统试发。', 1, true))
    assert.is_truthy(out.preview:find('"secretKey": "«key»"', 1, true))
  end)

  it("makes settings up where no channel uses it", function()
    local out = check(read("scripts/channels/mas.lua"))
    assert.same({}, out.findings)
    assert.is_truthy(out.preview:find('"ecName": "‹ecName›"', 1, true))
  end)

  it("tells of a script that takes anything for a yes, and of one that trusts every answer to be JSON", function()
    local out = check(script(), CONF)
    assert.same({ "warning", 3 }, { out.findings[1].level, out.findings[1].line })
    assert.is_truthy(out.findings[1].text:find("没有读到对方的结论也算送达", 1, true))
    out = check(script(nil, 'return { outcome = reply.json.ok and "accepted" or "unknown" }'), CONF)
    assert.same({ "error", 3 }, { out.findings[1].level, out.findings[1].line })
    assert.is_truthy(out.findings[1].text:find("（应答 200 “” 时）", 1, true))
  end)

  it("finds what the trial message meets", function()
    local out = check(script('return { method = "GET", url = conf.options.nothing.x }'), CONF)
    assert.same({ "error", 2 }, { out.findings[1].level, out.findings[1].line })
    assert.is_nil(out.preview)
  end)

  it("has nothing to say of the one on the page about them", function()
    local page = read("docs/messages.md")
    local out = check(page:match("```lua\n(return channel.-)```"))
    assert.same({}, out.findings)
    assert.is_truthy(out.preview:find('X-Sign: hmac({\n  "at": timestamp(ms),', 1, true), out.preview)
    local rows = page:match("<!%-%- 结论 %-%->(.-)<!%-%- 结论完 %-%->")
    for name in pairs(wishes.OUTCOMES) do
      assert.is_truthy(rows:find("| `" .. name .. "` |", 1, true), name)
    end
    local given = _G.load("return {" .. page:match("```lua\n(sms = .-)```") .. "}", "conf", "t", {})()
    assert(net.check_conf("lua", given.sms))
  end)

  it("keeps control characters out of the preview", function()
    local out = check(script('return { method = "GET", url = "x\\27[2J\\0", body = "a\\nb\\xff" }'), CONF)
    assert.equal("GET x?[2J?\n\na\nb?", out.preview)
  end)
end)
