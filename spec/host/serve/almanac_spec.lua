-- A calendar that was accepted: dates that were provisional become final whether they move or not, cases of one
-- workflow go together, and what had to be left out is said.
local json = require("raw.json")
local site = require("spec.support.site")
local tables = require("spec.support.tables")

local FIRST = "430000-2026-NM-0001"

local YEAR_END = [[
return workflow "年末事项" {
  id = "year_end", code = "NM", counts = "from_next_day", lands = "next_workday",
  record = { { "matter", "事由", text } },
  fact "办结" { id = "done", by = role "section_head" },
  state "办理中" { id = "working", on = { done = "closed" } },
  state "已办结" { id = "closed", final = true },
  deadline "时限" { id = "finish", starts = "opened", budget = workdays(5), met = "done" },
  example "办结" { opened { matter = "测" }, at "2026-03-02" { records "done", state_is "closed" } },
}
]]

local NEW_YEAR = [[{ "year": 2027, "notice": "国办发明电〔2026〕示例", "issued": "2026-11-05",
  "off": [ %s ], "on": [ {"date": "2027-02-13", "name": "调班"} ] }]]

describe("an accepted calendar", function()
  local office

  local function import(days, env)
    local off = {}
    for at, day in ipairs(days) do
      off[at] = ('{"date": "%s", "name": "元旦"}'):format(day)
    end
    local path = site.write(office.path .. "/2027.json", NEW_YEAR:format(table.concat(off, ", ")))
    local done = site.duban({ "-C", office.path, "calendar", "import", path, "--accept" }, { env = env })
    assert.equal(0, done.code, done.out .. done.err)
    return done
  end

  local function changes()
    return tables.value(office, "SELECT COUNT(*) FROM events WHERE kind = 'calendar_changed'")
  end

  before_each(function()
    office = site.make({ clock = "2026-12-28 08:30" })
    office:must("publish", site.write(office.path .. "/year_end.lua", YEAR_END), "--approve-by", "rehearsal")
    for _ = 1, 3 do
      office:must("open", "year_end", "matter=测", "--by", "P04")
    end
  end)

  after_each(function()
    office:must("verify")
  end)

  it("makes a date final that does not move", function()
    assert.matches("暂定", office:must("explain", FIRST))
    local due = tables.value(office, "SELECT due FROM cases WHERE number = '" .. FIRST .. "'")
    import({ "2027-05-03" })
    assert.equal(3, changes())
    local body = json.decode(tables.value(office, "SELECT body FROM events WHERE kind = 'redated'"))
    assert.equal(due, body.due)
    assert.equal(due, body.was)
    assert.is_false(body.provisional)
    assert.not_matches("暂定", office:must("explain", FIRST))
    import({ "2027-05-03" })
    assert.equal(3, changes()) -- nothing follows any more
  end)

  it("decides the cases of one workflow in one commit", function()
    local log = office.path .. "/points"
    import({ "2027-01-01", "2027-01-04" }, { DUBAN_CRASH_LOG = log })
    local commits = 0
    for line in io.lines(log) do
      commits = commits + (line == "calendar.before_commit" and 1 or 0)
    end
    assert.equal(1, commits)
    assert.equal(3, changes())
  end)

  it("follows after a stop between the calendar and the cases", function()
    local path = site.write(office.path .. "/2027.json", NEW_YEAR:format('{"date": "2027-05-03", "name": "劳动节"}'))
    local done = site.duban({ "-C", office.path, "calendar", "import", path, "--accept" },
      { env = { DUBAN_CRASH = "calendar.before_commit:1" } })
    assert.equal(9, done.signal)
    assert.equal(0, changes())
    import({ "2027-05-03" })
  end)

  it("says how many cases it left out", function()
    tables.exec(office, "UPDATE cases SET set_aside = '坏了' WHERE number = '" .. FIRST .. "'")
    assert.matches("1 件在办事项已搁置", import({ "2027-01-01" }).err)
    assert.equal(2, changes())
    tables.exec(office, "UPDATE cases SET set_aside = NULL WHERE number = '" .. FIRST .. "'")
  end)
end)
