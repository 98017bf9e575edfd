-- Addresses: what kind of place each is, and what a channel's list lets through.
local address = require("raw.address")

local CLASSES = {
  public = { "8.8.8.8", "1.1.1.1", "11.0.0.1", "172.15.0.1", "172.32.0.1", "100.63.255.255", "100.128.0.1",
    "223.255.1.1", "2400:3200::1", "[2400:3200::1]", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8",
    "2002:808:808::1", "192.0.1.1" },
  loopback = { "127.0.0.1", "127.255.255.254", "127.1.2.3", "::1", "[::1]", "::ffff:127.0.0.1", "::ffff:7f00:1",
    "::127.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2002:7f00:1::1", "::ffff:0:127.0.0.1",
    "0:0:0:0:0:0:0:1", "0000:0000:0000:0000:0000:ffff:7f00:0001" },
  private = { "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "fc00::1", "fd12:3456::1",
    "fec0::1", "::ffff:10.0.0.1", "64:ff9b::10.1.2.3", "2002:a00:1::1", "::ffff:192.168.1.1" },
  shared = { "100.64.0.1", "100.127.255.255", "::ffff:100.64.0.1" },
  ["link-local"] = { "169.254.0.1", "169.254.255.255", "fe80::1", "febf::1", "::ffff:169.254.1.1" },
  metadata = { "169.254.169.254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1", "fd00:ec2::254",
    "100.100.100.200", "169.254.170.2", "169.254.0.23", "192.0.0.192", "168.63.129.16" },
  unspecified = { "0.0.0.0", "0.1.2.3", "::", "::ffff:0.0.0.0", "64:ff9b::" },
  multicast = { "224.0.0.1", "239.255.255.255", "ff02::1", "::ffff:224.0.0.1" },
  reserved = { "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.51.100.1", "203.0.113.1", "198.18.0.1", "192.0.0.1",
    "192.88.99.1", "2001:db8::1", "2001::1", "100::1", "64:ff9b:1::1", "3fff::1", "4000::1", "5f00::1" },
}

describe("address.classify", function()
  for class, list in pairs(CLASSES) do
    for _, text in ipairs(list) do
      it("calls " .. text .. " " .. class, function()
        assert.equal(class, address.classify(text))
      end)
    end
  end

  for _, text in ipairs({ "", "1", "127.1", "0x7f.0.0.1", "0177.0.0.1", "2130706433", "127.0.0.1.", "127.0.0.256",
    "fe80::1%eth0", "[::1", "::1]", "localhost", "1.2.3.4/8", " 127.0.0.1" }) do
    it("takes no " .. ("%q"):format(text), function()
      assert.is_nil(address.classify(text))
    end)
  end
end)

