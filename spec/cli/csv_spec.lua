-- Sheets as they arrive: cut, in the wrong encoding, too wide. One sentence, and not a row of it written.
local site = require("spec.support.site")
local tables = require("spec.support.tables")
local csv = require("raw.csv")

local HEADER = "编码,名称,类别,区划,级别,启用日期\n"
local ROW = "S009,省审计厅,省直部门,430000,省,2018-11-01\n"

-- The bytes of UTF-8 text as GB18030, by the C library's converter.
local function convert(text, encoding)
  local process = require("raw.process")
  local done = assert(process.run({ "iconv", "-f", "UTF-8", "-t", encoding, input = text,
    env = { "PATH=/usr/bin:/bin" } }))
  assert(done.code == 0, done.err)
  return done.out
end

describe("a CSV", function()
  local office

  local function file(content)
    return site.write(office.path .. "/sheet.csv", content)
  end

  -- The sentence a file is refused with, by its first line; nothing is written of it.
  local function refused(kind, content)
    local name = file(content)
    local before = tables.counts(office)
    local done = office:run("import", kind, name, "--by", "P04")
    assert.equal(1, done.code, done.out .. done.err)
    assert.equal(before, tables.counts(office))
    local sentence = done.err:gsub("^duban: ", ""):gsub("\n$", "")
    local from, to = sentence:find(name, 1, true)
    if from then
      sentence = sentence:sub(1, from - 1) .. "sheet.csv" .. sentence:sub(to + 1)
    end
    assert.is_nil(sentence:find("\n"), sentence)
    return sentence
  end

  setup(function()
    office = site.make({ workflows = { "spec/data/probe.lua" } })
  end)

  local cases = {
    { "cut inside quotes", HEADER .. ROW .. 'S010,"省水', "sheet.csv: 第 3 行开始的引号没有结束，文件可能不完整" },
    { "with a NUL", HEADER .. "S009,省\0厅\n", "sheet.csv: 第 2 行有空字节（NUL），这不是文本文件" },
    { "with text after a quote", HEADER .. 'S009,"甲"厅\n', "sheet.csv: 第 2 行：引号之后还有文字" },
    { "in UTF-16 without a mark", convert(HEADER .. ROW, "UTF-16LE"), "sheet.csv: 第 1 行有空字节（NUL），这不是文本文件" },
    { "in GB18030 with a broken byte", convert(HEADER, "GB18030") .. "S009,\xff\xff\n",
      "sheet.csv: 第 2 行有不是 GB18030 文字的字节，请另存为“CSV UTF-8”" },
    { "cut inside a character of UTF-8", (HEADER .. "S009,省审计厅"):sub(1, -2),
      "sheet.csv: 第 2 行有不是 UTF-8 文字的字节，请另存为“CSV UTF-8”" },
    { "with 1,000,000 columns", "编码,名称" .. (",x"):rep(1000000) .. "\nS1,厅\n", "sheet.csv: 第 1 行：列数太多（上限 1000）" },
    { "with a field of 2 MB", HEADER .. "S009," .. ("省"):rep(700000) .. "\n",
      "sheet.csv: 第 2 行：一格的字节太多（上限 1048576）" },
    { "that is empty", "", "sheet.csv 没有表头" },
    { "of blank lines", "\n\n , \n", "sheet.csv 没有表头" },
    { "with a header alone", HEADER, "sheet.csv 只有表头，没有数据" },
    { "that is half a workbook", "PK\3\4rest", "sheet.csv: 文件已损坏或不完整（压缩包），请在 WPS 或 Excel 中打开后另存为 .xlsx" },
  }
  for _, case in ipairs(cases) do
    it(case[1] .. " is refused as a list of units and as a ledger", function()
      assert.equal(case[3], refused("units", case[2]))
      assert.equal(case[3], refused("probe", case[2]))
    end)
  end

  it("with the same heading twice is refused", function()
    assert.equal("sheet.csv: 表头里“名称”这一列出现两次（单位名称）", refused("units", "编码,名称,单位名称\nS009,甲,乙\n"))
    assert.equal("sheet.csv: 第 3 列 “unit” 与前面一列是同一字段", refused("probe", "承办单位,事由,unit\nS001,甲,S002\n"))
  end)

  it("without the headings it needs is refused", function()
    assert.equal("sheet.csv: 表头里缺少“编码”这一列", refused("units", "甲,乙\n1,2\n"))
    assert.equal("sheet.csv: 没有一列的表头是该事项的登记字段（可用 --map 对照）", refused("probe", "甲,乙\n1,2\n"))
  end)

  it("with a row longer than its header is refused by that row", function()
    assert.equal("第 2 行：第 7 格在表头之外，可能少了引号", refused("units", HEADER .. "S009,甲,乙,430000,省,2018-11-01,多\n"))
    local name = file("承办单位,事由\nS001,甲,乙\n")
    local done = office:run("import", "probe", name, "--by", "P04")
    assert.equal("duban: 有 1 行有误，一行也没有导入（改正后重来，或加 --skip-bad）\n", done.err)
    assert.matches("第 2 行  有误 +第 3 格在表头之外，可能少了引号", done.out)
  end)

  it("with a bad cell is refused by line and heading", function()
    assert.equal("第 3 行：启用日期: 日期“2018-02-30”不存在", refused("units", HEADER .. ROW .. "S010,丙,,,,2018-02-30\n"))
    assert.equal("第 2 行：没有编码或名称为“省教育局”的单位",
      refused("people", "编码,姓名,单位,角色\nP90,甲,省教育局,liaison\n"))
    assert.equal("第 2 行：没有“大使”这个角色", refused("people", "编码,姓名,单位,角色\nP90,甲,省教育厅,大使\n"))
    assert.equal("第 2 行：名称“" .. ("省"):rep(20) .. "…”太长，最多 255 字节",
      refused("units", HEADER .. "S010," .. ("省"):rep(500) .. ",,,,\n"))
  end)

  it("with a mark in a name that turns its reading round is refused", function()
    for _, name in ipairs({ "省\u{202e}厅计审", "省\u{2066}厅", "省\27[31m厅", "省\u{9b}31m厅" }) do
      assert.equal("第 2 行：名称中有控制字符", refused("units", HEADER .. "S010," .. name .. ",,,,\n"))
    end
  end)

  it("with a secrecy mark in a cell, or a level alone under 密级, is refused by line and column", function()
    assert.equal("sheet.csv: 第 2 行第 2 列 带有密级标志，本系统未经保密认证，不予接收", refused("units", HEADER .. "S9,机密★,,,,\n"))
    assert.equal("sheet.csv: 第 2 行第 3 列 带有密级标志，本系统未经保密认证，不予接收",
      refused("probe", "承办单位,事由,密级\nS001,甲,秘密\n"))
  end)

  it("for a fact on many cases is read whole before one is recorded", function()
    office:must("open", "probe", "unit=S001", "matter=甲", "--by", "P04")
    office:must("fact", "430000-2026-SY-0001", "issued", "--by", "P01")
    local before = tables.counts(office)
    local name = file("案号,办理情况\n430000-2026-SY-0001,好\n,没有案号\n")
    local done = office:run("fact", "reported", "--from", name, "--by", "P08")
    assert.equal(1, done.code)
    assert.equal(("duban: %s: 第 3 行没有案号\n"):format(name), done.err)
    name = file('案号,办理情况\n430000-2026-SY-0001,"好')
    assert.equal(1, office:run("fact", "reported", "--from", name, "--by", "P08").code)
    assert.equal(before, tables.counts(office))
  end)

  it("of one column is a list of cases", function()
    local number = office:json("open", "probe", "unit=S001", "matter=乙", "--by", "P04").number
    office:must("fact", "issued", "--from", file("案号\n" .. number .. "\n"), "--by", "P01")
    assert.equal("working", office:json("case", number).state)
  end)

  it("is the same file in UTF-8, with a mark, in GB18030 and in UTF-16", function()
    local first = file(HEADER .. ROW)
    office:must("import", "units", first)
    local before = tables.counts(office)
    for _, bytes in ipairs({ "\xef\xbb\xbf" .. HEADER .. ROW, convert(HEADER .. ROW, "GB18030"),
      "\xff\xfe" .. convert(HEADER .. ROW, "UTF-16LE"), ((HEADER .. ROW):gsub("\n", "\r\n")),
      ((HEADER .. ROW):gsub(",", "\t")), ((HEADER .. ROW):gsub(",", ";")) }) do
      assert.matches("^新增 0，相同 1，有变 0，重复 0，有误 0 行。", office:must("import", "units", file(bytes)))
      assert.equal(before, tables.counts(office))
    end
  end)

  it("keeps its title line above the header apart", function()
    assert.matches("^新增 0，相同 1", office:must("import", "units", file("2026年单位名册\n\n" .. HEADER .. ROW)))
  end)

  it("cell is never a formula when a spreadsheet opens what we write", function()
    for _, case in ipairs({
      { "=1+1", "'=1+1" }, { "+cmd|'/c calc'!A1", "'+cmd|'/c calc'!A1" }, { "-2+3", "'-2+3" },
      { "@SUM(A1)", "'@SUM(A1)" }, { "＝1", "'＝1" }, { "\t=1", "\"'\t=1\"" }, { "=a,b", "\"'=a,b\"" },
      { "-12", "-12" }, { "+3.5", "+3.5" }, { "-1.5e3", "-1.5e3" }, { "张三", "张三" }, { 'a"b', '"a""b"' },
      { "", "" }, { " a", '" a"' }, { "2026-03-02", "2026-03-02" },
    }) do
      assert.equal(case[2], csv.cell(case[1]))
    end
  end)
end)
