-- The working calendar at the command line: the vectors of the field, a year that arrives, and dates that move.
local site = require("spec.support.site")
local tables = require("spec.support.tables")

local YEAR = "spec/data/2027.json"

describe("calendar due", function()
  local vectors = {
    { "2023-01-19", "5wd", "2023-01-31" }, { "2024-02-07", "5wd", "2024-02-20" },
    { "2024-09-27", "10wd", "2024-10-16" }, { "2025-01-24", "5wd", "2025-02-07" },
    { "2025-09-26", "3wd", "2025-09-30" }, { "2025-09-30", "1wd", "2025-10-09" },
    { "2025-07-03", "3m", "2025-10-09" }, { "2025-12-15", "2m", "2026-02-24" },
    { "2026-02-13", "10wd", "2026-03-05" }, { "2026-04-30", "5wd", "2026-05-11" },
    { "2026-09-30", "3wd", "2026-10-10" }, { "2025-08-31", "6m", "2026-02-28" },
    { "2025-11-30", "3m", "2026-02-28" }, { "2024-12-31", "2m", "2025-02-28" },
    { "2023-10-29", "4m", "2024-02-29" }, { "2025-09-16", "15d", "2025-10-09" },
    { "2026-09-29", "5wd", "2026-10-12" }, { "2026-09-29", "-10wd", "2026-09-15" },
  }
  for _, vector in ipairs(vectors) do
    it(("counts %s and %s to %s"):format(vector[1], vector[2], vector[3]), function()
      local done = site.duban({ "calendar", "due", vector[1], vector[2] })
      assert.equal("", done.err)
      assert.equal(vector[3] .. "\n", done.out)
      assert.equal(0, done.code)
    end)
  end

  it("lands as it is asked to", function()
    local function due(...)
      return site.duban({ "calendar", "due", ... }).out
    end
    assert.equal("2025-10-03\n", due("2025-07-03", "3m", "--lands", "as_is"))
    assert.equal("2025-09-30\n", due("2025-07-03", "3m", "--lands", "previous_workday"))
    assert.equal("2026-09-30\n", due("2026-09-28", "3wd", "--counts", "from_same_day"))
  end)

  it("says each day that it skips, and which holiday it is", function()
    local told = site.duban({ "calendar", "due", "2026-09-29", "5wd", "--explain" }).out
    assert.matches("国庆", told)
    assert.matches("到期日 2026%-10%-12（星期一）", told)
  end)

  it("marks a date beyond the last known year as provisional", function()
    local done = site.duban({ "calendar", "due", "2026-12-30", "5wd" })
    assert.equal("duban: 该年放假安排尚未录入，日期为暂定\n", done.err)
    assert.equal(0, done.code)
  end)

  it("gives one JSON document", function()
    local done = site.duban({ "--json", "calendar", "due", "2026-09-29", "5wd" })
    assert.equal("2026-10-12", require("raw.json").decode(done.out).due)
  end)
end)

