-- Mail: the source by its letters, and decoded again by somebody else's reader.
local encode = require("raw.encode")
local net = require("raw.net")
local process = require("raw.process")
local support = require("spec.host.net.support")

local CONF = { kind = "smtp", host = "mail.gov.cn", from = "duban@x.gov.cn", name = "督办系统" }

local function with(changes)
  local copy = {}
  for key, value in pairs(CONF) do
    copy[key] = value
  end
  for key, value in pairs(changes or {}) do
    copy[key] = value or nil
  end
  return copy
end

local function letter(changes, conf, secrets)
  local message = support.message({ to = { name = "张三", address = "zhang@x.gov.cn" } })
  for key, value in pairs(changes or {}) do
    message[key] = value or nil
  end
  return net.request("smtp", with(conf), secrets or {}, message, nil, support.NOW)
end

local function text_of(source)
  return encode.unbase64((source:match("\r\n\r\n(.*)$"):gsub("\r\n", "")))
end

describe("a letter", function()
  it("has every header once, in ASCII lines that end in CRLF and are short", function()
    local made = assert(letter({ severity = "urgent", title = ("长标题"):rep(40) }))
    local source = made.body
    assert.is_nil(source:find("[\128-\255]"))
    assert.is_nil(source:gsub("\r\n", ""):find("[\r\n]"))
    for line in source:gmatch("(.-)\r\n") do
      assert.is_true(#line <= 78, line)
    end
    for _, name in ipairs({ "Date", "From", "To", "Subject", "Message%-ID", "MIME%-Version", "Content%-Type",
      "Content%-Transfer%-Encoding", "Auto%-Submitted", "X%-Priority" }) do
      local _, count = ("\r\n" .. source):gsub("\r\n" .. name .. ": ", "")
      assert.equal(1, count, name)
    end
    assert.is_truthy(source:find("^Date: Thu, 01 Jan 2026 08:00:00 %+0800\r\n"))
    assert.is_truthy(source:find("\r\nMessage-ID: <DB-2026-0001-3@x.gov.cn>\r\n", 1, true))
  end)

  it("carries facts, text and link, and no title, in its body", function()
    assert.equal("责任单位：省教育厅\r\n期限：2026-03-31\r\n\r\n请按时报送整改情况。\r\n逾期将约谈。\r\n\r\n" ..
      "查看：https://duban.example.gov.cn/case/1\r\n", text_of(assert(letter()).body))
  end)

  it("keeps its Message-ID and all but the date on a repeat", function()
    local again = assert(net.request("smtp", CONF, {}, support.message({ to = { name = "张三",
      address = "zhang@x.gov.cn" } }), nil, support.NOW + 86400000, nil, true))
    local first = assert(letter()).body:gsub("^Date: [^\r]*", "")
    assert.equal(first, (again.body:gsub("^Date: [^\r]*", "")))
    assert.is_truthy(again.body:find("^Date: Fri, 02 Jan 2026"))
  end)

  it("tears no character between encoded words", function()
    for shift = 0, 5 do
      local made = assert(letter({ title = ("a"):rep(shift) .. ("\u{20BB7}督e\u{301}"):rep(18) }))
      for word in made.body:gmatch("=%?UTF%-8%?B%?([^?]*)%?=") do
        assert.is_truthy(utf8.len(encode.unbase64(word)))
      end
    end
  end)

  it("goes to the server with the security asked for", function()
    for _, case in ipairs({
      { {}, "smtp://mail.gov.cn:587/x.gov.cn", true }, { { port = 465 }, "smtps://mail.gov.cn:465/x.gov.cn", false },
      { { tls = "implicit" }, "smtps://mail.gov.cn:465/x.gov.cn", false },
      { { tls = "none" }, "smtp://mail.gov.cn:25/x.gov.cn", false },
      { { tls = "starttls", port = 25, helo = "duban.local" }, "smtp://mail.gov.cn:25/duban.local", true },
    }) do
      local made = assert(letter(nil, case[1]))
      assert.same({ "MAIL", case[2], case[3], "duban@x.gov.cn", "zhang@x.gov.cn\n" },
        { made.method, made.url, made.needs_tls, made.from, made.to })
    end
    local made = assert(letter(nil, { user = "u", password = "env:P" }, { password = "p" }))
    assert.same({ "u", "p" }, { made.user, made.password })
  end)

  it("is refused without a mailbox, and with an address that would break a header", function()
    for _, conf in ipairs({ { from = "x" }, { from = "a@b@c" }, { from = "a@" }, { from = "<a@b>" }, { host = "a b" },
      { host = "a/b" }, { port = 0 }, { port = 65536 }, { tls = "maybe" }, { user = "u" }, { helo = "a b" },
      { name = "a\r\nBcc: x@y" } }) do
      local made, why = letter(nil, conf)
      assert.is_nil(made)
      assert.is_string(why)
    end
    for _, to in ipairs({ false, { name = "张三" }, { address = "zhangsan" }, { address = "@" } }) do
      local made, why = letter({ to = to })
      assert.is_nil(made)
      assert.is_string(why)
    end
  end)
end)

local READER = [[
import sys, email, email.policy
message = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
assert not message.defects, message.defects
out = [str(message[name]) for name in ("Subject", "From", "To", "Message-ID", "Date")] + [message.get_content()]
sys.stdout.buffer.write("\x1f".join(out).encode())
]]

describe("somebody else's reader", function()
  local version = process.run({ "sh", "-c", "command -v python3" })
  local declare = version and version.code == 0 and it or pending

  declare("finds what was written", function()
    for _, title in ipairs({ "整改事项将到期", "plain words", "=?UTF-8?B?x?=", ("长标题\u{1F468}\u{200D}\u{1F469}"):rep(16),
      "comma, \"quote\" <x@y>" }) do
      local made = assert(letter({ title = title }))
      local done = assert(process.run({ "python3", "-c", READER, input = made.body }))
      assert.equal(0, done.code, done.err)
      local parts = {}
      for part in (done.out .. "\x1f"):gmatch("(.-)\x1f") do
        parts[#parts + 1] = part
      end
      local shown = net.preview("smtp", CONF, support.message({ title = title })):match("Subject: ([^\n]*)")
      assert.equal(shown, parts[1])
      assert.equal("督办系统 <duban@x.gov.cn>", parts[2])
      assert.equal("张三 <zhang@x.gov.cn>", parts[3])
      assert.equal("<DB-2026-0001-3@x.gov.cn>", parts[4])
      assert.equal((text_of(made.body):gsub("\r\n", "\n")), (parts[6]:gsub("\r\n", "\n")))
    end
  end)
end)
