-- Accounts: who records, who may look after the site, what a refusal leaves in the audit, and 代录 with its paper.
local json = require("raw.json")
local site = require("spec.support.site")
local tables = require("spec.support.tables")

local function me(office)
  return tables.value(office, "SELECT name FROM accounts WHERE is_admin = 1")
end

local function denied(office)
  return tables.rows(office, "SELECT recorder, actor, object, body FROM audit WHERE act = 'denied' ORDER BY audit_id")
end

describe("duban account", function()
  local office

  before_each(function()
    office = site.make()
  end)

  it("lists the first account, which administers the site", function()
    local list = office:json("account", "list")
    assert.equal("yes", list[1].admin)
    assert.equal("no", list[2].admin)
    assert.equal("rehearsal", list[2].name)
  end)

  it("adds, binds, disables and enables, each as an act", function()
    office:must("account", "add", "li", "--person", "李经办", "--os-user", "li1")
    office:must("account", "bind", "li", "--os-user", "li2", "--admin")
    office:must("account", "disable", "li")
    office:must("account", "enable", "li")
    local row = office:json("account", "list")[3]
    assert.same({ "li", "li2", "李经办", "yes", "enabled" },
      { row.name, row.os_user, row.person, row.admin, row.status })
    assert.equal(4, tables.value(office, "SELECT COUNT(*) FROM audit WHERE act LIKE 'account %'"))
  end)

  it("says when this machine has no such user", function()
    assert.matches("没有系统用户 nobody%-here", office:must("account", "add", "x", "--os-user", "nobody-here"))
  end)

  for _, case in ipairs({
    { "two accounts of one user", { "add", "second", "--os-user", "rehearsal" }, "已有在用的账号 rehearsal" },
    { "a name that is taken", { "add", "rehearsal" }, "已有在用的账号" },
    { "a person nobody knows", { "add", "x", "--person", "无此人" }, "没有编码或名称为“无此人”的人员" },
    { "an account that is not there", { "disable", "x" }, "没有“x”这个账号" },
  }) do
    it("refuses " .. case[1], function()
      local before = tables.counts(office)
      assert.matches(case[3], office:refused("account", table.unpack(case[2])))
      assert.equal(before, tables.counts(office))
    end)
  end

  it("keeps the last one that administers", function()
    assert.matches("最后一个管理员账号", office:refused("account", "disable", me(office)))
    assert.matches("最后一个管理员账号", office:refused("account", "bind", me(office), "--no-admin"))
    office:must("account", "bind", "rehearsal", "--admin")
    office:must("account", "bind", me(office), "--no-admin")
  end)

  it("is done once under its key, and not with other content", function()
    for _, act in ipairs({ { "add", "li" }, { "bind", "li", "--admin" }, { "disable", "li" }, { "enable", "li" } }) do
      local words = { "account", "--key", "k-" .. act[1], table.unpack(act) }
      words = { words[1], words[4], words[5], "--key", words[3], words[6] }
      office:must(table.unpack(words))
      local before = tables.counts(office)
      office:must(table.unpack(words))
      assert.equal(before, tables.counts(office))
      assert.matches("已用于另一项", office:refused("account", act[1], "rehearsal", "--key", "k-" .. act[1]))
    end
  end)

  it("lets the files' owner in again when nobody is left", function()
    tables.exec(office, "UPDATE accounts SET is_admin = 0")
    office:must("account", "bind", "rehearsal", "--admin")
    assert.equal(1, tables.value(office, "SELECT is_admin FROM accounts WHERE name = 'rehearsal'"))
  end)
end)