describe("calendar import", function()
  local office

  local function year(change)
    local file = assert(io.open(YEAR))
    local text = file:read("a")
    file:close()
    return site.write(office.path .. "/year.json", change(text))
  end

  setup(function()
    office = site.make({ workflows = { "spec/data/probe.lua" }, clock = "2026-12-28 08:30" })
    for _, unit in ipairs({ "S001", "S002" }) do
      office:must("open", "probe", "unit=" .. unit, "matter=跨年", "--by", "P04")
    end
    office:must("open", "probe", "unit=S003", "matter=长的", "term=3个月内", "--by", "P04")
    office:must("open", "probe", "unit=S003", "matter=没签发的", "--by", "P04")
    office:must("fact", "430000-2026-SY-0001", "430000-2026-SY-0002", "430000-2026-SY-0003", "issued", "--by", "P01")
  end)

  local function refused(name)
    local before = tables.counts(office)
    local sentence = office:refused("calendar", "import", name, "--accept", "--by", "P01")
    assert.equal(before, tables.counts(office))
    return sentence
  end

  it("refuses a bad year by its place in the file", function()
    assert.matches("2027%-02%-30 不是存在的日期",
      refused(year(function(text) return (text:gsub("2027%-02%-05", "2027-02-30")) end)))
    assert.matches("写了两次", refused(year(function(text) return (text:gsub("2027%-02%-06", "2027-02-05")) end)))
    assert.matches("既放假又上班", refused(year(function(text) return (text:gsub("2027%-02%-13", "2027-02-06")) end)))
    assert.matches("不是周六或周日", refused(year(function(text) return (text:gsub("2027%-02%-13", "2027-02-12")) end)))
    assert.matches("不在这一年", refused(year(function(text) return (text:gsub("2027%-10%-09", "2028-07-09")) end)))
    assert.matches("年份", refused(year(function(text) return (text:gsub('"year": 2027', '"year": "x"')) end)))
    assert.matches("ofs", refused(year(function(text) return (text:gsub('"off"', '"ofs"')) end)))
    assert.matches("JSON", refused(year(function(text) return text:sub(1, 200) end)))
    assert.matches("太大", refused(year(function() return (" "):rep(256 * 1024 + 1) end)))
    assert.matches("没有这个文件", refused("spec/data/2099.json"))
  end)

  it("lists the open dates that move and writes nothing on a dry run", function()
    local before = tables.counts(office)
    local told = office:must("calendar", "import", YEAR, "--dry-run", "--by", "P01")
    assert.equal(before, tables.counts(office))
    assert.matches("2027%-02%-05", told)
    assert.matches("430000%-2026%-SY%-0001 +2027%-01%-04 +2027%-01%-05", told)
  end)

  it("asks for a person's word before dates move", function()
    local before = tables.counts(office)
    assert.matches("^duban: %d+ 个在办期限将移动，核对上表后加 %-%-accept 再执行$",
      office:refused("calendar", "import", YEAR, "--by", "P01"))
    assert.equal(before, tables.counts(office))
  end)

  it("makes one event a case when it is accepted, and no date is provisional any more", function()
    local moves = #office:json("calendar", "import", YEAR, "--dry-run", "--by", "P01").moves
    office:must("calendar", "import", YEAR, "--accept", "--by", "P01")
    -- A date that stays where it was, but is provisional no more, is an event of its case too.
    local events = tables.value(office, "SELECT COUNT(*) AS n FROM events WHERE kind = 'calendar_changed'")
    assert.is_true(events >= moves and moves > 0)
    assert.equal(events,
      tables.value(office, "SELECT COUNT(DISTINCT case_id) AS n FROM events WHERE kind = 'calendar_changed'"))
    assert.equal("P01", tables.value(office, "SELECT actor FROM events WHERE kind = 'calendar_changed'"))
    for at = 1, 2 do
      assert.is_nil(office:must("explain", "430000-2026-SY-000" .. at):match("期限.-暂定"))
    end
    assert.equal("", office:run("calendar", "due", "2026-12-30", "5wd").err)
    office:must("verify")
  end)

  it("changes nothing the second time", function()
    local before = tables.counts(office)
    assert.matches("没有变化", office:must("calendar", "import", YEAR, "--accept", "--by", "P01"))
    assert.equal(before, tables.counts(office))
  end)

  it("is the same as import calendar", function()
    assert.matches("没有变化", office:must("import", "calendar", YEAR))
  end)

  it("check says which year is missing", function()
    local early = site.make({ bare = true, clock = "2026-11-20 08:30" })
    assert.matches("明年放假安排未录入", early:must("calendar", "check"))
    assert.is_nil(office:must("calendar", "check"):find("未录入", 1, true))
    local late = site.make({ bare = true, clock = "2027-03-01 08:30" })
    assert.equal(1, late:run("calendar", "check").code)
  end)
end)
