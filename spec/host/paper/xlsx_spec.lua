-- Workbooks as WPS and Excel write them, down to what stands in a cell.
local sheet = require("raw.sheet")
local book = require("spec.support.book")

-- The rows of a workbook as "kind line: cell|cell".
local function shown(bytes, name)
  local rows, told = sheet.read(bytes, name)
  assert(rows, told)
  local lines = {}
  for at, row in ipairs(rows) do
    lines[at] = ("%s %d: %s"):format(row[1], row[2], table.concat(row, "|", 3))
  end
  return lines, told
end

-- The text of one cell of the body.
local function cell(xml, options)
  local rows = assert(sheet.read(book.of({ { "甲", "乙" }, { "x", { xml = xml } } }, options)))
  return rows[2][4] or ""
end

describe("a cell of a workbook", function()
  local SERIAL = '<c r="%%r" s="1"><v>%s</v></c>'
  local cases = {
    { "inline", '<c r="%r" t="inlineStr"><is><t>清理</t></is></c>', "清理" },
    { "shared", '<c r="%r" t="s"><v>0</v></c>', "共享", strings = "<si><t>共享</t></si>" },
    { "in runs of several fonts", '<c r="%r" t="s"><v>0</v></c>', "省教育厅",
      strings = "<si><r><rPr><b/></rPr><t>省</t></r><r><t xml:space='preserve'>教育厅</t></r></si>" },
    { "with its reading aloud", '<c r="%r" t="s"><v>0</v></c>', "张三",
      strings = "<si><t>张三</t><rPh sb='0' eb='1'><t>zhang</t></rPh><phoneticPr fontId='1'/></si>" },
    { "with an inline reading", '<c r="%r" t="inlineStr"><is><t>张三</t><rPh><t>zh</t></rPh></is></c>', "张三" },
    { "with escapes", '<c r="%r" t="s"><v>0</v></c>', "a\nb_x0041_",
      strings = "<si><t>a&#10;b_x005F_x0041__x0007_</t></si>" },
    { "true", '<c r="%r" t="b"><v>1</v></c>', "是" },
    { "false", '<c r="%r" t="b"><v>0</v></c>', "否" },
    { "an error", '<c r="%r" t="e"><f>1/0</f><v>#DIV/0!</v></c>', "#DIV/0!" },
    { "a formula of text", '<c r="%r" t="str"><f>A1&amp;"x"</f><v>甲x</v></c>', "甲x" },
    { "a formula of a number", '<c r="%r"><f>1+1</f><v>2</v></c>', "2" },
    { "an empty result", '<c r="%r" t="str"><f>""</f><v></v></c>', "" },
    { "styled and empty", '<c r="%r" s="1"/>', "" },
    { "a fraction", '<c r="%r"><v>0.10000000000000001</v></c>', "0.1" },
    { "a long number", '<c r="%r"><v>1.1010119900307E+17</v></c>', "110101199003070000" },
    { "a small number", '<c r="%r"><v>1E-5</v></c>', "0.00001" },
    { "a code with zeros", SERIAL:format("731"), "000731", formats = { "000000" } },
    { "a day by its id", SERIAL:format("46086"), "2026-03-05", formats = { 14 } },
    { "a Chinese day", SERIAL:format("46086"), "2026-03-05", formats = { 'yyyy"年"m"月"d"日";@' } },
    { "a day by a Chinese id", SERIAL:format("46086"), "2026-03-05", formats = { 31 } },
    { "a day of a locale", SERIAL:format("46086"), "2026-03-05", formats = { "[$-804]yyyy\\-mm\\-dd;@" } },
    { "a day behind a time", SERIAL:format("46086.5"), "2026-03-05", formats = { "yyyy/m/d" } },
    { "a moment", SERIAL:format("46086.395833333336"), "2026-03-05 09:30", formats = { "yyyy/m/d h:mm" } },
    { "a moment at midnight", SERIAL:format("46086"), "2026-03-05", formats = { 22 } },
    { "a time", SERIAL:format("0.39583333333333331"), "09:30", formats = { "h:mm" } },
    { "hours beyond a day", SERIAL:format("1.5"), "36:00", formats = { "[h]:mm" } },
    { "a month", SERIAL:format("46082"), "2026年3月", formats = { 'yyyy"年"m"月"' } },
    { "a day and month", SERIAL:format("46086"), "2026-03-05", formats = { 'm"月"d"日"' } },
    { "a percentage", SERIAL:format("0.95"), "0.95", formats = { "0.00%" } },
    { "an amount", SERIAL:format("1234.5"), "1234.5", formats = { '#,##0.00_ ;[Red]\\-#,##0.00\\ ' } },
    { "a number in red", SERIAL:format("12"), "12", formats = { "[Red]0" } },
    { "with a unit that has a d", SERIAL:format("12"), "12", formats = { '0"d"' } },
    { "the first day", SERIAL:format("1"), "1900-01-01", formats = { 14 } },
    { "the day before the false one", SERIAL:format("59"), "1900-02-28", formats = { 14 } },
    { "the day that never was", SERIAL:format("60"), "1900-02-29", formats = { 14 } },
    { "the day after it", SERIAL:format("61"), "1900-03-01", formats = { 14 } },
    { "no day at all", SERIAL:format("0"), "0", formats = { 14 } },
    { "beyond the last day", SERIAL:format("2958466"), "2958466", formats = { 14 } },
    { "a day before the first", SERIAL:format("-3"), "-3", formats = { 14 } },
    { "a day counted from 1904", SERIAL:format("44624"), "2026-03-05", formats = { 14 }, date1904 = true },
    { "the first day of 1904", SERIAL:format("0"), "1904-01-01", formats = { 14 }, date1904 = true },
    { "a day in ISO form", '<c r="%r" t="d"><v>2026-03-05T00:00:00</v></c>', "2026-03-05" },
  }
  for _, case in ipairs(cases) do
    it(case[1] .. " is its text", function()
      assert.equal(case[3], cell(case[2], case))
    end)
  end

  it("whose formula has no result is named", function()
    for _, xml in ipairs({ '<c r="%r"><f>A1</f></c>', '<c r="%r"><f>A1</f><v></v></c>',
      '<c r="%r"><f>A1</f><v/></c>' }) do
      local rows, why, kind = sheet.read(book.of({ { "甲", "乙" }, { "x", { xml = xml } } }))
      assert.is_nil(rows)
      assert.equal("invalid", kind)
      assert.matches("2.*2", why) -- its line and column
    end
  end)
end)

