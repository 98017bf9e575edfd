-- Bytes as text, digests, and the signatures built on them, against published vectors.
local digest = require("raw.digest")
local encode = require("raw.encode")
local net = require("raw.net")

describe("raw.encode", function()
  it("writes base64 of every remainder and reads it back", function()
    local cases = { [""] = "", f = "Zg==", fo = "Zm8=", foo = "Zm9v", foob = "Zm9vYg==", fooba = "Zm9vYmE=",
      foobar = "Zm9vYmFy", ["\0\255\254"] = "AP/+" }
    for bytes, text in pairs(cases) do
      assert.equal(text, encode.base64(bytes))
      assert.equal(bytes, encode.unbase64(text))
    end
    local all = {}
    for i = 0, 255 do
      all[#all + 1] = string.char(i)
    end
    all = table.concat(all)
    assert.equal(all, encode.unbase64(encode.base64(all)))
  end)

  it("refuses what is not base64", function()
    for _, bad in ipairs({ "Zg", "Zg=", "Zg===", "=", "====", "Z===", "Zh==", "Zm9=", "Zm9v\n", "Zm 9", "Zm-_",
      "Zg==Zg==",
      "Z\0==", "督办督办", "=Zg=" }) do
      local bytes, why, kind = encode.unbase64(bad)
      assert.is_nil(bytes, bad)
      assert.is_string(why)
      assert.equal("invalid", kind)
    end
  end)

  it("percent-encodes all but the unreserved letters", function()
    assert.equal("aZ09-._~", encode.percent("aZ09-._~"))
    assert.equal("%20%2B%2F%3D%25%0A%00%E7%9D%A3", encode.percent(" +/=%\n\0督"))
    assert.equal("00ff7f", encode.hex("\0\255\127"))
  end)
end)

describe("raw.digest", function()
  it("gives HMAC-SHA256 and MD5", function()
    assert.equal("f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8",
      digest.hmac("key", "The quick brown fox jumps over the lazy dog"))
    assert.equal("b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad", digest.hmac("", ""))
    assert.equal("d41d8cd98f00b204e9800998ecf8427e", digest.md5(""))
    assert.equal("900150983cd24fb0d6963f7d28e17f72", digest.md5("abc"))
  end)

  it("hashes a key longer than a block", function()
    -- RFC 4231, case 6
    assert.equal("60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
      digest.hmac(("\xaa"):rep(131), "Test Using Larger Than Block-Size Key - Hash Key First"))
  end)
end)

describe("a signature", function()
  it("of DingTalk has the secret as key, milliseconds and the secret as message", function()
    for _, case in ipairs({
      { "this is secret", 1577262236757, "hmPWwU+7lVdm3ZZz0r9tSfx0L4Q26jWOZr9+Gs6EZQM=",
        "hmPWwU%2B7lVdm3ZZz0r9tSfx0L4Q26jWOZr9%2BGs6EZQM%3D" },
      { "SEC000000000000000000000000000000000000000000000000000000000000dead", 1767225600000,
        "2TC8jOf44ZfwTKKwsH84BhJHl66LzH8iiH11bJDN/00=", "2TC8jOf44ZfwTKKwsH84BhJHl66LzH8iiH11bJDN%2F00%3D" },
    }) do
      assert.equal(case[3], net.sign("dingtalk", case[1], case[2]))
      assert.equal(case[4], encode.percent(case[3]))
    end
  end)

  it("of Feishu has seconds and the secret as key and nothing as message", function()
    assert.equal("l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8=", net.sign("feishu", "demo", 1599360473))
    assert.equal("oJhP4cu5CqFoohqoYU5S1YGlMQTpHy1U8gelUFmTgOo=", net.sign("feishu", "duban-test-secret", 1767225600))
  end)

  it("of Standard Webhooks covers id, seconds and the exact bytes", function()
    local secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    assert.equal("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
      net.sign("webhook", secret, 1614265330, "msg_p5jXN8AQM9LWM0D4loKWxJek", '{"test": 2432232314}'))
    local body = '{"type":"supervision.due_soon","timestamp":"2026-01-01T00:00:00Z",' ..
      '"data":{"id":"DB-2026-0001","title":"整改通知"}}'
    assert.equal(118, #body)
    assert.equal("v1,anKQBDUBvrVUW2zFAOrAYNe2OzdsovADztpwIUwBsio=",
      net.sign("webhook", secret, 1767225600, "msg_01duban0000000000000000001", body))
  end)

  it("of Standard Webhooks takes any other secret as its bytes, and refuses a broken one", function()
    local raw = encode.unbase64("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    assert.is_string(raw)
    assert.equal(net.sign("webhook", "plain words", 1, "a", "b"), net.sign("webhook", "plain words", 1, "a", "b"))
    for _, bad in ipairs({ "whsec_", "whsec_%%%", "whsec_abc" }) do
      local sign, why, kind = net.sign("webhook", bad, 1, "a", "b")
      assert.same({ nil, "invalid" }, { sign, kind })
      assert.is_nil(why:find("%%%", 1, true))
    end
  end)

  it("as GitHub writes it covers the body", function()
    assert.equal("sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
      net.sign("hub", "It's a Secret to Everybody", 0, "", "Hello, World!"))
  end)
end)
