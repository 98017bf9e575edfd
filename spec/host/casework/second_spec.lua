-- Ids that are taken, offices beside each other, and hands that record for others.
local site = require("spec.support.site")
local tables = require("spec.support.tables")

local PROBE = assert(io.open("spec/data/probe.lua")):read("a")

local function alone(office)
  local conf = assert(io.open(office.path .. "/duban.conf.lua")):read("a")
  site.write(office.path .. "/duban.conf.lua", (conf:gsub("approve_alone = false", "approve_alone = true")))
end

describe("the id of a script", function()
  local office

  local function script(name, id, code)
    return site.write(office.path .. "/" .. name, (PROBE:gsub('id = "probe", code = "SY"',
      ('id = "%s", code = "%s"'):format(id, code), 1)))
  end

  before_each(function()
    office = site.make({ workflows = { "spec/data/probe.lua" } })
  end)

  it("is not taken over by a job, nor that of a job by a workflow", function()
    local job = assert(io.open("spec/data/tally.lua")):read("a"):gsub('id = "tally"', 'id = "probe"')
    assert.matches("“probe”是一个流程的 id，任务不能用",
      office:refused("publish", site.write(office.path .. "/job.lua", job)))
    office:must("publish", "spec/data/tally.lua", "--approve-by", "rehearsal")
    assert.matches("“tally”是一个任务的 id，流程不能用", office:refused("publish", script("other.lua", "tally", "TA")))
  end)

  it("does not share its code, though both were drafted before either was approved", function()
    office:must("publish", script("one.lua", "one", "TW"))
    office:must("publish", script("two.lua", "two", "TW"))
    alone(office)
    office:must("approve", "V2", "--opinion", "同意")
    assert.matches("类代码“TW”不能用", office:refused("approve", "V3", "--opinion", "同意"))
  end)
end)

describe("a second office", function()
  local office

  setup(function()
    office = site.make({ workflows = { "spec/data/probe.lua" } })
    alone(office)
    tables.office(office, "430100", "长沙市委编办", "city", "430000")
    office:must("--office", "430100", "import", "people", site.write(office.path .. "/people.csv",
      "编码,姓名,角色,任职日期\nC1,长沙经办,clerk,2020-01-01\nC2,长沙主任,director,2020-01-01\n"))
  end)

  it("numbers its papers by itself", function()
    for code, who in pairs({ ["430000"] = { "P04", "P01" }, ["430100"] = { "C1", "C2" } }) do
      local number = office:must("--office", code, "open", "probe", "unit=S001", "matter=甲", "--by", who[1])
      office:must("--office", code, "fact", number, "issued", "--by", who[2])
    end
    assert.equal(2, tables.value(office, "SELECT COUNT(*) AS n FROM documents WHERE number IS NOT NULL"))
    assert.equal(1, tables.value(office, "SELECT COUNT(DISTINCT number) AS n FROM documents"))
  end)

  it("changes neither people nor units of another", function()
    local before = tables.counts(office)
    local person = site.write(office.path .. "/p.csv", "编码,姓名,电话\nP04,他人,1\n")
    assert.matches("编码 P04 属于其他机构",
      office:refused("--office", "430100", "import", "people", person, "--overwrite"))
    local unit = site.write(office.path .. "/u.csv", "编码,名称\nS001,他厅\n")
    assert.matches("编码 S001 属于其他机构",
      office:refused("--office", "430100", "import", "units", unit, "--overwrite"))
    assert.equal(before, tables.counts(office))
  end)

  it("approves no draft of the office above, which approves those below", function()
    office:must("publish", site.write(office.path .. "/new.lua", (PROBE:gsub("督办件", "督办单"))))
    assert.matches("其他机构", office:refused("--office", "430100", "approve", "V2", "--opinion", "同意"))
    office:must("--office", "430100", "publish", "workflows/phone_reminder.lua")
    office:must("approve", "V3", "--opinion", "同意")
  end)
end)

describe("the text of a setting", function()
  it("carries neither a mark of secrecy nor a control character", function()
    local office = site.make({ workflows = { "spec/data/probe.lua" } })
    assert.matches("密级", office:refused("setting", "probe.limit", "秘密★1年"))
    assert.matches("控制字符", office:refused("setting", "probe.limit", "甲\27[31m"))
    office:must("setting", "probe.limit", "6wd")
  end)
end)

describe("an act recorded for another person", function()
  local office, number, recorder

  before_each(function()
    office = site.make({ workflows = { "spec/data/probe.lua" } })
    number = office:must("open", "probe", "unit=S001", "matter=甲", "--by", "P04")
    office:must("open", "probe", "unit=S002", "matter=乙", "--by", "P04")
    recorder = tables.value(office, "SELECT name FROM accounts WHERE name <> 'rehearsal'")
  end)

  local function bind(code)
    office:must("account", "bind", recorder, "--person", code)
  end

  it("says who recorded it", function()
    local said = ("（%s 代录）"):format(recorder)
    assert.truthy(office:must("case", number, "--full"):find(said, 1, true))
    assert.truthy(office:must("case", number):find(recorder .. " 代 李经办 1 次", 1, true))
    bind("P04")
    local own = office:must("open", "probe", "unit=S001", "matter=丙", "--by", "P04")
    assert.is_nil(office:must("case", own, "--full"):find(said, 1, true))
    assert.is_nil(office:must("case", own):find("代录", 1, true))
  end)

  it("shows no more than the account's own person sees", function()
    assert.equal(2, #office:json("cases"))
    bind("P08")
    assert.equal(1, #office:json("cases"))
    assert.equal(1, #office:json("cases", "--by", "P01"))
  end)
end)

describe("a backup", function()
  it("is an act that the audit tells, in the copy too", function()
    local office = site.make()
    local path = office.path .. "/copy.bak"
    office:must("backup", path)
    assert.equal(path, tables.value(office, "SELECT object FROM audit WHERE act = 'backup'"))
    assert.equal(0, site.duban({ "restore", path, office.path .. "/back" }).code)
    local back = setmetatable({ path = office.path .. "/back" }, getmetatable(office))
    assert.equal(path, tables.value(back, "SELECT object FROM audit WHERE act = 'backup'"))
  end)
end)
