-- The neutral message: anything may be given, and what is no message is refused in one sentence.
local net = require("raw.net")
local support = require("spec.host.net.support")

local function facts(count, label, text)
  local list = {}
  for i = 1, count do
    list[i] = { label, text }
  end
  return list
end

local GOOD = {
  ["the whole"] = {},
  ["the least"] = { number = false, facts = false, body = false, link = false, to = false, mention = false },
  ["empty tables from Lua"] = { facts = {}, to = {} },
  ["many addresses"] = { to = { address = { "a", "b" } } },
  ["a title at its limit"] = { title = ("督"):rep(170) .. "ab" },
  ["a body at its limit"] = { body = ("x"):rep(65536) },
  ["lines and tabs"] = { body = "a\n\n\tb", facts = { { "甲", "a\nb" } } },
  ["forty facts"] = { facts = facts(40, "甲", "") },
  ["everybody"] = { mention = "all", severity = "critical" },
  ["a port and a query"] = { link = "http://10.1.2.3:8080/a?b=c#d" },
}

local BAD = {
  { "id", { id = false } }, { "id", { id = "" } }, { "id", { id = "a\nb" } }, { "id", { id = 7 } },
  { "id", { id = ("x"):rep(201) } }, { "id", { id = "a\0b" } },
  { "title", { title = ("x"):rep(513) } }, { "title", { title = "\255" } }, { "title", { title = "a\127" } },
  { "title", { title = "\u{85}" } }, { "title", { title = {} } },
  { "facts", { facts = facts(41, "甲", "乙") } }, { "facts", { facts = { { "甲" } } } },
  { "facts", { facts = { { "甲", "乙", "丙" } } } }, { "facts", { facts = { "甲" } } },
  { "facts", { facts = { { "", "乙" } } } }, { "facts", { facts = { { "甲", 3 } } } }, { "facts", { facts = { a = 1 } } },
  { "facts", { facts = { { "甲", ("x"):rep(4097) } } } }, { "facts", { facts = { { "甲\n", "x" } } } },
  { "body", { body = ("x"):rep(65537) } }, { "body", { body = "a\rb" } }, { "body", { body = "\27[31m" } },
  { "body", { body = 1.5 } },
  { "link", { link = "javascript:alert(1)" } }, { "link", { link = "https://" } }, { "link", { link = "https://a b" } },
  { "link", { link = "https://a\nb" } }, { "link", { link = "https://甲" } },
  { "link", { link = "https://user:pw@host/" } },
  { "link", { link = "https://a/" .. ("x"):rep(1024) } }, { "link", { link = "https://a/\"><x>" } },
  { "severity", { severity = "loud" } }, { "severity", { severity = false } },
  { "severity", { severity = "normal\0" } },
  { "to", { to = { other = "x" } } }, { "to", { to = "x" } }, { "to.address", { to = { address = "a|b" } } },
  { "to.address", { to = { address = "a\r\nBcc: b" } } }, { "to.address", { to = { address = { "ok", "<b>" } } } },
  { "to.name", { to = { name = "a\nb" } } }, { "to.address", { to = { address = "" } } },
  { "mention", { mention = "<all>" } }, { "mention", { mention = ("x"):rep(129) } }, { "mention", { mention = "张三" } },
  { "at", { at = false } }, { "at", { at = -1 } }, { "at", { at = 1.5 } }, { "at", { at = math.maxinteger } },
  { "type", { type = false } }, { "surprise", { surprise = 1 } }, { "body", { body = true } },
}

describe("net.check", function()
  for name, changes in pairs(GOOD) do
    it("takes " .. name, function()
      assert(net.check(support.message(changes)))
    end)
  end

  it("refuses what is no message in a sentence that names the field", function()
    for i, case in ipairs(BAD) do
      local done, why, kind = net.check(support.message(case[2]))
      assert.is_nil(done, case[1] .. " of case " .. i)
      assert.equal("invalid", kind)
      assert.is_truthy(why:find(case[1], 1, true), why)
      assert.is_nil(why:find("\n"))
      assert.is_truthy(utf8.len(why))
    end
  end)

  it("refuses anything that is no table of fields", function()
    for _, value in ipairs({ 1, "x", true, {}, { 1, 2 }, 2.5 }) do
      local done, why = net.check(value)
      assert.is_nil(done)
      assert.is_string(why)
    end
    assert.is_nil((net.check(nil)))
    local _, why = net.check({ ["\255\n"] = 1 })
    assert.is_truthy(utf8.len(why))
  end)
end)
