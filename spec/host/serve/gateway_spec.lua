-- Channels with a script, the whole way: a message of the outbox, the worker that makes its request, the real courier,
-- a gateway on loopback, the verdict, and what is recorded. And scripts that mean harm.
local courier = require("spec.host.net.courier")
local json = require("raw.json")
local process = require("raw.process")
local queue = require("spec.support.queue")
local site = require("spec.support.site")
local tables = require("spec.support.tables")

local KEY = "mas-test-secret-0001"

local CONF = [[channels = { sms = { kind = "lua", script = "%s", url = "%s", allow = "127.0.0.1",
  secrets = { key = "%s" }, options = { ecName = "测试单位", apId = "admin", sign = "%s" } },
  box = { kind = "sink" } }, route = { "sms", "box" }]]

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("a")
  file:close()
  return text
end

local GOOD = [[return { method = "POST", url = conf.url, body = json { k = secret "key", t = message.title } }]]
local YES = [[return { outcome = reply.status == 200 and "accepted" or "unknown", code = reply.status,
    text = reply.body }]]

local function script(request, verdict)
  verdict = (verdict or YES):gsub("\n *", " ")
  return ('return channel "网关" {\n  request = function(message, conf) %s end,\n  answer = function(reply) %s end,\n}\n')
    :format(request or GOOD, verdict)
end

-- A configuration names files from the root.
local function secret(text)
  local root = assert(process.run({ "pwd", env = { "PATH=/usr/bin:/bin" } })).out:gsub("%s+$", "")
  return "file:" .. root .. "/" .. courier.secret(text):sub(6)
end

