-- The tree of a Lua channel: what it evaluates to, and everything hostile that is refused.
local digest = require("raw.digest")
local encode = require("raw.encode")
local json = require("raw.json")
local net = require("raw.net")

local NOW = 1767225600000
local SECRETS = { key = "pass", sk = "sk", bytes = "\255\0x" }

local function secret(name) return { ["$"] = "secret", name = name } end
local function stamp(unit, number) return { ["$"] = "timestamp", unit = unit, number = number } end
local function concat(...) return { ["$"] = "concat", parts = { ... } } end
local function of(what, node) return { ["$"] = what, of = node } end
local function as_json(value) return { ["$"] = "json", value = value } end
local function hmac(key, node, as) return { ["$"] = "hmac", key = key, of = node, as = as } end

local function text(node)
  return assert(net.evaluate(node, SECRETS, NOW))
end

describe("a node", function()
  it("of each kind has its text", function()
    for _, case in ipairs({
      { "甲", "甲" }, { 7, "7" }, { 2.5, "2.5" }, { true, "true" }, { secret("key"), "pass" },
      { secret("bytes"), "\255\0x" }, { stamp("s"), "1767225600" }, { stamp("ms"), "1767225600000" },
      { stamp("iso"), "2026-01-01T08:00:00.000+08:00" }, { stamp("compact"), "20260101080000" },
      { concat("a", 1, concat(), secret("key")), "a1pass" }, { concat(), "" },
      { as_json({ b = { 1, true, "x" }, a = secret("key"), c = stamp("ms"), d = stamp("s", true), e = {} }),
        '{"a":"pass","b":[1,true,"x"],"c":"1767225600000","d":1767225600,"e":[]}' },
      { as_json("x"), '"x"' }, { of("base64", "foob"), "Zm9vYg==" }, { of("urlencode", "a b督"), "a%20b%E7%9D%A3" },
      { of("md5", "abc"), "900150983cd24fb0d6963f7d28e17f72" }, { hmac(secret("key"), "x"), digest.hmac("pass", "x") },
      { of("base64", of("base64", secret("bytes"))), encode.base64(encode.base64("\255\0x")) },
    }) do
      assert.equal(case[2], text(case[1]))
    end
  end)

  it("hmac may be a key in its turn", function()
    local inner = hmac("k", "a", "raw")
    assert.equal(32, #text(inner))
    assert.equal(digest.hmac(text(inner), "b"), text(hmac(inner, "b", "hex")))
    assert.equal(encode.base64(text(hmac("k", "a", "raw"))), text(hmac("k", "a", "base64")))
  end)
end)

describe("a tree", function()
  it("is 移动云MAS: base64 around JSON with a key and a digest in it", function()
    local fields = { "测试单位", "admin", secret("key"), "13800000000", "【督办】请于3月31日前报送。", "SignCode1", "" }
    local mac = of("md5", concat(table.unpack(fields)))
    assert.equal("54d0bc6f9df544d7634d20b2ff65a782", text(mac))
    local made = assert(net.tree({
      method = "POST", url = "https://mas.example.cn:8080/sms/norsubmit", headers = { ["Content-Type"] = "text/plain" },
      body = of("base64", as_json({ ecName = fields[1], apId = fields[2], secretKey = fields[3], mobiles = fields[4],
        content = fields[5], sign = fields[6], addSerial = fields[7], mac = mac })),
    }, SECRETS, NOW))
    assert.same({ "POST", "https://mas.example.cn:8080/sms/norsubmit", "Content-Type: text/plain\n" },
      { made.method, made.url, made.headers })
    local sent = json.decode(assert(encode.unbase64(made.body)))
    assert.same({ "pass", "54d0bc6f9df544d7634d20b2ff65a782", "【督办】请于3月31日前报送。" },
      { sent.secretKey, sent.mac, sent.content })
  end)

  it("is 专有钉钉: an HMAC over method, time, nonce and path", function()
    local signature = hmac(secret("sk"), concat("POST\n", "2026-01-01T00:00:00.000+08:00", "\n17672256000001234\n",
      "/gettoken.json\n", "appkey=ak&appsecret=as"), "base64")
    assert.equal("HE5VTHOsJnI5CrCOiKcHQ0P+hEaypyZh4KehGr42PsI=", text(signature))
    assert.equal("2026-01-01T00:00:00.000+08:00", net.evaluate(stamp("iso"), SECRETS, NOW - 28800000))
    local made = assert(net.tree({ method = "POST", url = concat("https://x.cn/gettoken.json?k=", of("urlencode",
      "甲&")),
      headers = { ["X-Hmac-Auth-Signature"] = signature } }, SECRETS, NOW))
    assert.equal("https://x.cn/gettoken.json?k=%E7%94%B2%26", made.url)
    assert.equal("X-Hmac-Auth-Signature: HE5VTHOsJnI5CrCOiKcHQ0P+hEaypyZh4KehGr42PsI=\n", made.headers)
    assert.equal("", made.body)
  end)
end)

local function deep(levels, wrap)
  local node = "x"
  for _ = 1, levels do
    node = wrap(node)
  end
  return node
end

local function wide(count, item)
  local list = {}
  for i = 1, count do
    list[i] = item
  end
  return list
end

local HALF = ("x"):rep(131072)

local BAD = {
  {}, { 1 }, { ["$"] = "eval" }, { ["$"] = 1 }, { ["$"] = true }, { a = 1 }, { ["$"] = "secret" }, secret(""),
  secret(7), secret("a\nb"),
  secret("missing"), secret("\255"), secret(("x"):rep(100)), { ["$"] = "secret", name = "key", more = 1 },
    stamp("year"), stamp(nil),
  stamp(1), { ["$"] = "concat", parts = "x" }, { ["$"] = "concat" }, { ["$"] = "concat", parts = { a = 1 } },
    concat({}),
  of("base64", nil), of("base64", {}), of("md5", { 1, 2 }), of("sha1", "x"), hmac("k", "x", "octal"), hmac("k", "x", 7),
  hmac(nil, "x"), hmac("k", nil), { ["$"] = "json" }, as_json({ a = secret("bytes") }), as_json("\255"),
    as_json({ ["\255"] = 1 }),
  as_json({ a = hmac("k", "x", "raw") }), as_json({ a = { b = { ["$"] = "nothing" } } }), as_json({ ["$"] = "x" }),
  deep(40, function(node) return of("base64", node) end),
  deep(40, function(node) return { node } end), as_json(deep(40, function(node) return { node } end)),
  { ["$"] = "concat", parts = wide(10001, "x") }, as_json(wide(10001, 1)),
  concat(HALF, HALF, "x"), of("urlencode", ("督"):rep(30000)), of("base64", HALF .. HALF),
  { ["$"] = "concat", parts = wide(100, of("md5", HALF)) }, deep(31, function(node) return of("urlencode",
  of("urlencode", node)) end),
}

describe("a hostile node", function()
  it("is refused in one sentence that holds no secret", function()
    for i, node in ipairs(BAD) do
      local out, why, kind = net.evaluate(node, SECRETS, NOW)
      assert.is_nil(out, "node " .. i)
      assert.is_truthy(kind == "invalid" or kind == "missing", "node " .. i)
      assert.is_truthy(#why > 0 and utf8.len(why) and not why:find("[%c]"), "node " .. i)
      assert.is_nil(why:find("pass", 1, true))
    end
    assert.is_nil((net.evaluate(nil, SECRETS, NOW)))
    assert.is_nil((net.evaluate(secret("key"), nil, NOW)))
    assert.is_nil((net.evaluate(secret("key"), "no table", NOW)))
  end)
end)

local function tree(changes)
  local made = { method = "POST", url = "https://gw.cn/x", headers = { A = "b" }, body = "x" }
  for key, value in pairs(changes) do
    made[key] = value or nil
  end
  return made
end

local BAD_TREES = {
  { method = "DELETE" }, { method = "post" }, { method = false }, { method = secret("key") }, { url = false },
  { url = "ftp://x" },
  { url = "https://甲" }, { url = "https://a b" }, { url = "https://a\nb" }, { url = "https://a\0b" },
  { url = "file:///etc/passwd" },
  { url = "https://u:p@h/" }, { url = concat("https://", secret("bytes")) }, { url = ("https://x/"):rep(200) },
  { url = 7 },
  { headers = "x" }, { headers = { Host = "x" } }, { headers = { ["content-LENGTH"] = "1" } },
  { headers = { ["Transfer-Encoding"] = "x" } },
  { headers = { ["A B"] = "x" } }, { headers = { ["A:"] = "x" } }, { headers = { ["A\nB"] = "x" } },
  { headers = { A = "x\r\nB: y" } },
  { headers = { A = "x\0y" } }, { headers = { A = secret("missing") } }, { headers = { A = ("x"):rep(9000) } },
  { headers = { 1, 2 } },
  { headers = { A = {} } }, { body = {} }, { body = secret("missing") }, { extra = 1 },
}

describe("a hostile tree", function()
  it("is refused in one sentence", function()
    assert(net.tree(tree({}), SECRETS, NOW))
    assert(net.tree(tree({ headers = {}, body = false }), SECRETS, NOW))
    for i, changes in ipairs(BAD_TREES) do
      local made, why = net.tree(tree(changes), SECRETS, NOW)
      assert.is_nil(made, "tree " .. i)
      assert.is_truthy(utf8.len(why) and not why:find("[%c]"), "tree " .. i)
    end
    local many = {}
    for i = 1, 33 do
      many["H" .. i] = "x"
    end
    assert.is_nil((net.tree(tree({ headers = many }), SECRETS, NOW)))
    for _, none in ipairs({ 1, "x", {}, { 1 } }) do
      assert.is_nil((net.tree(none, SECRETS, NOW)))
    end
  end)
end)
