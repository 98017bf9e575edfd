-- Every act under --key: the second time it prints the first result and writes nothing; other content under
-- the same key is a conflict.
local site = require("spec.support.site")
local tables = require("spec.support.tables")

local FIRST, SECOND, THIRD = "430000-2026-SY-0001", "430000-2026-SY-0002", "430000-2026-SY-0003"

describe("an act under a key", function()
  local office

  local function twice(key, words, other, again)
    words[#words + 1], words[#words + 2] = "--key", key
    other[#other + 1], other[#other + 2] = "--key", key
    local first = office:must(table.unpack(words))
    local before = tables.counts(office)
    assert.equal(again or first, office:must(table.unpack(words)))
    assert.equal(before, tables.counts(office))
    assert.equal(("duban: 键“%s”已用于另一项内容不同的操作"):format(key), office:refused(table.unpack(other)))
    assert.equal(before, tables.counts(office))
  end

  local function script(name, title)
    local file = assert(io.open("spec/data/probe.lua"))
    local text = file:read("a"):gsub("督办件", title, 1):gsub('workflow "督办件"', ('workflow "%s"'):format(title))
    file:close()
    return site.write(office.path .. "/" .. name, text)
  end

  setup(function()
    office = site.make({ workflows = { "spec/data/probe.lua" } })
    local conf = assert(io.open(office.path .. "/duban.conf.lua")):read("a")
    site.write(office.path .. "/duban.conf.lua", (conf:gsub("approve_alone = false", "approve_alone = true")))
  end)

  it("opens a case once", function()
    twice("open", { "open", "probe", "unit=S001", "matter=甲", "--by", "P04" },
      { "open", "probe", "unit=S001", "matter=乙", "--by", "P04" })
  end)

  it("records a fact once, and prints its decisions again", function()
    twice("fact", { "fact", FIRST, "issued", "--by", "P01" },
      { "fact", FIRST, "issued", "--occurred", "2026-02-27", "--by", "P01" })
  end)

  it("records a fact on many cases once", function()
    office:must("open", "probe", "unit=S002", "matter=乙", "--by", "P04")
    office:must("open", "probe", "unit=S003", "matter=丙", "--by", "P04")
    twice("many", { "fact", SECOND, THIRD, "issued", "--by", "P01" },
      { "fact", SECOND, "noted", "text=记", "--by", "P04" })
  end)

  it("approves a proposal once", function()
    office:must("tick", "--until", "2026-03-16 18:00")
    twice("approve", { "approve", "P1", "--opinion", "同意", "--by", "P01" },
      { "approve", "P1", "--opinion", "照办", "--by", "P01" })
  end)

  it("rejects a proposal once", function()
    twice("reject", { "reject", "P2", "--opinion", "不同意", "--by", "P01" },
      { "reject", "P2", "--opinion", "再议", "--by", "P01" })
  end)

  it("changes a setting once", function()
    twice("setting", { "setting", "probe.limit", "6wd" }, { "setting", "probe.limit", "7wd" })
  end)

  it("publishes a draft once, approves it once, rejects another once", function()
    twice("publish", { "publish", script("probe.lua", "督办单"), "--note", "改名" },
      { "publish", script("probe.lua", "督办单"), "--note", "又改名" })
    local drafts = office:json("proposals")
    twice("take", { "approve", "V3", "--opinion", "同意" }, { "approve", "V3", "--opinion", "照办" })
    office:must("publish", script("probe.lua", "督办函"))
    twice("leave", { "reject", "V4", "--opinion", "不同意" }, { "reject", "V4", "--opinion", "再议" })
    assert.truthy(drafts)
  end)

  it("signs a catch-up list once", function()
    office:must("open", "probe", "unit=S001", "matter=停机", "--by", "P04")
    office:must("fact", "430000-2026-SY-0004", "issued", "--by", "P01")
    tables.exec(office, "UPDATE site SET value = value + 86400000 * 30 WHERE name = 'now'") -- a month of outage
    office:must("tick")
    assert.matches("提醒", office:must("plan", "show"))
    twice("plan", { "plan", "sign", "--all", "--reason", "补发", "--by", "P01" },
      { "plan", "sign", "--all", "--reason", "不补", "--by", "P01" })
  end)

  it("brings a year's calendar in once", function()
    local other = site.write(office.path .. "/2027.json",
      (assert(io.open("spec/data/2027.json")):read("a"):gsub("示例", "又一")))
    twice("year", { "calendar", "import", "spec/data/2027.json", "--accept", "--by", "P01" },
      { "calendar", "import", other, "--accept", "--by", "P01" }, "2027 年历表已启用，没有变化")
  end)

  it("returns a case that was put aside once", function()
    tables.exec(office, "UPDATE cases SET set_aside = '故障' WHERE number IN ('" .. FIRST .. "', '" .. SECOND .. "')")
    twice("back", { "quarantine", "return", FIRST }, { "quarantine", "return", SECOND })
  end)

  it("refuses an empty key, one that is too long and one with a secrecy mark", function()
    local before = tables.counts(office)
    for _, key in ipairs({ "", ("k"):rep(300), "秘密★1年" }) do
      office:refused("open", "probe", "unit=S001", "matter=丁", "--by", "P04", "--key", key)
    end
    assert.equal(before, tables.counts(office))
  end)

  it("keeps keys of two offices apart", function()
    tables.office(office, "430100", "长沙市委编办", "city", "430000")
    office:must("--office", "430100", "import", "people",
      site.write(office.path .. "/p.csv", "编码,姓名,角色\nC01,长经办,clerk\n"))
    assert.equal("430100-2026-SY-0001",
      office:must("--office", "430100", "open", "probe", "unit=S001", "matter=甲", "--by", "C01", "--key", "open"))
  end)

  it("stores who recorded and for whom, in the event and in the audit", function()
    local row = tables.rows(office,
      "SELECT actor, recorder FROM events WHERE kind = 'fact' AND name = 'issued' LIMIT 1")[1]
    local audit = tables.rows(office, "SELECT actor, recorder FROM audit WHERE act = 'fact' LIMIT 1")[1]
    assert.equal("P01", row.actor)
    assert.equal("P01", audit.actor)
    assert.equal(row.recorder, audit.recorder)
    assert.not_equal("", row.recorder)
  end)

  it("leaves the chains whole", function()
    office:must("verify")
  end)
end)