describe("a channel with a script", function()
  local fakes, here
  local reference = secret(KEY)

  setup(function()
    fakes = courier.fakes()
  end)
  teardown(function()
    fakes:close()
  end)
  before_each(function()
    fakes:reset()
    fakes:ask({ op = "config", hook_secret = "" })
  end)
  after_each(function()
    if here then
      here:close()
      here = nil
    end
  end)

  local function write(source)
    assert(process.run({ "mkdir", "-p", here.site.path .. "/channels", env = { "PATH=/usr/bin:/bin" } }))
    site.write(here.site.path .. "/channels/gw.lua", source)
  end

  -- A site with count messages for the channel; without source it uses the shipped script.
  local function make(source, count, changes)
    changes = changes or {}
    here = queue.make(CONF:format(source and "gw.lua" or "mas.lua", fakes:url(changes.path or "/sms/norsubmit"),
      changes.reference or reference, changes.sign or "SignCode1"))
    here.site.env = {}
    if source then
      write(source)
    end
    if count ~= 0 then
      here:add({ channel = "sms", count = count })
      tables.exec(here.site, [[UPDATE outbox SET message = json_set(message, '$.body', '请报送。', '$.to',
        json('{"name":"张三","address":"13800000000"}'), '$.title', '试' || outbox_id)]])
    end
  end

  local function attempt(id)
    return here:attempts(id or 1)[1]
  end

  local function status(id)
    return here:row(id or 1).status
  end

  -- ---- 移动云MAS ----

  it("sends through 移动云MAS, whose digest holds the secret", function()
    make(nil, 3)
    assert.equal(3, here:deliver().sent)
    assert.equal(3, fakes:tally().total)
    local row = attempt()
    assert.same({ "accepted", "success", 200 }, { row.outcome, row.code, row.status })
    assert.matches("%[mas%.lua %x%x%x%x%x%x%x%x%]$", row.text)
    assert.is_truthy(fakes:last().body:find("^[A-Za-z0-9+/]+=*$"))
  end)

  -- what is wrong, the gateway's code, the outcome
  for _, case in ipairs({
    { { sign = "Other" }, "IllegalSignId", "bad_channel" },
    { { reference = secret("another-secret") }, "InvalidUsrOrPwd", "bad_channel" },
    { { break_mac = true }, "IllegalMac", "bad_channel" },
    { { empty = true }, "InvalidMessage", "bad_content" },
  }) do
    it("hears " .. case[2] .. " as " .. case[3], function()
      local source = read("scripts/channels/mas.lua")
      if case[1].break_mac then
        source = source:gsub("md5%(concat%(o%.ecName, ", "md5(concat(")
      elseif case[1].empty then
        source = source:gsub("content = content,", 'content = "",')
      end
      make(source, 1, case[1])
      here:deliver()
      local row = attempt()
      assert.same({ case[3], case[2] }, { row.outcome, row.code })
      assert.equal(case[3] == "bad_content" and "dead" or "waiting", status())
      assert.equal(0, fakes:tally().total)
    end)
  end

  for _, case in ipairs({
    { "answer", { status = 200, body = "<html>ok</html>" }, "unknown" },
    { "answer", { status = 502, body = "" }, "transient" },
    { "answer", { status = 200, body = '{"success":false,"rspcod":"TooManyMobiles"}' }, "bad_content" },
    { "answer", { status = 200, body = '{"success":"yes"}' }, "bad_channel" },
    { "cut", {}, "unknown" },
  }) do
    it(("judges %s %s as %s"):format(case[1], tostring(case[2].body), case[3]), function()
      make(nil, 1)
      fakes:fault("mas", case[1], case[2])
      here:deliver()
      assert.equal(case[3], attempt().outcome)
    end)
  end

  it("marks what is sent once more because nobody knows of the first", function()
    make(nil, 1)
    fakes:fault("mas", "cut")
    here:deliver()
    assert.same({ "unknown", "waiting" }, { attempt().outcome, status() })
    here:hurry()
    assert.equal(1, here:deliver().sent)
    local keys = json.encode(fakes:tally())
    assert.is_truthy(keys:find("（重发）试1", 1, true), keys)
  end)

  it("reads its script again when that has changed, and each attempt says which one it was", function()
    make(script(GOOD, 'return { outcome = "transient", code = "1" }'), 1, { path = "/hook" })
    here:deliver()
    write(script())
    here:hurry()
    here:deliver()
    local rows = here:attempts(1)
    assert.same({ "transient", "accepted" }, { rows[1].outcome, rows[2].outcome })
    assert.not_equal(rows[1].text:match("%[gw%.lua %x+%]"), rows[2].text:match("%[gw%.lua %x+%]"))
  end)

  -- ---- where it may go ----

  it("calls no host that neither url nor allow names", function()
    for _, url in ipairs({ "https://evil.example/", "http://127.0.0.2/", "http://localhost:1/", "ftp://127.0.0.1/",
      "http://127.0.0.1@evil.example/", "file:///etc/passwd", "http://127.0.0.1.evil.example/x" }) do
      make(script(('return { method = "GET", url = %q }'):format(url)), 1)
      here:deliver()
      local row = attempt()
      assert.same({ "bad_channel", 0 }, { row.outcome, row.status }, url)
      here:close()
    end
    here = nil
    assert.equal(0, #fakes:ask({ op = "requests" }))
  end)

  -- ---- its secret ----

  it("shows its secret to nobody: not to the script, not in rows, not in what is printed", function()
    local shows = script(GOOD, 'return { outcome = "bad_content", code = "x", text = reply.body }')
    make(shows, 1, { path = "/hook" })
    fakes:fault("webhook", "answer", { status = 200, body = "echo " .. KEY .. " " .. KEY })
    local done = here.site:run("deliver")
    assert.is_truthy(fakes:last().body:find(KEY, 1, true))
    assert.matches("echo %*%*%* %*%*%*", attempt().text)
    assert.is_nil((done.out .. done.err):find(KEY, 1, true))
    for _, words in ipairs({ { "check" }, { "channel", "test", "sms", "--to", "P04" }, { "outbox" }, { "doctor" } }) do
      done = here.site:run(table.unpack(words))
      assert.is_nil((done.out .. done.err):find(KEY, 1, true))
    end
    assert.is_nil(read(here.site.path .. "/duban.db"):find(KEY, 1, true))
  end)

  it("waits when the channel lacks the secret its script names", function()
    make(script('return { method = "GET", url = conf.url, body = secret "kye" }'), 1)
    here:deliver()
    assert.matches("^gw%.lua:2: 渠道没有名为“kye”的密钥，是不是“key”？", attempt().text)
  end)

  -- ---- scripts that mean harm ----

  -- what stands in request, what the row says: the message is dead, the keeper goes on
  local HOSTILE = {
    { "while true do end", "gw.lua:2: " },
    { "pcall(function() while true do end end) return {}", "gw.lua:2: " },
    { "local t = {} while true do t[#t + 1] = (\"x\"):rep(1000) .. #t end", "gw.lua:2: " },
    { "return ((\"a\"):rep(200000)):find((\".-\"):rep(40) .. \"b\")", "gw.lua" },
    { "return { method = \"POST\", url = conf.url, body = (\"x\"):rep(1000000) }", "gw.lua:2: 请求太大" },
    { "local t = {} for i = 1, 300000 do t[i] = i end return { method = \"POST\", url = conf.url, body = json(t) }",
      "gw.lua:2: 请求太大" },
    { "local t = {} t[1] = t return { method = \"POST\", url = conf.url, body = json(t) }", "gw.lua:2: body.json" },
    { "error(setmetatable({}, { __tostring = function() while true do end end }))", "gw.lua:2: " },
    { "error(nil)", "gw.lua:2: " },
    { "error((\"\\27[2J\"):rep(1000))", "gw.lua:2: " },
    { "return setmetatable({}, { __index = function() while true do end end })", "gw.lua:2: " },
    { "return 42", "gw.lua:2: request 应返回" },
    { "return { method = \"POST\", url = { [\"$\"] = \"secret\", name = \"key\" } }", "gw.lua:2: url 应是" },
    { "return { method = \"DELETE\", url = conf.url }", "gw.lua:2: method 应写" },
    { "local function f(n) return 1 + f(n + 1) end return f(1)", "gw.lua:2: " },
    { "return string.rep(\"x\", 1 << 60)", "gw.lua:2: string.rep 的结果太长" },
    { "return message.nothing.x", "gw.lua:2: 不能取其中的项" },
  }
  for at, case in ipairs(HOSTILE) do
    it("loses its message alone by " .. case[1] .. (at % 6 == 1 and "" or " #slow"), function()
      make(script(case[1]), 1)
      here:add({ channel = "box" })
      local report = here:deliver()
      local row = attempt()
      assert.same({ "bad_content", "script", "dead" }, { row.outcome, row.code, status() })
      assert.equal(case[2], row.text:sub(1, #case[2]))
      assert.is_nil(row.text:find("[%z\1-\31]"))
      assert.equal("sent", status(2))
      assert.equal(1, report.dead)
      assert.equal(0, #fakes:ask({ op = "requests" }))
    end)
  end

  it("may not smuggle headers, nor a line into one", function()
    for _, headers in ipairs({ '{ Host = "evil" }', '{ ["X-A"] = "a\\r\\nX-B: b" }', '{ ["X A"] = "a" }',
      '{ ["Content-Length"] = "0" }' }) do
      make(script(('return { method = "POST", url = conf.url, headers = %s }'):format(headers)), 1)
      here:deliver()
      assert.same({ "bad_channel", 0 }, { attempt().outcome, attempt().status })
      here:close()
    end
    here = nil
    assert.equal(0, #fakes:ask({ op = "requests" }))
  end)

  -- the same with answers: what was sent is not sent again, a person looks
  for _, case in ipairs({
    { "while true do end", "gw.lua:3: " },
    { "return reply.json.data.code", "gw.lua:3: 不能取其中的项" },
    { "return \"accepted\"", "gw.lua:3: answer 应返回" },
    { "return { outcome = \"acepted\" }", "gw.lua:3: outcome 应写" },
    { "local t = {} while true do t[#t + 1] = reply.body .. #t end", "gw.lua:3: " },
    { "return { outcome = \"accepted\", code = { reply.body } }", "gw.lua:3: code 应是文字" },
  }) do
    it("leaves a message to a person when its answer meets " .. case[1], function()
      make(script(GOOD, case[1]), 1, { path = "/hook" })
      here:deliver()
      assert.same({ "unknown", "script", "unknown" }, { attempt().outcome, attempt().code, status() })
      assert.equal(case[2], attempt().text:sub(1, #case[2]))
      assert.equal(1, #fakes:ask({ op = "requests" }))
    end)
  end

  it("is blamed for the one message of a batch that ends its worker", function()
    make(script('if message.title == "试7" then while true do end end ' .. GOOD), 20, { path = "/hook" })
    local report = here:deliver()
    assert.same({ 19, 1 }, { report.sent, report.dead })
    assert.equal("dead", status(7))
    assert.matches("^gw%.lua:2: ", attempt(7).text)
  end)

  it("opens its circuit when it fails again and again, and keeps the rest #slow", function()
    make(script("while true do end"), 40)
    local report = here:deliver()
    assert.equal("open", here.site:json("channel", "list")[2].state)
    assert.is_true(report.dead >= 5 and report.dead <= 9, report.dead)
    assert.equal(40 - report.dead, tables.value(here.site, "SELECT COUNT(*) AS n FROM outbox WHERE template = 't'"
      .. " AND status = 'waiting'"))
    assert.equal(report.dead, tables.value(here.site, "SELECT COUNT(*) AS n FROM deliveries WHERE channel = 'sms'"))
    assert.equal(1, tables.value(here.site, "SELECT COUNT(*) AS n FROM outbox WHERE template = 'channel_down'"))
  end)

  it("keeps every message while its script is missing or does not load", function()
    make(script(), 1)
    write("return channel \"x\" { request = 1 }")
    here:deliver()
    assert.same({ "bad_channel", "waiting" }, { attempt().outcome, status() })
    assert.matches("^gw%.lua:1: ", attempt().text)
    os.remove(here.site.path .. "/channels/gw.lua")
    here:hurry()
    here:deliver()
    assert.matches("^没有渠道脚本 channels/gw%.lua", here:attempts(1)[2].text)
    assert.matches("渠道 sms 的脚本 channels/gw%.lua 不存在", here.site:run("doctor").out)
    write("while true do end")
    here:hurry()
    here:deliver()
    assert.matches("^gw%.lua:1: ", here:attempts(1)[3].text)
    assert.equal(0, tables.value(here.site, "SELECT COUNT(*) AS n FROM outbox WHERE status = 'dead'"))
  end)

  it("reads no file outside of its folder", function()
    make(script(), 1)
    site.write(here.site.path .. "/duban.conf.lua", ('return { office = "430000", channels = { sms = { kind = "lua", '
      .. 'script = "../duban.conf.lua", url = "https://x.test/" } }, route = { "sms" } }\n'))
    here:deliver()
    assert.matches("没有渠道脚本", attempt().text)
  end)

  -- ---- by hand ----

  it("is tried by channel test, the same way", function()
    make(nil, 0)
    local done = here.site:json("channel", "test", "sms", "--to", "P04", "--by", "P07")
    assert.same({ "accepted", "success" }, { done.outcome, done.code })
    assert.equal(1, fakes:tally().total)
    fakes:fault("mas", "answer", { status = 200, body = '{"success":false,"rspcod":"IllegalMac"}' })
    local said = here.site:run("channel", "test", "sms", "--to", "P04", "--by", "P07")
    assert.equal(1, said.code)
    assert.matches("IllegalMac", said.out)
  end)

  it("says in channel test what its script did wrong", function()
    make(script("return message.nothing.x"), 0)
    assert.matches("gw%.lua:2: 不能取其中的项", here.site:refused("channel", "test", "sms", "--to", "P04", "--by", "P07"))
  end)
end)

describe("the check of a site's channel script", function()
  local here

  after_each(function()
    here:close()
  end)

  local function make(source)
    here = queue.make(CONF:format("gw.lua", "https://mas.test/sms/norsubmit", "file:/etc/none", "SignCode1"))
    assert(process.run({ "mkdir", "-p", here.site.path .. "/channels", env = { "PATH=/usr/bin:/bin" } }))
    site.write(here.site.path .. "/channels/gw.lua", source)
  end

  it("shows the request under the channel's own settings, secrets by name", function()
    make(read("scripts/channels/mas.lua"))
    local done = here.site:json("check")
    assert.same({ true, 1, "sms" }, { done.ok, #done.previews, done.previews[1].channel })
    assert.matches("^POST https://mas%.test/sms/norsubmit\n", done.previews[1].text)
    assert.matches("«key»", done.previews[1].text)
    assert.matches("密钥写作 «名称»", here.site:must("check", here.site.path .. "/channels/gw.lua"))
  end)

  it("finds an address the courier would refuse, and a loop", function()
    make(script('return { method = "GET", url = "https://other.example/" }'))
    assert.matches("脚本要连接 other%.example，渠道的 url 与 allow 都没有写它", here.site:run("check").out)
    site.write(here.site.path .. "/channels/gw.lua", script("\n while true do end"))
    local done = here.site:run("check")
    assert.equal(1, done.code)
    assert.matches("gw%.lua:3:1: ", done.out)
  end)

  it("is all there is to do: it is not published", function()
    make(script())
    assert.matches("是渠道脚本，不用发布", here.site:refused("publish", here.site.path .. "/channels/gw.lua"))
  end)
end)
