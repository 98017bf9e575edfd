-- What other programs read: one JSON document on standard output, nothing there for a refusal, and the exit code.
local site = require("spec.support.site")
local json = require("raw.json")
local text = require("raw.text")
local process = require("raw.process")

local NUMBER = "430000-2026-SY-0001"

describe("--json", function()
  local office

  local function run(...)
    return site.duban({ "-C", office.path, "--json", ... })
  end

  setup(function()
    office = site.make({ workflows = { "spec/data/probe.lua" } })
    office:must("open", "probe", "unit=省教育厅", "matter=清理超编", "--by", "P04")
    office:must("open", "probe", "unit=省财政厅", "matter=清理超编二", "--by", "P04")
    office:must("fact", NUMBER, "issued", "--by", "P01")
    office:must("tick", "--until", "2026-03-16 18:00")
    office:must("publish", "workflows/phone_reminder.lua")
  end)

  local readings = {
    { "cases" }, { "cases", "--overdue" }, { "cases", "--closed" }, { "case", NUMBER }, { "explain", NUMBER },
    { "next", NUMBER }, { "proposals" }, { "plan", "show" }, { "outbox" }, { "outbox", "--case", NUMBER },
    { "versions" }, { "setting" }, { "quarantine" }, { "quarantine", "list" }, { "doctor" }, { "jobs" },
    { "report", "figures" }, { "ledger", "probe" }, { "calendar", "check" }, { "calendar", "due", "2026-09-29", "5wd" },
    { "calendar", "due", "2026-09-29", "5wd", "--explain" }, { "verify" }, { "version" }, { "tick" },
    { "check", "spec/data/probe.lua" }, { "import", "units", "spec/data/units.csv", "--dry-run" },
    { "import", "people", "spec/data/people.csv", "--dry-run" },
    { "import", "probe", "spec/data/ledger.csv", "--dry-run" },
    { "calendar", "import", "spec/data/2027.json", "--dry-run" },
  }
  for _, words in ipairs(readings) do
    it("is one document of " .. table.concat(words, " "), function()
      local done = run(table.unpack(words))
      assert.equal(0, done.code, done.err)
      assert.is_not_nil((json.decode(done.out)), done.out)
    end)
  end

  local writings = {
    { "open", "probe", "unit=S003", "matter=甲", "--by", "P04" },
    { "fact", "430000-2026-SY-0002", "issued", "--by", "P01" },
    { "fact", "430000-2026-SY-0002", NUMBER, "noted", "text=记", "--by", "P04" },
    { "approve", "P1", "--opinion", "同意", "--by", "P01" }, { "setting", "probe.limit", "6wd" },
    { "import", "units", "spec/data/units.csv" }, { "verify", "--checkpoint" },
    { "calendar", "import", "spec/data/2027.json", "--accept", "--by", "P01" },
    { "publish", "spec/data/probe.lua", "--note", "x" },
  }
  for at, words in ipairs(writings) do
    it("is one document of " .. table.concat(words, " "), function()
      local done = run(table.unpack(words))
      if at < #writings then
        assert.equal(0, done.code, done.err)
        assert.is_not_nil((json.decode(done.out)), done.out)
      else
        assert.equal("", done.out) -- in use already
      end
    end)
  end

  for _, words in ipairs({
    { "case", "430000-2026-SY-0099" }, { "open", "probe", "unit=无", "matter=甲", "--by", "P04" },
    { "fact", NUMBER, "accepted", "--by", "P03" }, { "approve", "P99", "--opinion", "同意", "--by", "P01" },
    { "calendar", "due", "2026-02-30", "5wd" }, { "import", "units", "spec/data/none.csv" },
    { "tick", "--until", "2026-01-01" },
    { "job", "run", "none" }, { "run", "none.lua" }, { "versions", "none" },
  }) do
    it("prints nothing for a refusal: " .. table.concat(words, " "), function()
      local done = run(table.unpack(words))
      assert.equal(1, done.code)
      assert.equal("", done.out)
      assert.matches("^duban: ", done.err)
    end)
  end

  it("is the list of findings when a check fails, which is its answer", function()
    local done = run("check", "spec/data/units.csv")
    assert.equal(1, done.code)
    assert.is_false(json.decode(done.out).ok)
  end)

  it("may stand behind the command as well", function()
    assert.is_not_nil((json.decode(site.duban({ "-C", office.path, "cases", "--json" }).out)))
  end)

  it("tells numbers as numbers, and days as days", function()
    local row = json.decode(run("cases").out)[1]
    assert.equal(NUMBER, row.number)
    assert.matches("^%d%d%d%d%-%d%d%-%d%d$", row.due)
  end)
end)

