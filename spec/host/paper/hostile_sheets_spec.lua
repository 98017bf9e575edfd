-- Archives made to harm: one sentence each, in bounded memory and time, and nothing of them is written.
local book = require("spec.support.book")
local process = require("raw.process")
local site = require("spec.support.site")
local tables = require("spec.support.tables")
local zip = require("spec.support.zip")

local ROWS = { { "编码", "名称" }, { "S901", "省审计厅" } }
local MEMORY_KB = 2000000 -- of addresses, for command and reader alike; the sanitizers need more
local SHEET = "xl/worksheets/sheet1.xml"

local function replaced(name, data)
  return book.of(ROWS, { replace = { [name] = data } })
end

-- An archive of another kind, told by one of its parts.
local function other(name)
  return zip.make({ { name = name, data = "x" } })
end

-- A workbook whose sheet unpacks to what the shell command writes, and says so or lies.
local function bomb(command, size, level)
  local packed, crc, real = zip.deflate(nil, command, level)
  local parts = book.parts({ { rows = ROWS } })
  for _, one in ipairs(parts) do
    if one.name == SHEET then
      one.packed, one.crc, one.size = packed, crc, size or real
    end
  end
  return zip.make(parts)
end

-- So many megabytes of nothing inside a sheet.
local function blanks(megabytes)
  return ("(printf '<worksheet>'; head -c %d000000 /dev/zero | tr '\\0' ' ')"):format(megabytes)
end

local function doctype(body)
  return '<?xml version="1.0"?><!DOCTYPE worksheet [' .. body .. "]><worksheet><sheetData/></worksheet>"
end

