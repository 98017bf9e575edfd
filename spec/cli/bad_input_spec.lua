-- Whatever people and other programs hand in: one sentence in their language, exit 1, nothing written.
local site = require("spec.support.site")
local tables = require("spec.support.tables")

local NUMBER = "430000-2026-SY-0001"

describe("bad input", function()
  local office

  -- The sentence, after making sure that nothing was written and nothing was printed.
  local function refused(...)
    local before = tables.counts(office)
    local done = office:run(...)
    assert.equal(1, done.code, table.concat({ ... }, " ") .. "\n" .. done.out .. done.err)
    assert.equal(before, tables.counts(office))
    return (done.err:gsub("^duban: ", ""):gsub("\n$", ""))
  end

  local function path(name, content)
    return site.write(office.path .. "/" .. name, content)
  end

  setup(function()
    office = site.make({ workflows = { "spec/data/probe.lua" } })
    office:must("open", "probe", "unit=省教育厅", "matter=清理超编", "--by", "P04")
    office:must("fact", NUMBER, "issued", "--by", "P01")
  end)

  describe("an unknown name", function()
    local cases = {
      { { "open", "prob", "unit=S001", "--by", "P04" }, "没有发布过工作流 “prob”；在用的有：probe（督办件）" },
      { { "open", "probe", "unit=省教育局", "matter=甲", "--by", "P04" },
        "承办单位：没有编码或名称为“省教育局”的单位" },
      { { "open", "probe", "unit=S001", "matter=甲", "holder=无名", "--by", "P04" },
        "承办人：没有编码或名称为“无名”的人员" },
      { { "open", "probe", "unit=S001", "matter=甲", "cuont=3", "--by", "P04" }, "没有“cuont”这一项，是不是“count”？" },
      { { "open", "probe", "unit=S001", "matter=甲", "--by", "P99" }, "没有编码或名称为“P99”的人员" },
      { { "open", "probe", "unit=S001", "matter=甲", "way=口头", "--by", "P04" },
        "“方式”：没有“口头”这个选项（可选：书面、电话）" },
      { { "fact", NUMBER, "reportd", "--by", "P08" }, "本流程没有“reportd”这一事项，是不是“reported”？" },
      { { "fact", "430000-2026-SY-0099", "reported", "text=好", "--by", "P08" },
        "没有编号为“430000-2026-SY-0099”的案件" },
      { { "case", "430000-2026-SY-0099" }, "没有编号为“430000-2026-SY-0099”的案件" },
      { { "cases", "--workflow", "prob" }, "没有发布过工作流 “prob”；在用的有：probe（督办件）" },
      { { "cases", "--unit", "省教育局" }, "没有编码或名称为“省教育局”的单位" },
      { { "approve", "P99", "--opinion", "同意", "--by", "P01" }, "没有待批事项 P99" },
      { { "approve", "V99", "--opinion", "同意" }, "没有版本 V99，可用 duban versions 查看" },
      { { "versions", "prob" }, "本机关没有程序“prob”的版本，可用 duban versions 查看" },
      { { "setting", "probe.limt", "3wd" }, "没有“limt”这个设置；有：limit" },
      { { "quarantine", "return", "prob" }, "没有停用的程序或搁置的事项叫“prob”，可用 duban quarantine 查看" },
      { { "job", "run", "prob" }, "“prob”没有启用的版本" },
      { { "outbox", "--status", "gone" }, "没有状态“gone”；有：waiting（待发）、claimed（在途）、sent（已发）、"
        .. "unknown（结果不明）、dead（不达）、cancelled（取消）、digested（汇总）" },
      { { "--office", "439999", "cases" }, "本站点没有编码或名称为“439999”的机构" },
    }
    for _, case in ipairs(cases) do
      it("is told back: " .. table.concat(case[1], " "), function()
        assert.equal(case[2], refused(table.unpack(case[1])))
      end)
    end
  end)

  describe("a value of the wrong type", function()
    local cases = {
      { "count=三", "“件数”：“三”不是整数" },
      { "count=0", "“件数”：至少 1" },
      { "count=1.5", "“件数”：“1.5”不是整数" },
      { "count=99999999999999999999", "“件数”：“99999999999999999999”不是整数" },
      { "paid=十元", "“金额”：“十元”不是金额，请写成 12.30元（精确到分）" },
      { "urgent=也许", "“加急”：“也许”不是“是”或“否”" },
      { "term=过一阵", "“办理期限”：读不懂期限“过一阵”，请写成 30个工作日、2个月内、3月底前、2026年6月30日前 或 长期坚持" },
    }
    for _, case in ipairs(cases) do
      it("is told with its field: " .. case[1], function()
        assert.equal(case[2], refused("open", "probe", "unit=S001", "matter=甲", case[1], "--by", "P04"))
      end)
    end

    it("is told for an option as well", function()
      assert.equal("设置“办理时限”以“个工作日”计，不能写成“日”", refused("setting", "probe.limit", "3d"))
      assert.equal("“5xd”不是期限，请写成 5wd、15d、2m 或 -3wd", refused("calendar", "due", "2026-03-02", "5xd"))
      assert.equal("期限“-9223372036854775808d”太长，最多 3660",
        refused("calendar", "due", "2026-03-02", "-9223372036854775808d"))
    end)

    it("is told for what a JSON file holds", function()
      assert.equal("承办单位：应写编码或名称",
        refused("open", "probe", "--input", path("a.json", '{"unit":7,"matter":"甲"}'), "--by", "P04"))
      assert.equal("“事由”：“{…}”不是文字",
        refused("open", "probe", "--input", path("b.json", '{"unit":"S001","matter":{}}'), "--by", "P04"))
      assert.matches("应是一个 JSON 对象，字段名对应值$",
        refused("open", "probe", "--input", path("c.json", "[1]"), "--by", "P04"))
      assert.matches("c.json: 不是有效的 JSON：第 1 行第 2 列附近写法有误$",
        refused("open", "probe", "--input", path("c.json", "{1}"), "--by", "P04"))
    end)

    it("and a field that must be there is missed", function()
      assert.equal("“事由”：必须填写", refused("open", "probe", "unit=S001", "--by", "P04"))
      assert.equal("“办理情况”：必须填写", refused("fact", NUMBER, "reported", "--by", "P08"))
    end)
  end)

  describe("a date that does not exist", function()
    local cases = {
      { { "open", "probe", "unit=S001", "matter=甲", "came=2026-02-29", "--by", "P04" },
        "“收文日期”：日期“2026-02-29”不存在" },
      { { "open", "probe", "unit=S001", "matter=甲", "came=2026年13月1日", "--by", "P04" },
        "“收文日期”：日期“2026年13月1日”不存在" },
      { { "open", "probe", "unit=S001", "matter=甲", "came=后天", "--by", "P04" },
        "“收文日期”：“后天”不是日期，请写成 2026-03-05 或 2026年3月5日" },
      { { "fact", NUMBER, "reported", "text=好", "on=2026-04-31", "--by", "P08" },
        "“报告日期”：日期“2026-04-31”不存在" },
      { { "fact", NUMBER, "reported", "text=好", "--occurred", "2026-02-30", "--by", "P08" }, "日期“2026-02-30”不存在" },
      { { "calendar", "due", "2026-02-30", "5wd" }, "日期“2026-02-30”不存在" },
      { { "tick", "--until", "2026-02-30" }, "日期“2026-02-30”不存在" },
      { { "report", "figures", "--since", "2026-02-30" }, "日期“2026-02-30”不存在" },
      { { "import", "probe", "spec/data/ledger.csv", "--as-of", "2026-02-30" }, "日期“2026-02-30”不存在" },
    }
    for _, case in ipairs(cases) do
      it("is refused: " .. table.concat(case[1], " "), function()
        assert.equal(case[2], refused(table.unpack(case[1])))
      end)
    end

    it("and so is a day that has not come for what happened, and a clock that goes back", function()
      assert.equal("发生日期 2026-12-01 还没有到，不能预先登记",
        refused("fact", NUMBER, "reported", "text=好", "--occurred", "2026-12-01", "--by", "P08"))
      assert.equal("时钟不能倒退", refused("tick", "--until", "2026-02-01"))
    end)
  end)

  describe("text that is not UTF-8", function()
    it("is refused on the command line, by the place of the word", function()
      assert.equal("第 5 个参数不是 UTF-8 文本", refused("open", "probe", "matter=\xb1\xe0\xff", "--by", "P04"))
    end)

    it("is refused in a JSON file, by the file", function()
      local name = path("gb.json", '{"unit":"S001","matter":"\xb1\xe0"}')
      assert.equal(name .. " 不是 UTF-8 文本", refused("open", "probe", "--input", name, "--by", "P04"))
    end)

    it("is refused in a script", function()
      local name = path("gb.lua", "-- \xb1\xe0\nreturn 1\n")
      assert.equal(name .. " 不是 UTF-8 文本，请另存为 UTF-8 后重试", refused("run", name))
    end)

    it("is refused in a CSV that is no GB18030 either, by the line", function()
      local name = path("bad.csv", "单位,事由\nS001,\xff\xff\n")
      assert.equal(name .. ": 第 2 行有不是 GB18030 文字的字节，请另存为“CSV UTF-8”",
        refused("import", "probe", name, "--by", "P04"))
    end)
  end)

  describe("a file over its limit", function()
    local function big(name, bytes)
      local handle = assert(io.open(office.path .. "/" .. name, "wb"))
      handle:seek("set", bytes - 1)
      handle:write(" ")
      handle:close()
      return office.path .. "/" .. name
    end

    it("is refused before it is read: an input of 4 MB, a script of 1 MB", function()
      local input, script = big("big.json", 4 * 1024 * 1024 + 1), big("big.lua", 1024 * 1024 + 1)
      assert.equal(("文件 %s 太大，上限为 4194304 字节"):format(input),
        refused("open", "probe", "--input", input, "--by", "P04"))
      assert.equal(("文件 %s 太大，上限为 1048576 字节"):format(script), refused("run", script))
      assert.equal(("文件 %s 太大，上限为 1048576 字节"):format(script), refused("check", script))
    end)

    it("is refused before it is read: a CSV and an attachment of 64 MB", function()
      local name = big("big.bin", 64 * 1024 * 1024 + 1)
      assert.equal(("文件 %s 太大，上限为 67108864 字节"):format(name), refused("import", "units", name))
      assert.equal(("文件 %s 太大，上限为 67108864 字节"):format(name),
        refused("fact", NUMBER, "reported", "text=好", "files=@" .. name, "--by", "P08"))
    end)

    it("and one that is no file, or is not there", function()
      assert.equal(office.path .. " 不是普通文件",
        refused("fact", NUMBER, "reported", "text=好", "files=@" .. office.path, "--by", "P08"))
      assert.equal(("文件 %s/none.csv：没有这个文件"):format(office.path),
        refused("import", "units", office.path .. "/none.csv"))
    end)
  end)

  describe("a request without the right role", function()
    it("names the role and who holds it", function()
      assert.equal("李经办不能这样做；需要：省教育厅的联络员（liaison），现为王联",
        refused("fact", NUMBER, "reported", "text=好", "--by", "P04"))
      assert.equal("陈联络不能这样做；需要：省教育厅的联络员（liaison），现为王联",
        refused("fact", NUMBER, "reported", "text=好", "--by", "P10"))
      assert.matches("^王联不能这样做；需要：经办人（clerk），现为李经办", refused("open", "probe", "unit=S001", "matter=甲", "--by", "P08"))
    end)

    it("says so when nobody is named as acting", function()
      assert.equal("没有写明由谁办理，请加 --by 姓名，如 --by 段远建；需要：省教育厅的联络员（liaison），现为王联",
        refused("fact", NUMBER, "reported", "text=好"))
    end)

    it("leaves no attachment behind", function()
      local name = path("proof.txt", "佐证")
      refused("fact", NUMBER, "reported", "text=好", "files=@" .. name, "--by", "P04")
    end)
  end)

  it("refuses a fact that the state does not take", function()
    assert.equal("案件处于“办理中”，此时不接受“认可”", refused("fact", NUMBER, "accepted", "--by", "P03"))
    assert.equal("案件处于“办理中”，此时不接受“签发”", refused("fact", NUMBER, "issued", "--by", "P01"))
  end)

  describe("an approval", function()
    setup(function()
      office:must("open", "probe", "unit=S002", "matter=逾期的", "--by", "P04")
      office:must("fact", "430000-2026-SY-0002", "issued", "--by", "P01")
      office:must("tick", "--until", "2026-03-20 18:00")
    end)

    it("needs its role", function()
      assert.equal("钱副主任不能这样做；需要：编办主任（director），现为赵主任",
        refused("approve", "P1", "--opinion", "同意", "--by", "P02"))
    end)

    it("is given once: a second one is refused", function()
      office:must("approve", "P1", "--opinion", "同意", "--by", "P01")
      assert.equal("P1 已经办结：赵主任 于 2026-03-20 批准", refused("approve", "P1", "--opinion", "同意", "--by", "P01"))
      assert.equal("P1 已经办结：赵主任 于 2026-03-20 批准", refused("reject", "P1", "--opinion", "不同意", "--by", "P01"))
    end)

    it("takes its number once", function()
      local rows = tables.rows(office, "SELECT number FROM documents WHERE number IS NOT NULL ORDER BY number")
      local seen = {}
      for _, row in ipairs(rows) do
        assert.is_nil(seen[row.number])
        seen[row.number] = true
      end
      assert.is_true(#rows > 0)
    end)
  end)

  it("refuses a number that was used already, for the case and for the paper", function()
    local used = tables.value(office, "SELECT number FROM documents WHERE number IS NOT NULL")
    local store = require("raw.store")
    local handle = assert(store.open("sqlite:" .. office.path .. "/duban.db", "write"))
    local done, why = store.run(handle, "INSERT INTO documents (case_id, effect_key, name, number, data, status,"
      .. " created_at, office_id) SELECT 1, 'x', 'x', $1, '{}', 'numbered', 1, office_id FROM documents"
      .. " WHERE number = $1", { used })
    store.close(handle)
    assert.is_nil(done)
    assert.matches("documents", why)
  end)

  describe("a script that is checked", function()
    local function findings(from, to)
      local script = assert(require("raw.file").read("spec/data/probe.lua"))
      local at, past = script:find(from, 1, true)
      local name = path("checked.lua", script:sub(1, at - 1) .. to .. script:sub(past + 1))
      local done = office:run("check", name)
      assert.equal(1, done.code, done.out)
      local first, rest = done.out:sub(#name + 2):match("^([^\n]*)\n([^\n]*)")
      return first, rest
    end

    it("has titles of one line that stand as they are written, and ids of a length", function()
      local function titled(title)
        return (findings('workflow "督办件"', ('workflow "%s"'):format(title)))
      end
      for _, title in ipairs({ "督\\27[31m办", "督\\n办", "督\\u{202e}办", "督\\u{2066}办" }) do
        assert.equal("2:17: 名称中有控制字符", titled(title))
      end
      assert.equal("2:17: “" .. ("督"):rep(40) .. "…”太长，最多 200 字节", titled(("督"):rep(70)))
      assert.equal("3:8: 代号“" .. ("p"):rep(40) .. "…”太长，最多 60 个字母",
        (findings('"probe"', '"' .. ("p"):rep(61) .. '"')))
    end)

    it("tells an error object whose words raise without a traceback", function()
      local first = findings('id = "accepted", by = role "section_head"', 'id = "accepted", by = role "section_head",'
        .. ' guard { "不可", function() error(setmetatable({}, { __tostring = error })) end }')
      assert.matches("脚本出错.*抛出的错误没有文字$", first)
    end)

    it("is stopped where it never ends, and told once with its line #slow", function()
      local first, rest = findings("return workflow", "while true do end\nreturn workflow")
      assert.matches("^2:1: 运行超过 %d+ 毫秒仍未结束", first)
      assert.matches("^1 个文件，1 处错误", rest)
    end)
  end)

  it("says a file is not there in the language of the reader", function()
    local name = office.path .. "/none.lua"
    assert.equal(("文件 %s：没有这个文件"):format(name), refused("run", name))
  end)

  it("never lets a script's or a file's bytes steer the terminal", function()
    local done = office:run("open", "probe", "unit=\27[31m省教育局", "matter=甲", "--by", "P04")
    assert.equal(1, done.code)
    assert.is_nil(done.err:find("\27", 1, true))
  end)

  it("never lets them begin a line of their own", function()
    assert.equal("没有编码或名称为“省教育局 duban: 已办结”的人员",
      refused("open", "probe", "unit=S001", "matter=甲", "--by", "省教育局\nduban: 已办结"))
    assert.equal("没有命令“a  b”，命令表见 duban help", (office:run("a\n\tb").err:gsub("^duban: ", ""):gsub("\n$", "")))
  end)

  describe("a word of ten thousand bytes", function()
    local long, shown = ("省"):rep(4000), ("省"):rep(40) .. "…"
    for given, sentence in pairs({
      ["count=" .. long] = "“件数”：“" .. shown .. "”不是整数",
      ["came=" .. long] = "“收文日期”：“" .. shown .. "”不是日期，请写成 2026-03-05 或 2026年3月5日",
      ["term=" .. long] = "“办理期限”：读不懂期限“" .. shown
        .. "”，请写成 30个工作日、2个月内、3月底前、2026年6月30日前 或 长期坚持",
      ["way=" .. long] = "“方式”：没有“" .. shown .. "”这个选项（可选：书面、电话）",
      [long .. "=1"] = "没有“" .. shown .. "”这一项",
    }) do
      it("is told back by its beginning: " .. given:sub(1, 9), function()
        assert.equal(sentence, refused("open", "probe", "unit=S001", "matter=甲", given, "--by", "P04"))
      end)
    end
  end)

  it("keeps the site whole through all of it", function()
    office:must("verify")
  end)
end)