describe("the exit code", function()
  local office

  setup(function()
    office = site.make({ bare = true })
  end)

  it("is 2 for wrong usage, with the usage or the nearest word", function()
    for _, case in ipairs({
      { { "casse" }, "没有命令“casse”，是否指 case" },
      { { "calendar" }, "calendar 后面应为：due、import、check" },
      { { "cases", "--overdo" }, "没有选项 --overdo，是否指 --overdue" },
      { { "case" }, "用法：duban case NUMBER [--full]" },
      { { "case", "a", "b" }, "多出的参数“b”；用法：duban case NUMBER [--full]" },
      { { "cases", "--limit" }, "选项 --limit 缺少值 N" },
      { { "cases", "--open=3" }, "选项 --open 不带值" },
      { { "approve", "P1" }, "须写明意见：--opinion “同意”" },
      { { "approve", "P1", "--opinion", " \u{3000}\n" }, "须写明意见：--opinion “同意”" },
      { { "plan", "sign", "--all", "--reason", "  " }, "须写明理由：--reason" },
      { { "plan", "sign", "--all" }, "须写明理由：--reason" },
      { { "cases", "--open", "--closed", "--overdue" }, "--closed 与 --open、--overdue 不能同用" },
    }) do
      local done = office:run(table.unpack(case[1]))
      assert.equal(2, done.code, table.concat(case[1], " "))
      assert.equal("duban: " .. case[2] .. "\n", done.err)
      assert.equal("", done.out)
    end
  end)

  it("is 2 with the help on standard error when no command is given", function()
    local done = site.duban({})
    assert.equal(2, done.code)
    assert.equal("", done.out)
    assert.matches("duban help", done.err)
  end)

  it("is 0 for help and version, wherever they stand", function()
    for _, words in ipairs({ { "help" }, { "--help" }, { "cases", "--help" }, { "help", "cases" },
      { "help", "calendar" }, { "--version" }, { "version" } }) do
      assert.equal(0, site.duban(words).code, table.concat(words, " "))
    end
  end)

  it("is 1 when standard output cannot be written", function()
    local done = assert(process.run({ "sh", "-c", "build/test/duban help > /dev/full",
      env = { "PATH=/usr/bin:/bin" } }))
    assert.equal(1, done.code)
  end)
end)

describe("a table", function()
  local office

  setup(function()
    office = site.make({ workflows = { "spec/data/probe.lua" } })
    for at, unit in ipairs({ "省教育厅", "中共长沙市委员会", "S003" }) do
      office:must("open", "probe", "unit=" .. unit, "matter=甲", "--by", "P04")
      office:must("fact", "430000-2026-SY-000" .. at, "issued", "--by", "P01")
    end
  end)

  -- The column at which each line's text begins that stands under a heading.
  local function column(line, word)
    local at = line:find(word, 1, true)
    return at and text.width(line:sub(1, at - 1))
  end

  it("lines up wide characters", function()
    local lines = {}
    for line in office:must("cases"):gmatch("[^\n]+") do
      lines[#lines + 1] = line
    end
    local due, state = column(lines[1], "期限"), column(lines[1], "状态")
    for at = 2, 4 do
      assert.equal(due, column(lines[at], "2026-03-09"))
      assert.equal(state, column(lines[at], "办理中"))
    end
  end)

  it("stays within 80 columns", function()
    for _, word in ipairs({ "cases", "proposals", "outbox", "report figures", "plan show" }) do
      local words = {}
      for part in word:gmatch("%S+") do
        words[#words + 1] = part
      end
      for line in office:must(table.unpack(words)):gmatch("[^\n]+") do
        assert.is_true(text.width((line:gsub("%s+$", ""))) <= 80, line)
      end
    end
  end)

  it("has no colour off a terminal, and none under NO_COLOR", function()
    assert.is_nil(office:must("cases", "--overdue"):find("\27", 1, true))
    local ptmx = io.open("/dev/ptmx")
    if not ptmx then
      pending("a bare chroot has no pseudo-terminals")
      return
    end
    ptmx:close()
    local function on_terminal(...)
      local environment = { "PATH=/usr/bin:/bin", "DUBAN_LANG=zh", "TERM=xterm", "PAGER=sed s/^/P:/", ... }
      return assert(process.run({ "script", "-qec", ("build/test/duban -C '%s' cases --overdue"):format(office.path),
        "/dev/null", env = environment })).out
    end
    office:must("tick", "--until", "2026-03-20 18:00")
    assert.truthy(on_terminal():find("\27[", 1, true))
    assert.is_nil(on_terminal("NO_COLOR=1"):find("\27[", 1, true))
    assert.matches("^P:[^\n]+\nP:", on_terminal("NO_COLOR=1")) -- the reader's own pager, on a terminal alone
    assert.is_nil(on_terminal("PAGER="):find("P:", 1, true))
    assert.is_nil(office:must("cases", "--overdue"):find("P:", 1, true))
  end)

  it("speaks the reader's language, one per message", function()
    local function heading(environment)
      return assert(process.run({ "build/test/duban", "-C", office.path, "report", "figures", env = environment })).out
        :match("^[^\n]*")
    end
    for _, word in ipairs({ "应办", "办结", "按期", "超期", "按期率", "平均用时" }) do
      assert.truthy(heading({ "DUBAN_LANG=zh" }):find(word, 1, true), word)
    end
    assert.is_nil(heading({ "DUBAN_LANG=en" }):find("[\x80-\xff]"))
    assert.truthy(heading({ "LC_ALL=zh_CN.UTF-8" }):find("应办", 1, true))
    assert.is_nil(heading({ "LC_ALL=C" }):find("[\x80-\xff]"))
  end)
end)
