-- A ledger goes in as an office keeps it, and comes back column for column with what became of it.
local book = require("spec.support.book")
local csv = require("raw.csv")
local file = require("raw.file")
local json = require("raw.json")
local process = require("raw.process")
local sheet = require("raw.sheet")
local site = require("spec.support.site")
local tables = require("spec.support.tables")

local TITLES = { "序号", "承办单位", "事由", "件数", "收文日期", "办理期限", "联系电话", "备注" }
local ROWS = {
  { "1", "省教育厅", "清理超编", 12, { xml = '<c r="%r" s="1"><v>46056</v></c>' }, "3月底前", "０731-8888", "=1+1" },
  { "2", "省　财政厅", "超职数\n配备", "３", "2026/2/4", "立行立改", "13800000000", "-" },
  { "3", "S003", "挂牌机构", "", "2026.2.5", "反馈后2个月内", "010101", "+86 a_x005F_x0041_b" },
  { "4", "", "并入 <b> & \"c\"", "", "", "长期坚持", "", "" },
}
local OURS = { "案号（督办）", "状态（督办）", "期限（督办）", "最近进展（督办）", "销号日期（督办）" }

-- A workbook like theirs: a title, a line that says who, the table, a range merged downwards.
local function workbook()
  local rows = { { "问题台账" }, { "填报单位：省委编办", "", "填报日期：2026年2月" }, TITLES }
  for _, row in ipairs(ROWS) do
    rows[#rows + 1] = { n = #TITLES, table.unpack(row, 1, #TITLES) }
  end
  return book.of(rows, { merged = { "A1:H1", "B6:B7" }, formats = { "yyyy/m/d" } })
end

-- The rows of a file, headings first, as lists of texts without the columns that duban added.
local function rows_of(path, keeps)
  local list = {}
  for _, row in ipairs(assert(sheet.read(assert(file.read(path))))) do
    local texts = {}
    for at = 1, keeps or #TITLES do
      texts[at] = row[at + 2] or ""
    end
    list[#list + 1] = texts
  end
  return list
end

local CAME = {
  TITLES,
  { "1", "省教育厅", "清理超编", "12", "2026-02-03", "3月底前", "０731-8888", "=1+1" },
  { "2", "省　财政厅", "超职数\n配备", "３", "2026/2/4", "立行立改", "13800000000", "-" },
  { "3", "S003", "挂牌机构", "", "2026.2.5", "反馈后2个月内", "010101", "+86 a_x0041_b" },
  { "4", "S003", "并入 <b> & \"c\"", "", "", "长期坚持", "", "" },
}

describe("a ledger", function()
  local office, source

  local function counts(told)
    return { told.new, told.same, told.different, told.duplicate, told.bad }
  end

  before_each(function()
    office = site.make({ workflows = { "spec/data/probe.lua" } })
    source = site.write(office.path .. "/台账.xlsx", workbook())
    office:must("import", "probe", source, "--by", "P04")
  end)

  it("is previewed alike from a workbook and from the CSV it is saved as", function()
    local told = office:json("import", "probe", source, "--dry-run")
    assert.same({ 0, 4, 0, 0, 0 }, counts(told))
    assert.equal("Sheet1", told.sheet.sheet)
    local records = {}
    for _, row in ipairs(tables.rows(office, "SELECT record FROM cases ORDER BY case_id")) do
      records[#records + 1] = json.decode(row.record)
    end
    assert.same({ "S001", 12, "2026-02-03" }, { records[1].unit, records[1].count, records[1].came })
    assert.same({ "S002", 3 }, { records[2].unit, records[2].count })
    assert.equal("S003", records[4].unit)
  end)

  for _, kind in ipairs({ "xlsx", "csv" }) do
    it("comes back as " .. kind .. " and is the same when it comes in again", function()
      local path = office.path .. "/back." .. kind
      assert.matches("^已写入 %S+：4 行。$", office:must("ledger", "probe", "-o", path))
      assert.same(CAME, rows_of(path))
      assert.same({ 0, 4, 0, 0, 0 }, counts(office:json("import", "probe", path, "--dry-run")))
      assert.same({ "联系电话", "备注" }, office:json("import", "probe", path, "--dry-run").unused)
      local before = tables.counts(office)
      office:must("import", "probe", path, "--by", "P04")
      assert.equal(before, tables.counts(office))
      office:must("ledger", "督办件", "-o", office.path .. "/again." .. kind)
      assert.same(rows_of(path, 13), rows_of(office.path .. "/again." .. kind, 13))
      local other = site.make({ workflows = { "spec/data/probe.lua" } }) -- another site reads it as the first did
      other:must("import", "probe", path, "--by", "P04")
      other:must("ledger", "-o", other.path .. "/out.xlsx")
      assert.same(CAME, rows_of(other.path .. "/out.xlsx"))
    end)
  end

  it("says what changed since, and what was opened otherwise", function()
    office:must("open", "probe", "unit=省教育厅", "matter=另立的", "count=7", "--by", "P04")
    office:must("fact", "430000-2026-SY-0001", "issued", "--by", "P01")
    office:must("fact", "430000-2026-SY-0001", "reported", "text=已清理", "--by", "P08")
    office:must("ledger", "-o", office.path .. "/now.csv")
    local bytes = assert(file.read(office.path .. "/now.csv"))
    assert.equal("\xef\xbb\xbf", bytes:sub(1, 3))
    assert.is_nil(bytes:gsub("\r\n", ""):find("\r"))
    local rows = rows_of(office.path .. "/now.csv", 13)
    assert.same(OURS, { table.unpack(rows[1], 9) })
    assert.same({ "430000-2026-SY-0001", "审核中" }, { rows[2][9], rows[2][10] })
    assert.matches("^2026%-03%-02 报告（办理情况 已清理）$", rows[2][12])
    assert.same({ "", "省教育厅", "另立的", "7" }, { table.unpack(rows[6], 1, 4) })
    assert.equal("430000-2026-SY-0005", rows[6][9])
    office:must("fact", "430000-2026-SY-0001", "accepted", "--by", "P03")
    assert.equal("2026-03-02", office:json("ledger")[1]["销号日期（督办）"])
    assert.equal(5, #office:json("ledger", "probe"))
  end)

  it("holds no formula, whatever the cells say", function()
    office:must("ledger", "-o", office.path .. "/out.xlsx")
    local done = assert(process.run({ "unzip", "-p", office.path .. "/out.xlsx", "xl/worksheets/sheet1.xml",
      env = { "PATH=/usr/bin:/bin" } }))
    if done.code ~= 0 then
      return pending("unzip is not installed")
    end
    assert.is_nil(done.out:find("<f>", 1, true))
    assert.truthy(done.out:find("=1+1</t>", 1, true))
    assert.truthy(done.out:find('state="frozen"', 1, true))
  end)

  it("is the same to another program", function()
    office:must("ledger", "-o", office.path .. "/out.xlsx")
    local done = assert(process.run({ "sh", "-c", "command -v soffice >/dev/null && HOME=$PWD soffice --headless "
      .. "--convert-to 'csv:Text - txt - csv (StarCalc):44,34,76,1' out.xlsx >/dev/null 2>&1", cwd = office.path,
      env = { "PATH=/usr/bin:/bin" }, timeout_ms = 60000 }))
    if done.code ~= 0 then
      return pending("LibreOffice is not installed")
    end
    local rows = assert(csv.parse(assert(file.read(office.path .. "/out.csv"))))
    for at, row in ipairs(CAME) do
      assert.same(row, { table.unpack(rows[at], 1, #TITLES) })
    end
  end)

  it("is written whole or not at all, and only where the name says how", function()
    local done = office:run("ledger", "probe", "-o", office.path .. "/out.pdf")
    assert.equal(2, done.code)
    assert.matches("文件名应以 .xlsx 或 .csv 结尾", done.err)
    assert.equal(2, office:run("ledger", "probe").code)
    assert.matches("没有", office:refused("ledger", "probe", "-o", office.path .. "/nowhere/out.xlsx"))
    local names = assert(process.run({ "ls", "-A", office.path, env = { "PATH=/usr/bin:/bin" } })).out
    assert.is_nil(names:find("out", 1, true))
  end)
end)

describe("a list", function()
  it("goes into a file", function()
    local office = site.make({ workflows = { "spec/data/probe.lua" } })
    office:must("open", "probe", "unit=省教育厅", "matter=甲", "--by", "P04")
    for _, words in ipairs({ { "cases" }, { "report", "figures" }, { "proposals" }, { "outbox" } }) do
      for _, kind in ipairs({ "csv", "xlsx" }) do
        local path = office.path .. "/list." .. kind
        words[#words + 1], words[#words + 2] = "-o", path
        assert.matches("^已写入 ", office:must(table.unpack(words)))
        assert(sheet.read(assert(file.read(path))))
        words[#words], words[#words - 1] = nil, nil
      end
    end
    assert.equal("430000-2026-SY-0001",
      (office:must("cases", "-o", office.path .. "/l.csv") and rows_of(office.path .. "/l.csv"))[2][1])
  end)
end)

describe("an import of a workbook", function()
  local office

  setup(function()
    office = site.make({ workflows = { "spec/data/probe.lua" } })
  end)

  it("takes units and people", function()
    local units = site.write(office.path .. "/u.xlsx", book.of({ { "单位名录" }, { "单位", "", "类别" },
      { "编码", "名称", "" }, { "S901", "省审计厅", "省直部门" } }, { merged = { "A1:C1", "A2:B2", "C2:C3" } }))
    assert.matches("^新增 1，", office:must("import", "units", units))
    assert.equal("省审计厅", tables.value(office, "SELECT name FROM units WHERE code = 'S901'"))
    local people = site.write(office.path .. "/p.xlsx", book.of({ { "编码", "姓名", "单位", "角色", "电话" },
      { "P901", "张　三", "省审计厅", "liaison", 13800000000 } }))
    assert.matches("^新增 1，", office:must("import", "people", people))
    assert.equal("13800000000", tables.value(office, "SELECT phone FROM people WHERE code = 'P901'"))
  end)

  it("takes the sheet that is named, and says which it left", function()
    local path = site.write(office.path .. "/l.xlsx", book.make({ { name = "一季度", rows = { { "承办单位", "事由" },
      { "S001", "甲" } } }, { name = "二季度", rows = { { "承办单位", "事由" },
      { "S001", "乙", attributes = ' hidden="1"' } } } }))
    assert.matches("^工作表“一季度”；未读：二季度（用 %-%-sheet 指定）。\n", office:must("import", "probe", path, "--dry-run"))
    assert.matches("有 1 行在表里是隐藏的，也已读入。\n",
      office:must("import", "probe", path, "--sheet", "二季度", "--dry-run"))
    assert.matches("没有名为“三季度”的工作表，文件里有：一季度、二季度$",
      office:refused("import", "probe", path, "--sheet", "三季度", "--dry-run"))
    assert.matches("CSV 没有工作表", office:refused("import", "units", "spec/data/units.csv", "--sheet", "一"))
  end)

  it("refuses a row with the error of a formula, and a day that never was", function()
    local path = site.write(office.path .. "/e.xlsx", book.of({ { "承办单位", "事由", "收文日期" },
      { "S001", { xml = '<c r="%r" t="e"><f>A9</f><v>#REF!</v></c>' } },
      { "S001", "甲", { xml = '<c r="%r" s="1"><v>60</v></c>' } } }, { formats = { 14 } }))
    local told = office:must("import", "probe", path, "--dry-run")
    assert.matches("第 2 行  有误 +“事由”这一格是公式错误 #REF!", told)
    assert.matches("第 3 行  有误 +.*1900%-02%-29", told)
  end)

  it("refuses a secrecy mark above the table and below a double heading", function()
    for _, rows in ipairs({ { { "问题台账（机密★5年）" }, { "承办单位", "事由" }, { "S001", "甲" } },
      { { "承办单位", "内容", "" }, { "", "事由", "密级" }, { "S001", "甲", "秘密" }, merged = { "A1:A2", "B1:C1" } } }) do
      local path = site.write(office.path .. "/s.xlsx", book.of(rows, rows))
      assert.matches("带有密级标志", office:refused("import", "probe", path, "--dry-run"))
    end
  end)
end)