describe("what only an administrator may", function()
  local office, name

  before_each(function()
    office = site.make({ workflows = { "spec/data/probe.lua" } })
    name = me(office)
    office:must("account", "add", "zheng", "--person", "郑管理")
    office:must("account", "bind", "rehearsal", "--admin")
    office:must("account", "bind", name, "--person", "李经办", "--no-admin")
  end)

  for _, act in ipairs({
    { "import", "units", "spec/data/units.csv" },
    { "import", "people", "spec/data/people.csv" },
    { "calendar", "import", "spec/data/2027.json" },
    { "publish", "spec/data/quiet.lua" },
    { "setting", "probe.limit", "6wd" },
    { "account", "add", "li" },
    { "account", "bind", "zheng", "--admin" },
    { "account", "disable", "zheng" },
    { "account", "enable", "zheng" },
  }) do
    it("is refused to a clerk, with who may, and stands in the audit: " .. act[1] .. " " .. act[2], function()
      local before = tables.counts(office)
      local why = office:refused(table.unpack(act))
      assert.matches("需要：系统管理员（admin），现为账号 rehearsal、账号 zheng（郑管理）", why)
      local rows = denied(office)
      assert.equal(1, #rows)
      assert.equal(name, rows[1].recorder)
      assert.equal("P04", rows[1].actor)
      assert.truthy(why:find(json.decode(rows[1].body).why, 1, true))
      assert.equal(before, tables.counts(office))
      office:must("verify")
    end)
  end

  it("is asked of the account, whoever --by names", function()
    assert.matches("系统管理员", office:refused("setting", "probe.limit", "6wd", "--by", "郑管理"))
  end)

  it("may be shown and previewed by everybody", function()
    office:must("setting")
    office:must("import", "people", "spec/data/people.csv", "--dry-run")
    office:must("account", "list")
  end)

  it("is open to the account of whoever is admin that day", function()
    tables.exec(office, "UPDATE accounts SET person_id = (SELECT person_id FROM people WHERE code = 'P07')"
      .. " WHERE name = '" .. name .. "'")
    office:must("setting", "probe.limit", "6wd")
    tables.exec(office, "UPDATE roles SET ends_on = '2026-03-01' WHERE role = 'admin'")
    assert.matches("系统管理员", office:refused("setting", "probe.limit", "7wd"))
  end)
end)

describe("a refusal for want of a role", function()
  it("names the role and who holds it, and stands in the audit once each time", function()
    local office = site.make({ workflows = { "spec/data/probe.lua" } })
    local number = office:must("open", "probe", "unit=S001", "matter=甲", "--by", "P04")
    local why = office:refused("fact", number, "issued", "--by", "李经办")
    assert.matches("需要：编办主任（director），现为赵主任", why)
    assert.equal(1, #denied(office))
    assert.equal(number, denied(office)[1].object)
    office:refused("fact", number, number, "issued", "--by", "李经办")
    assert.equal(3, #denied(office))
    office:refused("fact", number, "reported", "text=无", "--by", "P04")
    assert.equal(4, #denied(office))
  end)

  it("is no refusal of another kind", function()
    local office = site.make({ workflows = { "spec/data/probe.lua" } })
    office:refused("open", "probe", "unit=S001", "matter=秘密★1年", "--by", "P04")
    office:refused("fact", "430000-2026-SY-0009", "issued", "--by", "P01")
    assert.equal(0, #denied(office))
  end)
end)

describe("an account that passes to another person", function()
  it("leaves what it recorded as it was", function()
    local office = site.make({ workflows = { "spec/data/probe.lua" } })
    local name = me(office)
    office:must("account", "bind", name, "--person", "P04")
    local number = office:must("open", "probe", "unit=S001", "matter=甲", "--by", "P04")
    office:must("tick", "--until", "2026-03-02 09:00")
    office:must("account", "bind", name, "--person", "P01")
    office:must("fact", number, "issued", "--by", "P01")
    assert.is_nil(office:must("case", number, "--full"):find("代录", 1, true))
    office:must("tick", "--until", "2026-03-02 10:00")
    office:must("fact", number, "noted", "text=来电", "--by", "P04")
    assert.truthy(office:must("case", number, "--full"):find("李经办（" .. name .. " 代录）", 1, true))
  end)
end)

describe("代录 where the workflow wants the paper", function()
  local office, number, paper

  before_each(function()
    office = site.make({ workflows = { "workflows/case_transfer.lua" } })
    number = office:must("open", "case_transfer", "lead_unit=省教育厅", "items=清理超编", "--by", "P04")
    office:must("fact", number, "issued", "--by", "P01")
    paper = site.write(office.path .. "/来函.txt", "我厅意见")
  end)

  local function explain(...)
    return "fact", number, "objected", "reason=不属本单位", "--by", ...
  end

  it("is refused without it, and nothing is written", function()
    local before = tables.counts(office)
    assert.matches("“退件”由他人代录，须附所依据的材料：加 %-%-paper 文件", office:refused(explain("P08")))
    assert.equal(before, tables.counts(office))
  end)

  it("is shown with it in the history and in the answer", function()
    assert.matches("退件（代录）", office:must(explain("P08", "--paper", paper)))
    assert.truthy(office:must("case", number):find(("王联（%s 代录，附 来函.txt）"):format(me(office)), 1, true))
    local row
    for _, one in ipairs(office:json("case", number).history) do
      row = one.name == "objected" and one or row
    end
    assert.same({ "来函.txt" }, row.paper)
    assert.is_true(row.for_another)
    office:must("verify")
  end)

  it("is one act under its key, with its paper", function()
    local other = site.write(office.path .. "/另函.txt", "另一份")
    office:must(explain("P08", "--paper", paper, "--key", "k"))
    local before = tables.counts(office)
    office:must(explain("P08", "--paper", paper, "--key", "k"))
    assert.equal(before, tables.counts(office))
    assert.matches("已用于另一项", office:refused(explain("P08", "--paper", other, "--key", "k")))
  end)

  it("needs none from a person's own account", function()
    office:must("account", "bind", me(office), "--person", "P08")
    local done = office:must(explain("P08"))
    assert.is_nil(done:find("代录", 1, true))
  end)

  it("takes no paper with a mark of secrecy", function()
    local marked = site.write(office.path .. "/密.txt", "秘密★1年")
    assert.matches("密级", office:refused(explain("P08", "--paper", marked)))
  end)
end)

describe("accounts beside a running serve", function()
  it("are asked of whoever knocks, and a change counts at once", function()
    local serving = require("spec.support.serving")
    local office = site.make({ workflows = { "spec/data/probe.lua" } })
    local name = me(office)
    local served = serving.start(office)
    office:must("account", "bind", "rehearsal", "--admin")
    office:must("account", "bind", name, "--person", "P04", "--no-admin")
    assert.matches("现为账号 rehearsal", office:refused("setting", "probe.limit", "6wd"))
    local number = office:must("open", "probe", "unit=S001", "matter=甲", "--by", "P04")
    assert.matches("编办主任", office:refused("fact", number, "issued", "--by", "P04"))
    served:stop()
    assert.equal(2, #denied(office))
    assert.same({ "setting", "fact" }, { json.decode(denied(office)[1].body).command,
      json.decode(denied(office)[2].body).command })
    office:must("verify")
  end)
end)
