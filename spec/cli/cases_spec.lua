-- Lists of cases: narrowed, ordered, counted, on the screen and in files.
local site = require("spec.support.site")
local tables = require("spec.support.tables")
local text = require("raw.text")

describe("cases", function()
  local office, one, two, three

  local function open(...)
    return office:must("open", "probe", "--by", "P04", ...):match("430000%-%d+%-SY%-%d+")
  end

  setup(function()
    office = site.make({ workflows = { "spec/data/probe.lua" } })
    one = open("承办单位=省教育厅", "事由=清理超编人员", "件数=3", "方式=电话", "加急=是", "办理期限=3个工作日")
    two = open("承办单位=省财政厅", "事由==SUM(A1)+1", "件数=12", "收文日期=2026-02-27", "办理期限=10个工作日")
    three = open("承办单位=省水利厅", "事由=擅自设立“专班”,未报批", "件数=3", "承办人=P08")
    office:must("fact", one, "issued", "--by", "P01")
    office:must("fact", two, "issued", "--by", "P01")
    office:must("tick", "--until", "2026-03-06 10:00")
  end)

  local function listed(...)
    local list = {}
    for at, row in ipairs(office:json("cases", ...)) do
      list[at] = row.number
    end
    return list
  end

  for _, row in ipairs({
    { { "--unit", "省教育厅" }, { 1 } }, { { "--state", "办理中" }, { 1, 2 } }, { { "--state", "draft" }, { 3 } },
    { { "--workflow", "督办件" }, { 1, 2, 3 } }, { { "--overdue" }, { 1 } },
    { { "--open" }, { 1, 2, 3 } }, { { "--closed" }, {} },
    { { "--person", "赵主任" }, { 1, 2 } }, { { "--person", "P04" }, { 1, 2, 3 } },
    { { "--since", "2026-03-02" }, { 1, 2, 3 } }, { { "--since", "2026-03-03" }, {} },
    { { "--until", "2026-03-01" }, {} },
    { { "--until", "2026.3.2" }, { 1, 2, 3 } }, { { "--where", "件数=3" }, { 1, 3 } },
    { { "--where", "事由=超编" }, { 1 } },
    { { "--where", "方式=电话" }, { 1 } }, { { "--where", "way=书面" }, {} }, { { "--where", "加急=是" }, { 1 } },
    { { "--where", "承办单位=省财政厅" }, { 2 } }, { { "--where", "承办人=王联" }, { 3 } },
    { { "--where", "收文日期=2026年2月27日" }, { 2 } },
    { { "--where", "件数=3", "--where", "事由=专班" }, { 3 } }, { { "--where", "事由=%" }, {} },
    { { "--sort", "-案号" }, { 3, 2, 1 } }, { { "--sort", "due" }, { 2, 1, 3 } }, { { "--sort", "late" }, { 1, 2, 3 } },
    { { "--limit", "2" }, { 1, 2 } }, { { "--limit", "2", "--page", "2" }, { 3 } },
    { { "--limit", "2", "--page", "3" }, {} },
    { { "--sort", "due", "--limit", "1", "--page", "2" }, { 1 } },
  }) do
    it("with " .. table.concat(row[1], " ") .. " lists what it says", function()
      local numbers, want = { one, two, three }, {}
      for at, index in ipairs(row[2]) do
        want[at] = numbers[index]
      end
      assert.same(want, listed(table.unpack(row[1])))
    end)
  end

  for _, row in ipairs({
    { { "--state", "睡觉" }, "没有状态“睡觉”；有：.*拟稿、" }, { { "--where", "体重=3" }, "没有登记项“体重”" },
    { { "--columns", "案号,体重" }, "没有列“体重”；有：案号、" }, { { "--sort", "体重" }, "不能按“体重”排序" },
    { { "--since", "2026-02-30" }, "2026%-02%-30" }, { { "--unit", "查无此厅" }, "查无此厅" },
    { { "--where", "件数" }, "件数" },
  }) do
    it("refuses " .. table.concat(row[1], " ") .. " with one sentence", function()
      assert.matches(row[2], office:refused("cases", table.unpack(row[1])))
    end)
  end

  it("refuses pages that do not exist as wrong usage", function()
    assert.equal(2, office:run("cases", "--page", "0").code)
    assert.equal(2, office:run("cases", "--limit", "-1").code)
    assert.equal(2, office:run("cases", "--closed", "--open").code)
  end)

  it("shows the columns that were asked for, fields of the record among them", function()
    local told = office:must("cases", "--columns", "案号,事由,件数,承办人", "--sort", "案号")
    assert.matches("^案号 +事由 +件数 +承办人\n" .. one:gsub("%-", "%%-") .. "  清理超编人员 +3", told)
    assert.matches("王联\n", told)
    local rows = office:json("cases", "--columns", "number,matter，opened、office")
    assert.same({ number = one, matter = "清理超编人员", opened = "2026-03-02", office = rows[1].office }, rows[1])
  end)

  it("counts by workflow, state and unit", function()
    local told = office:json("cases", "--total")
    assert.same({ name = "督办件", count = 3, open = 3, late = 1 }, told.workflow[1])
    assert.equal(2, #told.state)
    assert.equal(3, #told.unit)
    assert.same({ { name = "督办件", count = 1, open = 1, late = 1 } },
      office:json("cases", "--total", "--overdue").workflow)
    assert.matches("按状态\n.*督办件 · 办理中 +2 +2 +1\n共", office:must("cases", "--total"))
  end)

  it("tells where a page stands and how to go on", function()
    assert.matches("第 1 至 2 件，共 3 件；下一页加 %-%-page 2，全部加 %-%-limit 0。",
      office:must("cases", "--open", "--limit", "2"))
    assert.matches("第 3 至 3 件，共 3 件。", office:must("cases", "--limit", "2", "--page", "2"))
    assert.matches("共 3 件。", office:must("cases"))
  end)

  it("writes a CSV that spreadsheets open as it is, with nothing they would compute", function()
    local path = office.path .. "/list.csv"
    assert.equal("已写入 " .. path .. "：3 行。", office:must("cases", "--columns", "案号,事由,件数", "-o", path))
    local file = assert(io.open(path, "rb"))
    local bytes = file:read("a")
    file:close()
    assert.equal("\xEF\xBB\xBF案号,事由,件数\r\n" .. one .. ",清理超编人员,3\r\n" .. two .. ",'=SUM(A1)+1,12\r\n"
      .. three .. ",\"擅自设立“专班”,未报批\",3\r\n", bytes)
    assert.same({ file = path, rows = 3 }, office:json("cases", "-o", path))
    assert.matches("应以 %.%w+", office:refused("cases", "-o", office.path .. "/list.doc"))
    assert.equal(1, office:run("cases", "-o", office.path .. "/none/list.csv").code)
  end)

  it("lines up whatever the width of its signs", function()
    local told = office:must("cases")
    local at
    for line in told:gmatch("[^\n]+") do
      local before = line:match("^(.*)2026%-03%-%d%d%s*$")
      if before and line:find("SY") then
        at = at or text.width(before)
        assert.equal(at, text.width(before), line)
      end
    end
    assert.is_not_nil(at)
  end)

  it("has no colour in a pipe, and none under NO_COLOR", function()
    assert.is_nil(office:must("cases", "--overdue"):find("\27", 1, true))
  end)

  it("shows those who work for a unit its own rows alone", function()
    assert.same({ one }, listed("--by", "P08"))
    assert.same({}, listed("--by", "P08", "--unit", "省财政厅"))
    assert.same({ count = 1, late = 1, name = "督办件", open = 1 },
      office:json("cases", "--total", "--by", "P08").workflow[1])
  end)

  it("finds a case by what its number ends with, the own office's first", function()
    tables.office(office, "430100", "长沙市委编办", "city", "430000")
    tables.exec(office, "INSERT INTO cases SELECT 99, '430100-2026-SY-0001', 2, workflow, activation_id, state,"
      .. " unit_id, record, snapshot, seq, folded, head, due, wake_at, round, parent_id, join_key, opened_at,"
      .. " closed_at, outcome, set_aside, late_since FROM cases WHERE case_id = 1")
    tables.exec(office, "INSERT INTO numbers VALUES (2, 'SY', 2026, 1)")
    assert.equal(one, office:json("case", "SY-0001").number)
    assert.equal(one, office:json("case", "2026-SY-0001").number)
    assert.equal("430100-2026-SY-0001", office:json("case", "430100-2026-SY-0001").number)
    assert.same({ "430100-2026-SY-0001" }, { office:json("--office", "430100", "cases")[1].number })
    assert.same(4, #office:json("cases"))
  end)
end)