describe("the rows of a workbook", function()
  it("may be sparse, without references, and far apart", function()
    assert.same({ "heading 1: 甲|乙|丙", "body 4: 1||3", "body 1000: |x" }, (shown(book.make({ {
      xml = book.sheet('<row><c t="inlineStr"><is><t>甲</t></is></c><c t="inlineStr"><is><t>乙</t></is></c>'
        .. '<c t="inlineStr"><is><t>丙</t></is></c></row><row r="3"/><row r="4">'
        .. '<c r="A4"><v>1</v></c><c r="C4"><v>3</v></c></row>'
        .. '<row r="1000"><c r="B1000" t="inlineStr"><is><t>x</t></is></c></row>') } }))))
  end)

  it("stand below a title and a line that says who filled it in", function()
    assert.same({ "above 1: 问题整改台账||", "above 2: 填报单位：省委编办||填报日期：2026年3月",
      "heading 3: 序号|单位|问题", "body 4: 1|省教育厅|超编" },
      (shown(book.of({ { "问题整改台账" }, { "填报单位：省委编办", "", "填报日期：2026年3月" },
        { "序号", "单位", "问题" }, { "1", "省教育厅", "超编" } }, { merged = { "A1:C1" } }))))
  end)

  it("repeat what is merged downwards, and only that", function()
    assert.same({ "heading 1: 序号|责任单位|措施|备注", "body 2: 1|省教育厅|清理|无", "body 3: 2|省教育厅|规范",
      "body 4: 3|省教育厅|备案", "body 5: 4|省财政厅|并入|" },
      (shown(book.of({ { "序号", "责任单位", "措施", "备注" }, { "1", "省教育厅", "清理", "无" }, { "2", "", "规范" },
        { "3", "", "备案" }, { "4", "省财政厅", "并入", "" } }, { merged = { "B2:B4", "C5:D5" } }))))
  end)

  it("repeat nothing out of an empty range, nor into a row that has nothing else", function()
    assert.same({ "heading 1: 序号|单位|事由", "body 2: 1|甲|a", "body 4: 3||c" },
      (shown(book.of({ { "序号", "单位", "事由" }, { "1", "甲", "a" }, { "", "", "" }, { "3", "", "c" } },
        { merged = { "B3:B4" } }))))
    assert.same({ "heading 1: 序号|单位", "body 2: 1|甲" },
      (shown(book.of({ { "序号", "单位" }, { "1", "甲" }, {} }, { merged = { "B2:B3" } }))))
  end)

  it("have one header where the sheet has two rows or three", function()
    assert.same({ "above 1: 台账|||", "heading 2: 序号|责任·领导|责任·单位|时限", "body 4: 1|张三|省教育厅|3月底前" },
      (shown(book.of({ { "台账" }, { "序号", "责任", "", "时限" }, { "", "领导", "单位", "" },
        { "1", "张三", "省教育厅", "3月底前" } }, { merged = { "A1:D1", "A2:A3", "B2:C2", "D2:D3" } }))))
    assert.same({ "heading 1: 序号|整改·责任·领导|整改·责任·单位|整改·时限", "body 4: 1|张三|省教育厅|3月底前" },
      (shown(book.of({ { "序号", "整改" }, { "", "责任", "", "时限" }, { "", "领导", "单位" },
        { "1", "张三", "省教育厅", "3月底前" } }, { merged = { "A1:A3", "B1:D1", "B2:C2", "D2:D3" } }))))
    assert.same({ "heading 1: 序号|责任·领导|责任·单位", "body 3: 1|张三|省教育厅" },
      (shown("序号,责任,\n,领导,单位\n1,张三,省教育厅\n")))
  end)

  it("keep a header of one row where a name is merged over an empty column", function()
    assert.same({ "heading 1: 序号|问题||单位", "body 2: 1|超编||省教育厅" },
      (shown(book.of({ { "序号", "问题", "", "单位" }, { "1", "超编", "", "省教育厅" } },
        { merged = { "B1:C1", "B2:C2" } }))))
    assert.same({ "heading 1: 序号||单位", "body 2: 1|a|b" }, (shown("序号,,单位\n1,a,b\n")))
  end)

  it("come from the first sheet that is shown and holds something", function()
    local bytes = book.make({ { name = "说明", state = "hidden", rows = { { "a", "b" } } }, { name = "空", rows = {} },
      { name = "台账", rows = { { "甲", "乙" }, { "1", "2", attributes = ' hidden="1"' } } },
      { name = "往年 台账", rows = { { "丙", "丁" } } } })
    local lines, told = shown(bytes)
    assert.same({ "heading 1: 甲|乙", "body 2: 1|2" }, lines)
    assert.same({ kind = "xlsx", sheet = "台账", others = { "空", "往年 台账" }, hidden = 1 }, told)
    assert.same({ "heading 1: 丙|丁" }, (shown(bytes, "往年台账")))
    assert.same({ "heading 1: a|b" }, (shown(bytes, "说明")))
    local _, why, kind = sheet.read(bytes, "明年")
    assert.equal("missing", kind)
    assert.matches("明年.*说明.*空.*台账.*往年 台账", why)
  end)
end)

