-- A ledger as an office keeps it: previewed, read with its mess, never read twice.
local site = require("spec.support.site")
local tables = require("spec.support.tables")
local process = require("raw.process")

local LEDGER = [[
2026年问题台账,,,,,
编号,承办单位,事由,件数,收文日期,办理期限,备注
T1,省教育厅,清理超编,１２,2026年2月3日,3月底前,无
T2,省　财政厅,超职数配备,3,2026/2/4,立行立改,
T3, S003 ,挂牌机构,,2026.2.5,反馈后2个月内,
T3, S003 ,挂牌机构,,2026.2.5,反馈后2个月内,
,,,,,,
T4,省教育局,查无此单位,1,,10个工作日,
T5,省教育厅,件数不对,十,,10个工作日,
T6,省教育厅,长期的,1,,长期坚持,
]]

describe("importing a ledger", function()
  local office

  local function file(content)
    return site.write(office.path .. "/ledger.csv", content)
  end

  before_each(function()
    office = site.make({ workflows = { "spec/data/probe.lua" } })
  end)

  local function counts(told)
    return { told.new, told.same, told.different, told.duplicate, told.bad }
  end

  it("previews: what is new, the same, different, double and bad, and writes nothing", function()
    local before = tables.counts(office)
    local told = office:json("import", "probe", file(LEDGER), "--dry-run")
    assert.same({ 4, 0, 0, 1, 2 }, counts(told))
    assert.same({ "备注" }, told.unused)
    assert.equal(before, tables.counts(office))
    local text = office:must("import", "probe", file(LEDGER), "--dry-run")
    assert.matches("^督办件：新增 4，相同 0，有变 0，重复 1，无问题 0，合计行 0，有误 2 行。", text)
    assert.matches("第 6 行  重复 +与第 5 行相同", text)
    assert.matches("第 8 行  有误 +承办单位：没有编码或名称为“省教育局”的单位", text)
    assert.matches("第 9 行  有误 +“件数”：“十”不是整数", text)
    assert.matches("这是预览，什么也没有写入。$", text)
  end)

  it("counts a row that reports no problem, and opens no case for it", function()
    local sheet = file("编号,承办单位,事由,件数\nT1,省教育厅,清理超编,1\nT2,S002,无问题,\nT3,查无此单位, 零报告 ,\n")
    local told = office:json("import", "probe", sheet, "--dry-run")
    assert.same({ 1, 2, 0 }, { told.new, told.clear, told.bad })
    assert.matches("第 3 行  无问题 +报告无问题，不立案", office:must("import", "probe", sheet, "--dry-run"))
    office:must("import", "probe", sheet, "--by", "P04")
    assert.equal(1, tables.value(office, "SELECT COUNT(*) AS n FROM cases"))
    assert.equal(0, office:json("import", "probe", sheet, "--dry-run").new)
  end)

  it("passes over a row of totals", function()
    local sheet = file("编号,承办单位,事由,件数\n合　计,,,12\n,小计,,3\nT7,省教育厅,合计漏报,1\n")
    local told = office:json("import", "probe", sheet, "--dry-run")
    assert.same({ 1, 2, 0 }, { told.new, told.total, told.bad })
    assert.matches("第 2 行  合计行 +是合计，不立案", office:must("import", "probe", sheet, "--dry-run"))
  end)

  it("takes 序号 for a place in its list: another list may count from 1 again", function()
    local first = "序号,承办单位,事由\n1,省教育厅,挂牌\n2,S002,超编\n"
    office:must("import", "probe", file(first), "--by", "P04")
    assert.equal(2, office:json("import", "probe", file(first), "--dry-run").same)
    local second = file("序号,承办单位,事由\n1,S002,挂牌\n2,省教育厅,混编\n")
    assert.equal(2, office:json("import", "probe", second, "--dry-run").new)
    local changed = file("序号,承办单位,事由\n1,省教育厅,挂牌两处\n")
    assert.equal(1, office:json("import", "probe", changed, "--dry-run").different)
  end)

  it("writes nothing while a row is bad", function()
    local before = tables.counts(office)
    assert.equal("duban: 有 2 行有误，一行也没有导入（改正后重来，或加 --skip-bad）",
      office:refused("import", "probe", file(LEDGER), "--by", "P04"))
    assert.equal(before, tables.counts(office))
  end)

  it("leaves bad rows out when asked, and reads the mess of the others", function()
    office:must("import", "probe", file(LEDGER), "--skip-bad", "--by", "P04")
    local records = {}
    for _, row in ipairs(tables.rows(office, "SELECT number, record FROM cases ORDER BY case_id")) do
      records[#records + 1] = require("raw.json").decode(row.record)
    end
    assert.equal(4, #records)
    assert.same({ "S001", 12, "2026-02-03" }, { records[1].unit, records[1].count, records[1].came })
    assert.same({ "S002", "S003" }, { records[2].unit, records[3].unit })
    assert.equal("2026-02-05", records[3].came)
    local shown = office:must("case", "430000-2026-SY-0001")
    assert.matches("3月底前", shown) -- the words of the letter are kept
    assert.matches("立行立改", office:must("case", "430000-2026-SY-0002"))
    assert.matches("长期", office:must("case", "430000-2026-SY-0004"))
    office:must("verify")
  end)

  it("changes nothing when the same file comes again", function()
    office:must("import", "probe", file(LEDGER), "--skip-bad", "--by", "P04")
    local before = tables.counts(office)
    assert.same({ 0, 4, 0, 1, 2 }, counts(office:json("import", "probe", file(LEDGER), "--skip-bad", "--by", "P04")))
    assert.equal(before, tables.counts(office))
  end)

  it("never overwrites: a row that changed is told with its case", function()
    office:must("import", "probe", file(LEDGER), "--skip-bad", "--by", "P04")
    local before = tables.counts(office)
    local text = office:must("import", "probe", file((LEDGER:gsub("清理超编", "清理混编"))), "--skip-bad", "--by", "P04")
    assert.matches("有变 1", text)
    assert.matches("已导入为%s+430000%-2026%-SY%-0001", text)
    assert.equal(before, tables.counts(office))
  end)

  it("is the same file in GB18030", function()
    local done = assert(process.run({ "iconv", "-f", "UTF-8", "-t", "GB18030", input = LEDGER,
      env = { "PATH=/usr/bin:/bin" } }))
    office:must("import", "probe", file(LEDGER), "--skip-bad", "--by", "P04")
    assert.same({ 0, 4, 0, 1, 2 }, counts(office:json("import", "probe", file(done.out), "--skip-bad", "--by", "P04")))
  end)

  it("takes a map of headings, whose every name must be something", function()
    local sheet = file("责任单位,问题,编号\n省教育厅,清理超编,T1\n")
    local function map(content)
      return site.write(office.path .. "/map.json", content)
    end
    office:must("import", "probe", sheet, "--map", map('{"责任单位":"unit","问题":"事由"}'), "--by", "P04")
    assert.equal(1, tables.value(office, "SELECT COUNT(*) AS n FROM cases"))
    local before = tables.counts(office)
    assert.equal("duban: " .. sheet .. ": 对照表里 “问题” 对应的 “matters” 不是字段",
      office:refused("import", "probe", sheet, "--map", map('{"问题":"matters"}'), "--by", "P04"))
    assert.matches("JSON 对象", office:refused("import", "probe", sheet, "--map", map("[]"), "--by", "P04"))
    assert.matches("JSON 对象", office:refused("import", "units", sheet, "--map", map("[]")))
    assert.matches("对照表里“问题”对应的“matters”不是字段",
      office:refused("import", "units", sheet, "--map", map('{"问题":"matters"}')))
    assert.equal(before, tables.counts(office))
  end)

  it("needs the role that opens a case", function()
    local before = tables.counts(office)
    assert.matches("不能这样做；需要：经办人", office:refused("import", "probe", file("承办单位,事由\nS001,甲\n"), "--by", "P08"))
    assert.equal(before, tables.counts(office))
  end)

  it("keeps what lies before the day of taking over quiet", function()
    local sheet = file("编号,承办单位,事由,登记日期\nT1,S001,甲,2026-02-02\n")
    office:must("import", "probe", sheet, "--as-of", "2026-03-01", "--by", "P01")
    assert.equal(0, tables.value(office, "SELECT COUNT(*) AS n FROM outbox WHERE status = 'waiting'"))
    assert.equal("duban: 接管日 2026-04-01 在今天之后",
      office:refused("import", "probe", sheet, "--as-of", "2026-04-01", "--by", "P01"))
  end)
end)

describe("importing units and people", function()
  local office

  before_each(function()
    office = site.make({ bare = true })
  end)

  it("previews, writes, and changes nothing the second time", function()
    local before = tables.counts(office)
    assert.matches("^新增 5，相同 0，有变 0，重复 0，有误 0 行。\n这是预览",
      office:must("import", "units", "spec/data/units.csv", "--dry-run"))
    assert.equal(before, tables.counts(office))
    office:must("import", "units", "spec/data/units.csv")
    office:must("import", "people", "spec/data/people.csv")
    before = tables.counts(office)
    assert.matches("^新增 0，相同 5", office:must("import", "units", "spec/data/units.csv"))
    assert.matches("^新增 0，相同 13", office:must("import", "people", "spec/data/people.csv"))
    assert.equal(before, tables.counts(office))
  end)

  it("takes a difference over when asked, and leaves it otherwise", function()
    office:must("import", "units", "spec/data/units.csv")
    local sheet = site.write(office.path .. "/units.csv", "编码,名称\nS001,省教育委员会\n")
    assert.matches("名称 省教育厅 → 省教育委员会", office:must("import", "units", sheet))
    assert.equal("省教育厅", tables.value(office, "SELECT name FROM units WHERE code = 'S001'"))
    office:must("import", "units", sheet, "--overwrite")
    assert.equal("省教育委员会", tables.value(office, "SELECT name FROM units WHERE code = 'S001'"))
  end)

  it("knows a two-character name with its full-width space, and a name that two bear", function()
    office:must("import", "units", "spec/data/units.csv")
    office:must("import", "people", "spec/data/people.csv")
    assert.equal("王联", tables.value(office, "SELECT name FROM people WHERE code = 'P08'"))
    office:must("publish", "spec/data/probe.lua", "--approve-by", "rehearsal")
    office:must("open", "probe", "unit=省教育厅", "matter=甲", "holder=王　联", "--by", "李经办")
    local sheet = site.write(office.path .. "/people.csv", "编码,姓名,单位,角色\nP90,王联,省财政厅,liaison\n")
    office:must("import", "people", sheet)
    local sentence = office:refused("open", "probe", "unit=省教育厅", "matter=乙", "holder=王联", "--by", "P04")
    assert.truthy(sentence:find("P08", 1, true) and sentence:find("P90", 1, true), sentence)
  end)

  it("refuses a region that is no code, and a role that does not exist", function()
    local before = tables.counts(office)
    assert.matches("区划“湖南”应是六位代码",
      office:refused("import", "units", site.write(office.path .. "/u.csv", "编码,名称,区划\nS1,甲,湖南\n")))
    assert.matches("没有“大使”这个角色",
      office:refused("import", "people", site.write(office.path .. "/p.csv", "编码,姓名,角色\nP1,甲,大使\n")))
    assert.equal(before, tables.counts(office))
  end)
end)

describe("an accredited site", function()
  it("takes marks at every door that others refuse", function()
    local office = site.make({ workflows = { "spec/data/probe.lua" } })
    local marked = site.write(office.path .. "/marked.txt", "密级：机密★3年")
    local sheet = site.write(office.path .. "/sheet.csv", "承办单位,事由,密级\nS001,甲,秘密\n")
    local script = site.write(office.path .. "/marked.lua", "-- 秘密★1年\nreturn '好'")
    local doors = {
      { "open", "probe", "unit=S001", "matter=机密★", "--by", "P04" },
      { "open", "probe", "unit=S001", "matter=甲", "mark=机密", "--by", "P04" },
      { "open", "probe", "unit=S001", "matter=甲", "密级=绝密", "--by", "P04" },
      { "open", "probe", "--input", site.write(office.path .. "/a.json",
        '{"unit":"S001","matter":"甲","mark":"秘密"}'), "--by", "P04" },
      { "fact", "430000-2026-SY-0001", "reported", "text=秘密★1年", "--by", "P08" },
      { "fact", "430000-2026-SY-0001", "reported", "text=好", "files=@" .. marked, "--by", "P08" },
      { "fact", "430000-2026-SY-0001", "noted", "text=密级：秘密", "--by", "P04" },
      { "import", "probe", sheet, "--by", "P04" },
      { "run", script },
      { "publish", "workflows/phone_reminder.lua", "--note", "秘密★" },
    }
    office:must("open", "probe", "unit=S001", "matter=甲", "--by", "P04")
    office:must("fact", "430000-2026-SY-0001", "issued", "--by", "P01")
    local before = tables.counts(office)
    for _, door in ipairs(doors) do
      assert.matches("密级标志", office:refused(table.unpack(door)))
    end
    assert.equal(before, tables.counts(office))
    for _, words in ipairs({ "这件事不涉密，秘密工作另行报送", "密级：", "密级", "无密级", "★重点★", "绝密级的说法" }) do
      office:must("open", "probe", "unit=S001", "matter=" .. words, "--by", "P04")
    end
    office:must("open", "probe", "unit=S001", "matter=甲", "密级=", "--by", "P04")
    office:must("open", "probe", "unit=S001", "matter=甲", "密级=无", "--by", "P04")
    local conf = assert(io.open(office.path .. "/duban.conf.lua")):read("a")
    site.write(office.path .. "/duban.conf.lua", (conf:gsub("accredited = false", "accredited = true")))
    for at, door in ipairs(doors) do
      if at ~= 6 then
        office:must(table.unpack(door))
      end
      if at == 5 then
        office:must("fact", "430000-2026-SY-0001", "sent_back", "reason=补", "--by", "P03")
        office:must(table.unpack(doors[6]))
      end
    end
    office:must("verify")
  end)
end)