-- list, host, address, allowed, more
local LISTS = {
  { {}, "x.cn", "8.8.8.8", true },
  { {}, "x.cn", "8.8.8.8", false, { plain = true } },
  { { "x.cn" }, "x.cn", "8.8.8.8", true, { plain = true } },
  { { "8.8.8.8" }, "x.cn", "8.8.8.8", true, { plain = true } },
  { {}, "x.cn", "10.1.2.3", false },
  { { "10.1.2.3" }, "x.cn", "10.1.2.3", true },
  { "10.1.2.3", "x.cn", "10.1.2.3", true },
  { { "10.1.2.3" }, "x.cn", "10.1.2.4", false },
  { { "10.1.2.3" }, "x.cn", "::ffff:10.1.2.3", true },
  { { "10.0.0.0/8" }, "x.cn", "10.200.2.3", true },
  { { "10.1.0.0/15" }, "x.cn", "10.2.0.1", false },
  { { "fd00::/8" }, "x.cn", "fd12::1", true },
  { { "fd00::/8" }, "x.cn", "fc12::1", false },
  { { "gate.local" }, "gate.local", "10.1.2.3", true },
  { { "gate.local" }, "GATE.local.", "10.1.2.3", true },
  { { "Gate.Local" }, "gate.local", "10.1.2.3", true },
  { { "gate.local" }, "xgate.local", "10.1.2.3", false },
  { { "gate.local" }, "gate.local.evil.cn", "10.1.2.3", false },
  { { "*.gov.local" }, "a.gov.local", "10.1.2.3", true },
  { { "*.gov.local" }, "a.b.gov.local", "10.1.2.3", true },
  { { "*.gov.local" }, "gov.local", "10.1.2.3", false },
  { { "*.gov.local" }, "xgov.local", "10.1.2.3", false },
  { { "gate.local:8443" }, "gate.local", "10.1.2.3", false },
  { { "gate.local:8443" }, "gate.local", "10.1.2.3", true, { port = 8443 } },
  { { "10.1.2.3:8443" }, "gate.local", "10.1.2.3", true, { port = 8443 } },
  { { "10.0.0.0/8:8443" }, "gate.local", "10.1.2.3", true, { port = 8443 } },
  { { "[fd00::1]:8443" }, "gate.local", "fd00::1", true, { port = 8443 } },
  { { "[fd00::1]:8443" }, "gate.local", "fd00::1", false },
  { { "gate.local" }, "gate.local", "127.0.0.1", true },
  { { "gate.local" }, "gate.local", "169.254.169.254", false },
  { { "gate.local" }, "gate.local", "100.100.100.200", false },
  { { "gate.local" }, "gate.local", "169.254.1.1", false },
  { { "169.254.169.254" }, "gate.local", "169.254.169.254", true },
  { { "gate.local", "0.0.0.0" }, "gate.local", "0.0.0.0", false },
  { { "gate.local", "224.0.0.0/4" }, "gate.local", "224.0.0.1", false },
  { { "gate.local" }, "gate.local", "255.255.255.255", false },
  { {}, "proxy.local", "10.1.2.3", true, { named = true } },
  { {}, "proxy.local", "169.254.169.254", false, { named = true } },
  { {}, "x.cn", nil, true },
  { {}, "x.cn", nil, false, { plain = true } },
  { {}, "localhost", nil, false },
  { {}, "a.LOCALHOST.", nil, false },
  { { "localhost" }, "localhost", nil, true, { plain = true } },
}

describe("address.allows", function()
  for _, case in ipairs(LISTS) do
    local list, host, number, allowed = case[1], case[2], case[3], case[4]
    local shown = type(list) == "table" and table.concat(list, " ") or list
    it(("%s %s at %s by [%s]"):format(allowed and "lets" or "keeps", host, number or "a proxy", shown), function()
      local try = { host = host, address = number }
      for key, value in pairs(case[5] or {}) do
        try[key] = value
      end
      assert.equal(allowed, address.allows(list, try))
    end)
  end

  for _, entry in ipairs({ "", "*", "*.", "a b", "http://x.cn", "10.0.0.0/33", "10.0.0.0/0", "10.0.0.0/x", "fd00::/129",
    "x.cn:0", "x.cn:70000", "x.cn:", "x..cn", "a*.cn", "*.*.cn", "10.1.2.3/", "x.cn/8", ("x"):rep(300) }) do
    it("refuses the entry " .. ("%q"):format(entry:sub(1, 20)), function()
      local _, text, kind = address.allows({ entry }, { host = "x.cn", address = "8.8.8.8" })
      assert.equal("invalid", kind)
      assert.is_truthy(text:find("allow", 1, true))
    end)
  end

  it("refuses what is no list", function()
    assert.equal("invalid", select(3, address.allows({ a = "b" }, { host = "x", address = "8.8.8.8" })))
    assert.equal("invalid", select(3, address.allows(5, { host = "x", address = "8.8.8.8" })))
    assert.equal("invalid", select(3, address.allows({ 5 }, { host = "x", address = "8.8.8.8" })))
  end)
end)
