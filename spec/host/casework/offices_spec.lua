-- Who sees what, who may act on which day, and what a level gives to the levels below.
local site = require("spec.support.site")
local tables = require("spec.support.tables")

local PROVINCE, CITY, COUNTY = "430000-2026-SY-0001", "430100-2026-SY-0001", "430181-2026-SY-0001"

local function people(office, code, prefix)
  return site.write(office.path .. "/people.csv", ("编码,姓名,角色,任职日期\n%s1,%s经办,clerk,2020-01-01\n"
    .. "%s2,%s主任,director,2020-01-01\n%s3,%s处长,section_head,2020-01-01\n"):format(prefix, code, prefix, code,
    prefix, code))
end

describe("offices", function()
  local office

  setup(function()
    office = site.make({ workflows = { "spec/data/probe.lua" } })
    tables.office(office, "430100", "长沙市委编办", "city", "430000")
    tables.office(office, "430181", "浏阳市委编办", "county", "430100")
    tables.office(office, "430200", "株洲市委编办", "city", "430000")
    office:must("--office", "430100", "import", "people", people(office, "长沙", "C"))
    office:must("--office", "430181", "import", "people", people(office, "浏阳", "L"))
    office:must("--office", "430200", "import", "people", people(office, "株洲", "Z"))
    assert.equal(PROVINCE, office:must("open", "probe", "unit=S001", "matter=省", "--by", "P04"))
    assert.equal(CITY, office:must("--office", "430100", "open", "probe", "unit=S002", "matter=市", "--by", "C1"))
    assert.equal(COUNTY, office:must("--office", "430181", "open", "probe", "unit=S003", "matter=县", "--by", "L1"))
  end)

  local function seen(code, ...)
    local numbers = {}
    for _, row in ipairs(office:json("--office", code, "cases", ...)) do
      numbers[#numbers + 1] = row.number
    end
    table.sort(numbers)
    return table.concat(numbers, " ")
  end

  it("see themselves and what lies below", function()
    assert.equal(table.concat({ PROVINCE, CITY, COUNTY }, " "), seen("430000"))
    assert.equal(CITY .. " " .. COUNTY, seen("430100"))
    assert.equal(COUNTY, seen("430181"))
    assert.equal("", seen("430200"))
  end)

  it("do not learn that a case above or beside them exists", function()
    for _, word in ipairs({ "case", "explain", "next" }) do
      for code, number in pairs({ ["430100"] = PROVINCE, ["430181"] = CITY, ["430200"] = COUNTY }) do
        local told = office:refused("--office", code, word, number)
        assert.truthy(told:find("没有", 1, true) and told:find(number, 1, true), told)
      end
    end
  end)

  it("do not record on what they do not see", function()
    local before = tables.counts(office)
    office:refused("--office", "430200", "fact", CITY, "issued", "--by", "Z2")
    office:refused("--office", "430181", "fact", CITY, "issued", "--by", "L2")
    assert.equal(before, tables.counts(office))
  end)

  it("ask for the role in the office of the case, not in one's own", function()
    assert.equal("duban: 赵主任不能这样做；需要：编办主任（director），现为长沙主任",
      office:refused("fact", CITY, "issued", "--by", "P01"))
    office:must("--office", "430100", "fact", CITY, "issued", "--by", "C2")
  end)

  it("show the persons of a unit their own unit's cases alone", function()
    assert.equal(PROVINCE, seen("430000", "--by", "P08"))
    assert.matches("没有", office:refused("case", CITY, "--by", "P08"))
    office:must("case", PROVINCE, "--by", "P08")
  end)

  it("count their own numbers", function()
    assert.equal("430100-2026-SY-0002",
      office:must("--office", "430100", "open", "probe", "unit=S002", "matter=又", "--by", "C1"))
  end)

  it("use the scripts of the level above until they have their own", function()
    local activation = "SELECT o.code FROM cases c JOIN activations a ON a.activation_id = c.activation_id"
      .. " JOIN offices o ON o.office_id = a.office_id WHERE c.number = '%s'"
    assert.equal("430000", tables.value(office, activation:format(COUNTY)))
    local own = site.write(office.path .. "/own.lua",
      (assert(io.open("spec/data/probe.lua")):read("a"):gsub('workflow "督办件"', 'workflow "长沙督办件"')))
    office:must("--office", "430100", "publish", own, "--approve-by", "rehearsal")
    office:must("--office", "430181", "open", "probe", "unit=S003", "matter=县二", "--by", "L1")
    office:must("--office", "430200", "open", "probe", "unit=S003", "matter=株", "--by", "Z1")
    assert.equal("430100", tables.value(office, activation:format("430181-2026-SY-0002")))
    assert.equal("430000", tables.value(office, activation:format("430200-2026-SY-0001")))
    assert.matches("长沙督办件", office:must("--office", "430181", "case", "430181-2026-SY-0002"))
  end)

  it("use the settings of the level above until they set their own", function()
    office:must("setting", "probe.limit", "8wd")
    assert.matches("8个工作日", office:must("--office", "430200", "setting", "probe.limit"))
    office:must("--office", "430200", "setting", "probe.limit", "4wd")
    assert.matches("4个工作日", office:must("--office", "430200", "setting", "probe.limit"))
    assert.matches("8个工作日", office:must("setting", "probe.limit"))
  end)

  it("count days by the calendar of the level above until they have their own", function()
    assert.equal("2026-10-12", office:must("--office", "430181", "calendar", "due", "2026-09-29", "5wd"))
    office:must("--office", "430100", "calendar", "import", "spec/data/2027.json", "--accept", "--by", "C2")
    assert.equal("", office:run("--office", "430181", "calendar", "due", "2026-12-30", "5wd").err)
    assert.matches("暂定", office:run("--office", "430200", "calendar", "due", "2026-12-30", "5wd").err)
  end)
end)

describe("a role", function()
  it("is held from a day to a day", function()
    local office = site.make({ workflows = { "spec/data/probe.lua" }, clock = "2026-06-25 08:30" })
    for at = 1, 2 do
      office:must("open", "probe", "unit=省水利厅", "matter=交接" .. at, "--by", "P04")
      office:must("fact", "430000-2026-SY-000" .. at, "issued", "--by", "P01")
    end
    assert.equal("duban: 蒋联络不能这样做；需要：省水利厅的联络员（liaison），现为卫联络",
      office:refused("fact", "430000-2026-SY-0001", "reported", "text=好", "--by", "P13"))
    office:must("tick", "--until", "2026-06-30 18:00")
    office:must("fact", "430000-2026-SY-0001", "reported", "text=好", "--by", "P12")
    office:must("tick", "--until", "2026-07-01 08:00")
    assert.equal("duban: 卫联络不能这样做；需要：省水利厅的联络员（liaison），现为蒋联络",
      office:refused("fact", "430000-2026-SY-0002", "reported", "text=好", "--by", "P12"))
    office:must("fact", "430000-2026-SY-0002", "reported", "text=好", "--by", "P13")
    office:must("tick", "--until", "2026-07-08 18:00")
    local last = tables.rows(office, "SELECT p.code FROM outbox m JOIN people p ON p.person_id = m.person_id"
      .. " ORDER BY m.created_at DESC, m.outbox_id DESC LIMIT 1")[1]
    assert.equal("P13", last.code)
    office:must("verify")
  end)
end)

describe("publishing", function()
  local office, script

  setup(function()
    office = site.make()
    script = "spec/data/probe.lua"
  end)

  it("leaves a draft that its author may not approve", function()
    office:must("publish", script)
    assert.matches("V1", office:must("proposals"))
    local before = tables.counts(office)
    assert.matches("起草", office:refused("approve", "V1", "--opinion", "同意"))
    assert.equal(before, tables.counts(office))
    assert.matches("没有启用的版本", office:refused("open", "probe", "unit=S001", "matter=甲", "--by", "P04"))
  end)

  it("lets an office with one hand approve alone, where its configuration says so, and records it so", function()
    local conf = assert(io.open(office.path .. "/duban.conf.lua")):read("a")
    site.write(office.path .. "/duban.conf.lua", (conf:gsub("approve_alone = false", "approve_alone = true")))
    office:must("approve", "V1", "--opinion", "同意")
    assert.matches("alone", tables.value(office, "SELECT body FROM audit WHERE act = 'approve version'") or "")
  end)

  it("lists the draft that has waited longest first", function()
    office:must("publish", site.write(office.path .. "/new.lua", (assert(io.open(script)):read("a")
      :gsub('workflow "督办件"', 'workflow "督办单"'))))
    office:must("publish", "workflows/phone_reminder.lua")
    local rows = office:json("proposals")
    assert.equal("V2", rows[1].id)
    assert.equal("V3", rows[2].id)
  end)

  it("is approved by another account on a rehearsal site alone", function()
    tables.exec(office, "UPDATE site SET value = 'real' WHERE name = 'clock'")
    office:refused("publish", "workflows/phone_reminder.lua", "--approve-by", "rehearsal")
  end)
end)
