-- The small raw modules: JSON, text, clock, digest, files, CSV, scripts.
local clock = require("raw.clock")
local csv = require("raw.csv")
local digest = require("raw.digest")
local fault = require("fault")
local file = require("raw.file")
local json = require("raw.json")
local script = require("raw.script")
local text = require("raw.text")

describe("raw.json", function()
  it("writes canonical text", function()
    assert.equal('{"a":[1,2.5,true],"b":[],"甲":"乙"}',
      json.encode({ ["甲"] = "乙", a = { 1, 2.5, true }, b = {} }))
  end)
  it("reads what it writes", function()
    local value = { name = "督办", list = { 1, 2, { deep = true } }, rate = 0.25 }
    assert.same(value, json.decode(json.encode(value)))
  end)
  it("refuses broken text and texts that are not UTF-8", function()
    for _, bad in ipairs({ "", "{", '{"a":1,"a":2}', "[1] x", "nul", '{"a":0\0}' }) do
      local value, why, kind = json.decode(bad)
      assert.is_nil(value)
      assert.is_string(why)
      assert.equal("invalid", kind)
    end
    assert.has_error(function() json.encode("\255") end)
    assert.has_error(function() json.encode(print) end)
  end)
end)

describe("raw.text", function()
  it("knows UTF-8, width, names and marks", function()
    assert.is_true(text.is_utf8("督办"))
    assert.is_false(text.is_utf8("\255"))
    assert.equal(5, text.width("督办x"))
    assert.equal("督", text.fit("督办", 3))
    assert.equal(text.normal("ＡＢ 甲"), text.normal("AB甲"))
    assert.is_true(text.is_classified("机密★一年"))
    assert.is_false(text.is_classified("保守秘密"))
    assert.is_boolean(text.is_zh())
  end)
  it("raises at misuse", function()
    assert.has_error(function() text.width({}) end)
    assert.has_error(function() text.fit("x", -1) end)
  end)
end)

describe("raw.clock", function()
  it("parses and formats days and instants", function()
    local day = clock.parse_day("2026年9月28日")
    assert.equal("2026-09-28", clock.format_day(day))
    local instant = clock.parse_instant("2026-09-28 10:30:05")
    assert.equal("2026-09-28 10:30:05", clock.format_instant(instant))
    assert.equal(day, clock.day(instant))
    assert.equal(instant - (10 * 60 + 30) * 60000 - 5000, clock.day_start(day))
  end)
  it("refuses days that do not exist", function()
    local day, _, kind = clock.parse_day("2026-02-30")
    assert.same({ nil, "invalid" }, { day, kind })
  end)
  it("goes forward", function()
    local before = clock.micros()
    assert.is_true(clock.micros() >= before and clock.steady() > 0 and clock.now() > 1700000000000)
  end)
end)

describe("raw.digest", function()
  it("gives SHA-256 in hexadecimal", function()
    assert.equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
      digest.sha256("abc"))
  end)
end)

describe("raw.file", function()
  it("writes, reads, lists and refuses", function()
    local folder = os.tmpname()
    os.remove(folder)
    os.execute("mkdir -p " .. folder .. "/b")
    assert(file.write(folder .. "/b/x.lua", "甲\0乙"))
    assert(file.write(folder .. "/a.lua", ""))
    assert.equal("甲\0乙", file.read(folder .. "/b/x.lua"))
    assert.same({ "a.lua", "b/x.lua" }, file.list(folder, ".lua", true))
    assert.same({ "a.lua" }, file.list(folder, ".lua", false))
    local got, why = file.read(folder .. "/b/x.lua", 3)
    assert.is_nil(got)
    assert.is_string(why)
    assert.is_nil((file.read(folder .. "/nothing")))
    os.execute("rm -r " .. folder)
  end)
end)

describe("raw.csv", function()
  it("gives rows of texts and the encoding", function()
    local rows, encoding = csv.parse("单位,数\r\n\"省,厅\",007\r\n")
    assert.same({ { "单位", "数" }, { "省,厅", "007" } }, rows)
    assert.equal("UTF-8", encoding)
  end)
end)

describe("raw.script.load", function()
  it("gives a function whose globals are the table", function()
    local env = { x = 20 }
    assert.equal(21, script.load("x = x + 1 return x", "a.lua", env)())
    assert.equal(21, env.x)
  end)
  it("names the chunk as given", function()
    local _, why, kind = script.load("\nlocal = 1", "案件.lua", {})
    assert.is_truthy(why:find("案件.lua:2:", 1, true))
    assert.equal("invalid", kind)
  end)
  it("takes a BOM and refuses bytecode and more than 1 MB", function()
    assert.equal(1, script.load("\239\187\191return 1", "a.lua", {})())
    assert.is_nil((script.load(string.dump(function() end), "a.lua", {})))
    assert.is_nil((script.load("\239\187\191" .. string.dump(function() end), "a.lua", {})))
    assert.is_nil((script.load((" "):rep((1 << 20) + 1), "a.lua", {})))
    assert.has_error(function() script.load("return 1", "a.lua") end)
  end)
end)

describe("fault.lift", function()
  it("passes values on and turns failures into one value", function()
    assert.same({ 1, 2 }, { fault.lift("x", 1, 2) })
    assert.is_nil((fault.lift("x", nil)))
    local value, why = fault.lift("opening", nil, "no such file", "missing")
    assert.is_nil(value)
    assert.same({ "missing", "opening: no such file", true },
      { why.kind, tostring(why), fault.is(why) })
  end)
end)

describe("scripts/meta/raw.lua", function()
  local described = {}
  for module, name in file.read("scripts/meta/raw.lua"):gmatch("\nfunction (%w+)%.([%w_]+)") do
    described[module] = described[module] or {}
    described[module][name] = true
  end

  for _, module in ipairs({ "clock", "codec", "csv", "digest", "file", "json", "process", "script",
    "state", "store", "text", "trial", "outbox" }) do
    it("describes raw." .. module .. " as it is", function()
      local found = {}
      for name, value in pairs(require("raw." .. module)) do
        if type(value) == "function" then
          found[name] = true
        end
      end
      assert.same(found, described[module])
    end)
  end
end)
