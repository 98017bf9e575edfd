-- 交接: what somebody leaves to another one, with its paper; units after a reform; what doctor says of who left.
local json = require("raw.json")
local site = require("spec.support.site")
local tables = require("spec.support.tables")

local function make()
  local office = site.make({ workflows = { "spec/data/probe.lua" } })
  local first = office:must("open", "probe", "unit=S001", "matter=甲", "holder=李经办", "--by", "P04")
  local second = office:must("open", "probe", "unit=S002", "matter=乙", "holder=李经办", "--by", "P04")
  office:must("open", "probe", "unit=S002", "matter=丙", "holder=周综合", "--by", "P04")
  return office, first, second
end

local function holder(office, number)
  return json.decode(tables.value(office, "SELECT record FROM cases WHERE number = '" .. number .. "'")).holder
end

local function role_days(office, code, role)
  local out = {}
  for _, row in ipairs(tables.rows(office, ("SELECT r.starts_on, r.ends_on FROM roles AS r JOIN people AS p ON"
    .. " p.person_id = r.person_id WHERE p.code = '%s' AND r.role = '%s' ORDER BY r.role_id"):format(code, role))) do
    out[#out + 1] = row.starts_on .. " " .. tostring(row.ends_on)
  end
  return out
end

describe("duban handover", function()
  local office, first, second

  before_each(function()
    office, first, second = make()
  end)

  it("passes open cases, each by a recorded fact, and keeps the old name in the history", function()
    local said = office:must("handover", "李经办", "--to", "周综合", "--reason", "岗位调整", "--by", "P04")
    assert.matches("移交清单：李经办 移交 周综合，自 2026%-03%-02 起，共 2 项", said)
    assert.equal("P05", holder(office, first))
    assert.equal("P05", holder(office, second))
    local history = office:must("case", first)
    assert.matches("交接", history)
    assert.matches("李经办", history)
    office:must("verify")
  end)

  it("stores the paper that lists it, and writes it into a file", function()
    office:must("handover", "P04", "--to", "P05", "--witness", "P03", "-o", office.path .. "/l.csv", "--by", "P04")
    local paper = json.decode(tables.value(office, "SELECT data FROM documents WHERE name = 'handover'"))
    assert.same({ "P04", "P05", "P03", 2 }, { paper.from, paper.to, paper.witness, #paper.rows })
    local file = assert(io.open(office.path .. "/l.csv", "rb"))
    assert.truthy(file:read("a"):find(first, 1, true))
    file:close()
  end)

  it("writes nothing with --dry-run", function()
    local before = tables.counts(office)
    assert.truthy(office:must("handover", "P04", "--to", "P05", "--dry-run", "--by", "P04"):find(first, 1, true))
    assert.equal(before, tables.counts(office))
    office:must("handover", "P04", "--to", "P05", "--since", "2026-04-01", "--dry-run", "--by", "P04")
    assert.matches("还没有到", office:refused("handover", "P04", "--to", "P05", "--since", "2026-04-01", "--by", "P04"))
  end)

  it("leaves out what --except names", function()
    office:must("handover", "P04", "--to", "P05", "--except", "SY-0002", "--by", "P04")
    assert.same({ "P05", "P04" }, { holder(office, first), holder(office, second) })
  end)

  it("passes the roles too when asked, from the day on", function()
    office:must("handover", "P04", "--to", "P05", "--by", "P04")
    assert.same({ "2020-01-01 nil" }, role_days(office, "P04", "clerk"))
    office:must("handover", "P04", "--to", "P05", "--roles", "--by", "P01")
    assert.same({ "2020-01-01 2026-03-01" }, role_days(office, "P04", "clerk"))
    assert.same({ "2026-03-02 nil" }, role_days(office, "P05", "clerk"))
    assert.matches("需要：经办人", office:refused("open", "probe", "unit=S001", "matter=丁", "--by", "P04"))
    office:must("open", "probe", "unit=S001", "matter=丁", "--by", "P05")
  end)

  it("lists signatures that wait, and the one who takes the role gives them", function()
    office:must("fact", first, "issued", "--by", "P01")
    office:must("tick", "--until", "2026-03-20 09:00")
    local id = office:json("proposals")[1].id
    assert.matches("加 %-%-roles", office:must("handover", "P01", "--to", "P02", "--dry-run", "--by", "P01"))
    office:must("handover", "P01", "--to", "P02", "--roles", "--by", "P01")
    office:must("approve", id, "--opinion", "同意", "--by", "P02")
  end)

  it("is for the one who leaves, the heads, or an administrator", function()
    tables.exec(office, "UPDATE accounts SET is_admin = CASE name WHEN 'rehearsal' THEN 1 ELSE 0 END")
    assert.matches("这要由李经办本人（%-%-by 李经办）或管理员办理", office:refused("handover", "P04", "--to", "P05", "--by", "P05"))
    assert.equal(1, tables.value(office, "SELECT COUNT(*) FROM audit WHERE act = 'denied'"))
    office:must("handover", "P04", "--to", "P05", "--by", "P03")
  end)

  it("is done once under its key, prints the same list again, and not with other content", function()
    local words = { "handover", "P04", "--to", "P05", "--by", "P04", "--key", "k" }
    local said = office:must(table.unpack(words))
    local before = tables.counts(office)
    assert.equal(said, office:must(table.unpack(words)))
    assert.equal(before, tables.counts(office))
    assert.matches("已用于另一项", office:refused("handover", "P04", "--to", "P02", "--by", "P04", "--key", "k"))
  end)

  it("goes on where it was cut off, when it is given again", function()
    local words = { "handover", "P04", "--to", "P05", "--by", "P04", "--key", "k" }
    site.duban({ "-C", office.path, table.unpack(words) }, { env = { DUBAN_CRASH = "deeds.before_commit:1" } })
    assert.same({ "P04", "P04" }, { holder(office, first), holder(office, second) })
    office:must(table.unpack(words))
    assert.same({ "P05", "P05" }, { holder(office, first), holder(office, second) })
    assert.equal(1, tables.value(office, "SELECT COUNT(*) FROM documents WHERE name = 'handover'"))
  end)

  it("refuses somebody to themselves and people nobody knows", function()
    assert.matches("同一个人", office:refused("handover", "P04", "--to", "P04", "--by", "P04"))
    assert.matches("没有编码或名称", office:refused("handover", "P04", "--to", "无此人", "--by", "P04"))
    assert.equal(2, office:run("handover", "P04").code)
  end)
end)

describe("doctor", function()
  it("tells of who left with open cases and of signatures nobody can give, with the remedy", function()
    local office, first = make()
    office:must("fact", first, "issued", "--by", "P01")
    office:must("tick", "--until", "2026-03-20 09:00")
    assert.is_nil(office:run("doctor").out:find("离任", 1, true))
    tables.exec(office, "UPDATE roles SET ends_on = '2026-03-10' WHERE role IN ('clerk', 'director')")
    local said = office:run("doctor").out:gsub("%s", "") -- lines end where the screen does
    local function tells(sentence)
      return said:find((sentence:gsub("%s", "")), 1, true)
    end
    assert.truthy(tells("李经办（2026-03-10 离任）名下还有 2 件在办案件；请执行 duban handover 李经办 --to 姓名"))
    assert.truthy(tells("待批 1 项无人可签：编办主任（director），赵主任 离任于 2026-03-10；"
      .. "请执行 duban handover 赵主任 --to 姓名 --roles"))
    office:must("handover", "李经办", "--to", "周综合", "--roles")
    office:must("handover", "赵主任", "--to", "钱副主任", "--roles")
    said = office:run("doctor").out
    assert.is_nil(said:find("离任", 1, true))
  end)
end)

describe("duban unit merge", function()
  local office, second

  local function merge(...)
    return "unit", "merge", "S002", "--into", "S001", "--on", "2026-03-02", ...
  end

  before_each(function()
    local _
    office, _, second = make()
  end)

  local function unit_of(number)
    return json.decode(tables.value(office, "SELECT record FROM cases WHERE number = '" .. number .. "'")).unit
  end

  it("lets open cases follow by a recorded fact, in the middle of a ladder", function()
    office:must("fact", second, "issued", "--by", "P01")
    office:must("tick", "--until", "2026-03-12 09:00")
    office:must("unit", "merge", "S002", "--into", "S001", "--on", "2026-03-11", "--reason", "改革方案")
    assert.equal("S001", unit_of(second))
    assert.matches("单位承接", office:must("case", second))
    office:must("fact", second, "reported", "text=已办", "--by", "P08")
    assert.matches("不能这样做", office:refused("fact", second, "reported", "text=已办", "--by", "P10"))
    office:must("verify")
  end)

  it("shows both names to find, and lists by the new one", function()
    office:must(merge())
    local old, new
    for _, row in ipairs(office:json("find", "省")) do
      old = row.key == "S002" and row or old
      new = row.key == "S001" and row or new
    end
    assert.matches("→ 省教育厅", old.where)
    assert.matches("← 省财政厅", new.where)
    assert.equal(3, #office:json("cases", "--unit", "S001"))
  end)

  it("has its liaisons answer for what was the old unit's, also in signatures and messages that wait", function()
    office:must("fact", second, "issued", "--by", "P01")
    office:must("tick", "--until", "2026-03-03 09:00")
    office:must("unit", "merge", "S002", "--into", "S001", "--on", "2026-03-03")
    local waiting = office:json("outbox")
    assert.is_true(#waiting > 0)
    assert.same({ "2020-01-01 2026-03-02" }, role_days(office, "P10", "liaison"))
    tables.exec(office, "UPDATE cases SET record = replace(record, '\"unit\":\"S001\"', '\"unit\":\"S002\"')")
    office:must("fact", second, "reported", "text=已办", "--by", "P08")
  end)

  it("writes nothing with --dry-run, and is done once under its key", function()
    local before = tables.counts(office)
    assert.truthy(office:must(merge("--dry-run")):find(second, 1, true))
    assert.equal(before, tables.counts(office))
    office:must(merge("--key", "k"))
    before = tables.counts(office)
    office:must(merge("--key", "k"))
    assert.equal(before, tables.counts(office))
    assert.matches("已用于另一项", office:refused("unit", "merge", "S003", "--into", "S001", "--on", "2026-03-02", "--key",
      "k"))
    office:must(merge())
  end)

  for _, case in ipairs({
    { "itself", { "S001", "--into", "S001", "--on", "2026-03-02" }, "不能由自己承接" },
    { "what lies ahead", { "S002", "--into", "S001", "--on", "2026-03-03" }, "还没有到" },
    { "a unit nobody knows", { "S099", "--into", "S001", "--on", "2026-03-02" }, "没有编码或名称" },
  }) do
    it("refuses " .. case[1], function()
      local before = tables.counts(office)
      assert.matches(case[3], office:refused("unit", "merge", table.unpack(case[2])))
      assert.equal(before, tables.counts(office))
    end)
  end

  it("refuses another successor, and one that has ended", function()
    office:must(merge())
    assert.matches("已由省教育厅承接", office:refused("unit", "merge", "S002", "--into", "S003", "--on", "2026-03-02"))
    assert.matches("已于 2026%-03%-01 撤销",
      office:refused("unit", "merge", "S003", "--into", "S002", "--on", "2026-03-02"))
  end)

  it("is for an administrator", function()
    tables.exec(office, "UPDATE accounts SET is_admin = CASE name WHEN 'rehearsal' THEN 1 ELSE 0 END")
    assert.matches("系统管理员（admin），现为账号 rehearsal", office:refused(merge("--by", "P01")))
  end)
end)