local function lol()
  local list = { '<!ENTITY a0 "哈哈">' }
  for at = 1, 9 do
    list[#list + 1] = ('<!ENTITY a%d "%s">'):format(at, ("&a" .. (at - 1) .. ";"):rep(10))
  end
  return table.concat(list)
end

local DTD = "里有 DTD 或实体声明，不予接收$"
local BIG = "解开后超过 64 MB"
local SAVE = "请在 WPS 或 Excel 中.*另存为 .xlsx$"
local OUT = "压缩包里有指向外面的路径，不予接收$"
local OLE = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" .. ("\0"):rep(504)
local LOCKED = OLE .. ("EncryptedPackage"):gsub(".", "%0\0") .. ("\0"):rep(100)
local ROW = [[<row><c t="inlineStr"><is><t>甲</t></is></c><c t="inlineStr"><is><t>乙</t></is></c></row>]]

local cases = {
  { "that unpacks a thousandfold", function() return bomb(blanks(60), nil, 9) end, "膨胀过大" },
  { "that unpacks to a gigabyte and says so", function() return bomb(blanks(1000)) end, BIG, "slow" },
  { "that unpacks to a gigabyte and says 60 MB", function() return bomb(blanks(1000), 60000000) end, BIG, "slow" },
  { "that unpacks to a gigabyte and says 1 KB", function() return bomb(blanks(1000), 1000) end, BIG, "slow" },
  { "of 200 MB of rows", function()
    return bomb("(printf '<worksheet><sheetData>'; yes '" .. ROW .. "' | head -c 200000000)")
  end, BIG, "slow" },
  { "of 200 MB of rows that says it is small", function()
    return bomb("(printf '<worksheet><sheetData>'; seq 1 3000000 | sed 's/.*/<row r=\"&\"><c r=\"A&\"><v>&<\\/v><\\/c>"
      .. "<c r=\"B&\"><v>&<\\/v><\\/c><\\/row>/')", 60000000)
  end, BIG, "slow" },
  { "with one name of 30 MB", function()
    return replaced(SHEET, "<worksheet><" .. ("x"):rep(30000000))
  end, SAVE },
  { "with one attribute of 30 MB", function()
    return replaced(SHEET, '<worksheet a="' .. ("x"):rep(30000000))
  end, SAVE },
  { "nested 100,000 deep", function() return replaced(SHEET, ("<a>"):rep(100000)) end, "嵌套太深" },
  { "with 70,000 parts", function()
    local parts = book.parts({ { rows = ROWS } })
    for at = 1, 70000 do
      parts[#parts + 1] = { name = "x" .. at }
    end
    return zip.make(parts)
  end, "部件太多" },
  { "that holds an archive in the place of its sheet", function()
    return replaced(SHEET, book.of(ROWS))
  end, SAVE },
  { "with a path that leads out", function()
    return book.of(ROWS, { extra = { { name = "xl/../../../etc/cron.d/x", data = "x" } } })
  end, OUT },
  { "with a path of Windows that leads out", function()
    return book.of(ROWS, { extra = { { name = "..\\..\\x.dll", data = "x" } } })
  end, OUT },
  { "with an absolute name", function()
    return book.of(ROWS, { extra = { { name = "/etc/passwd", data = "x" } } })
  end, OUT },
  { "with a drive in a name", function()
    return book.of(ROWS, { extra = { { name = "C:\\x", data = "x" } } })
  end, OUT },
  { "with two parts of one name", function()
    return book.of(ROWS, { extra = { { name = SHEET:upper(), data = "<worksheet/>" } } })
  end, "部件重名" },
  { "whose workbook is elsewhere on the net", function()
    return replaced("xl/_rels/workbook.xml.rels", '<Relationships><Relationship Id="rId1" Type="x/worksheet" '
      .. 'Target="http://127.0.0.1/" TargetMode="External"/></Relationships>')
  end, "没有一个显示的工作表有内容$" },
  { "with an external entity in its sheet", function()
    return replaced(SHEET, doctype('<!ENTITY x SYSTEM "file:///etc/passwd">'))
  end, DTD },
  { "with an external entity among its strings", function()
    return replaced("xl/sharedStrings.xml", doctype('<!ENTITY x SYSTEM "file:///etc/passwd">'))
  end, DTD },
  { "with a parameter entity", function()
    return replaced("xl/workbook.xml", doctype('<!ENTITY % x SYSTEM "http://127.0.0.1/x"> %x;'))
  end, DTD },
  { "with a bare document type", function() return replaced("xl/styles.xml", doctype("")) end, DTD },
  { "with a billion laughs", function() return replaced(SHEET, doctype(lol())) end, DTD },
  { "with a wrong checksum", function()
    local parts = book.parts({ { rows = ROWS } })
    for _, one in ipairs(parts) do
      one.crc = one.name == SHEET and 1 or nil
    end
    return zip.make(parts)
  end, SAVE },
  { "whose sheet is cut in the middle", function()
    return replaced(SHEET, book.sheet(ROWS):sub(1, -40))
  end, SAVE },
  { "whose sheet is not XML", function() return replaced(SHEET, "\0\1\2") end, SAVE },
  { "whose rows go backwards", function()
    return replaced(SHEET, '<worksheet><sheetData><row r="5"/><row r="4"/></sheetData></worksheet>')
  end, nil },
  { "whose texts do not exist", function()
    return book.of({ { "编码", "名称" }, { "S901", { xml = '<c r="%r" t="s"><v>7</v></c>' } } })
  end, "引用的文字不存在" },
  { "with a cell in column XFD", function()
    return replaced(SHEET, '<worksheet><sheetData><row r="1"><c r="XFD1"><v>1</v></c></row></sheetData></worksheet>')
  end, "列数太多" },
  { "with one text a million times", function()
    return book.make({ { xml = book.sheet("<row>" .. ('<c t="s"><v>0</v></c>'):rep(2) .. "</row>"
      .. ('<row><c t="s"><v>0</v></c></row>'):rep(200000)) } },
      { strings = "<si><t>" .. ("长"):rep(300000) .. "</t></si>", deflate = true })
  end, "文字太多" },
  { "with a cell of 2 MB", function() return book.of({ ROWS[1], { "S1", ("长"):rep(700000) } }) end, "字节太多" },
  { "with 200,000 merged ranges", function()
    return replaced(SHEET, "<worksheet><sheetData>" .. ROW .. "</sheetData><mergeCells>"
      .. ('<mergeCell ref="A1:XFD1048576"/>'):rep(200000) .. "</mergeCells></worksheet>")
  end, "合并的单元格太多" },
  { "locked with a password", function() return LOCKED end, "有密码保护" },
  { "with a locked part", function()
    local parts = book.parts({ { rows = ROWS } })
    for _, one in ipairs(parts) do
      one.flags = 1
    end
    return zip.make(parts)
  end, nil },
  { "packed in another way", function()
    local parts = book.parts({ { rows = ROWS } })
    parts[#parts].method = 12
    return zip.make(parts)
  end, SAVE },
  { "that is an old .xls or .et", function() return OLE end, "这是旧格式的文件（.xls、.et 等），" .. SAVE },
  { "that is an .xlsb", function() return other("xl/workbook.bin") end, "xlsb.*" .. SAVE },
  { "that is an .ods", function() return other("content.xml") end, "ods.*" .. SAVE },
  { "that is a .docx", function() return other("word/document.xml") end, "Word.*" .. SAVE },
  { "that is a web page", function() return "\r\n<HTML><table><tr><td>编码" end, "这是网页，不是表格，" .. SAVE },
  { "that is an empty archive", function() return zip.make({}) end, "这是空的压缩包" },
  { "that is a PDF", function() return "%PDF-1.4\n" end, "PDF" },
}

describe("a workbook", function()
  local office, before

  -- Runs a command in bounded memory; gives what it said, and the milliseconds.
  local function import(content)
    local name = site.write(office.path .. "/sheet.xlsx", content)
    local binary = os.getenv("DUBAN_BINARY") or "build/test/duban"
    local limit = binary:match("asan") and "" or ("ulimit -v %d; "):format(MEMORY_KB)
    local started = os.time()
    local done = assert(process.run({ "sh", "-c", limit .. 'exec "$0" -C "$1" import units "$2"', binary,
      office.path, name, env = { "PATH=/usr/bin:/bin", "DUBAN_LANG=zh", "HOME=/tmp" }, timeout_ms = 60000 }))
    return done, os.time() - started
  end

  setup(function()
    office = site.make({ bare = true })
    before = tables.counts(office)
  end)

  for _, case in ipairs(cases) do
    it(case[1] .. " is refused with one sentence" .. (case[4] and " #slow" or ""), function()
      local done, seconds = import(case[2]())
      assert.equal(1, done.code, done.out .. done.err)
      assert.equal("", done.out)
      assert.matches("^duban: %S+sheet.xlsx: [^\n]+\n$", done.err)
      if case[3] then
        assert.matches(case[3], (done.err:gsub("\n$", "")))
      end
      assert.is_true(seconds < 20, "took " .. seconds .. " s")
      assert.equal(before, tables.counts(office))
    end)
  end

  it("truncated anywhere #slow is refused with one sentence", function()
    local rows = { ROWS[1] }
    for at = 1, 400 do
      rows[#rows + 1] = { "S" .. at, "单位" .. at }
    end
    local whole = book.of(rows)
    for length = 1024, #whole - 1, 1024 do
      local done = import(whole:sub(1, length))
      assert.equal(1, done.code, length)
      assert.matches("^duban: %S+sheet.xlsx: [^\n]+\n$", done.err)
    end
    assert.equal(before, tables.counts(office))
  end)

  it("whose reader dies, hangs, lies or reaches out costs one sentence and leaves nothing", function()
    local rows = { ROWS[1] }
    for at = 1, 5000 do
      rows[#rows + 1] = { "S" .. at, "单位" .. at }
    end
    local name = site.write(office.path .. "/sheet.xlsx", book.of(rows))
    for way, sentence in pairs({ ["die:4000"] = "中途停止，什么也没有读入", ["hang:4000"] = "超过时限，已停止，什么也没有读入",
      ["lie:4000"] = "答非所问，已停止，什么也没有读入" }) do
      office.env = { DUBAN_READER = way, DUBAN_READER_MS = "1500" }
      local told = office:refused("import", "units", name)
      office.env = nil
      assert.truthy(told:find(sentence, 1, true), told)
      assert.equal(before, tables.counts(office))
    end
    office:must("import", "units", name, "--dry-run")
    if not (os.getenv("DUBAN_BINARY") or ""):match("asan") then -- a build without the lock
      office.env = { DUBAN_READER = "open:4000" }
      assert.matches("中途停止，什么也没有读入", office:refused("import", "units", name))
      office.env = nil
    end
  end)
end)