describe("a workbook of another program", function()
  local file = require("raw.file")
  local LINES = {
    "above 1: 2026年上半年巡视反馈问题整改台账", "above 2: 填报单位：省委编办|||||填报日期：2026年3月5日",
    "heading 3: 序号|反馈问题|责任·责任单位|责任·责任人|整改时限|整改情况·整改措施|整改情况·进展|反馈日期|是否重点|涉及人数|备注",
    "body 5: 1|未经批准擅自设立人才专班|省教育厅|张　三|2026-06-30|撤销专班|已启动|2026-01-15|是|3|110101199003070011",
    "body 6: 2|擅自增加编制4名|省教育厅|李四|立行立改|核减|已完成|2026-01-15 09:30|否|4",
    "body 7: 3|超职数配备科级领导2名|省教育厅|王·五|3月底前|消化超配|推进中|2026-01-16||2|7",
    "body 8: 4|批复不规范|省财政厅|赵六|持续推进|规范流程\n完善制度||2026.1.20|||0731-88880000",
    "body 9: 5|无问题|省水利厅",
  }

  it("is read as it stands on the screen: LibreOffice", function()
    local lines, told = shown(assert(file.read("spec/data/sheets/libreoffice.xlsx")))
    for at, line in ipairs(lines) do
      assert.equal(LINES[at], (line:gsub("|+$", "")))
    end
    assert.equal(#LINES, #lines)
    assert.same({ kind = "xlsx", sheet = "台账", others = { "往年" }, hidden = 1 }, told)
  end)

  it("is refused where a formula was never counted: openpyxl", function()
    local rows, why = sheet.read(assert(file.read("spec/data/sheets/openpyxl.xlsx")))
    assert.is_nil(rows)
    assert.matches("7.*11", why)
    assert.same({ "heading 1: 序号|问题" }, (shown(assert(file.read("spec/data/sheets/openpyxl.xlsx")), "往年")))
  end)
end)
