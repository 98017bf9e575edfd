-- Acts that belong together: a script's wishes are one whole with the rights of who runs it; a key stands for one act
-- and no other; nobody signs a line that names nobody.
local site = require("spec.support.site")
local tables = require("spec.support.tables")

local MOTHER = "430000-2026-QT-0001"
local PART, OTHER = "430000-2026-FB-0001", "430000-2026-FB-0002"
local CREWS = 6 -- more than go into one batch

local SMALL = [[
return workflow "小事%d" {
  id = "small%d", code = "S%s", counts = "from_next_day", lands = "next_workday",
  record = { { "matter", "事由", text }, { "helper", "协办单位", unit } },
  fact "办结" { id = "done", by = role "section_head" },
  fact "签发" { id = "issued", by = role "director" },
  state "办理中" { id = "working", on = { done = "closed" }, takes = { "issued" } },
  state "已办结" { id = "closed", final = true },
  deadline "时限" { id = "finish", starts = "opened", budget = workdays(1), met = "done" },
  ladder "逾期" { id = "overdue", past = "finish", stops = "done",
    step "督办" { id = "letter", at = workdays(1), approve = unit_of("helper", "liaison"),
      document "supervision_letter" { series = "湘编办函", to = role "director" } },
    nobody = "tell_admin", missed = "plan" },
  example "办结" { opened { matter = "测" }, at "2026-03-02" { records "done", state_is "closed" } },
}
]]

describe("deeds", function()
  local office

  local function script(text)
    return site.write(office.path .. "/script.lua", text)
  end

  local function events(number, name)
    return tables.value(office, ("SELECT COUNT(*) FROM events AS e JOIN cases AS c ON c.case_id = e.case_id"
      .. " WHERE c.number = '%s' AND e.name = '%s' AND e.is_input = 1"):format(number, name))
  end

  local function runs()
    return tables.value(office, "SELECT COUNT(*) FROM audit WHERE act = 'run'")
  end

  local function refused(text, ...)
    local before = tables.counts(office)
    local why = office:refused("run", script(text), ...)
    assert.equal(before, tables.counts(office))
    return why
  end

  local function family()
    office = site.make({ bare = false })
    office:must("publish", "spec/data/mother.lua", "spec/data/daughter.lua", "--approve-by", "rehearsal")
    office:must("open", "mother", "unit=S001", "helpers=省财政厅、省水利厅", "--by", "P04")
    office:must("tick")
  end

  describe("of a script", function()
    before_each(family)

    it("are all done when one of them reaches the case of the next", function()
      office:must("run", script(('case.fact("%s", "done") case.fact("%s", "gathered")'):format(PART, MOTHER)),
        "--by", "P03")
      assert.equal(1, events(PART, "done"))
      assert.equal(1, events(MOTHER, "gathered"))
      assert.equal(2, events(MOTHER, PART)) -- the child was opened and has ended
      office:must("verify")
    end)

    it("are none done when the last is refused, also after the transaction went on", function()
      assert.matches("编办主任", refused(('case.fact("%s", "done") case.fact("%s", "halted")'):format(PART, MOTHER),
        "--by", "P03"))
      assert.equal(0, events(PART, "done"))
    end)

    it("have the rights of who runs it, and without a person none", function()
      local fact = ('case.fact("%s", "done")'):format(PART)
      assert.matches("李经办不能这样做", refused(fact, "--by", "P04"))
      assert.matches("没有写明由谁办理", refused(fact))
      local opening = 'case.open("mother", { unit = "S001" })'
      assert.matches("王.*联不能这样做", refused(opening, "--by", "P08"))
      assert.matches("没有写明由谁办理", refused(opening))
      office:must("run", script(opening), "--by", "P04")
      assert.equal(1, tables.value(office, "SELECT COUNT(*) FROM cases WHERE number = '430000-2026-QT-0002'"))
    end)

    it("leave one row of the run in the audit, with and without a fact", function()
      local message = 'notify.send({ "registry" }, "reconciliation",'
        .. ' { quarter = "本月", open = 1, overdue = 0, struck = 0 })'
      office:must("run", script(message), "--by", "P03")
      assert.equal(1, runs())
      office:must("run", script(message .. ('case.fact("%s", "done")'):format(OTHER)), "--by", "P03")
      assert.equal(2, runs())
      assert.equal('{"documents":0,"facts":1,"messages":1,"opened":0}',
        tables.value(office, "SELECT body FROM audit WHERE act = 'run' ORDER BY audit_id DESC"))
    end)
  end)

  describe("on cases of many workflows", function()
    local numbers

    before_each(function()
      office = site.make({})
      numbers = {}
      for at = 1, CREWS do
        local letter = string.char(64 + at)
        local path = site.write(("%s/small%d.lua"):format(office.path, at), SMALL:format(at, at, letter))
        office:must("publish", path, "--approve-by", "rehearsal")
        numbers[at] = office:must("open", "small" .. at, "matter=测", "--by", "P04")
      end
    end)

    local function wishes(last)
      local lines = {}
      for at, number in ipairs(numbers) do
        lines[at] = ('case.fact("%s", "%s")'):format(number, at == CREWS and last or "done")
      end
      return table.concat(lines, "\n")
    end

    local function closed()
      return tables.value(office, "SELECT COUNT(*) FROM cases WHERE closed_at IS NOT NULL")
    end

    it("are one whole over several batches", function()
      assert.matches("编办主任", refused(wishes("issued"), "--by", "P03"))
      assert.equal(0, closed())
      office:must("run", script(wishes("done")), "--by", "P03")
      assert.equal(CREWS, closed())
      office:must("verify")
    end)

    it("are one commit over several batches", function()
      local log = office.path .. "/points"
      local done = site.duban({ "-C", office.path, "run", script(wishes("done")), "--by", "P03" },
        { env = { DUBAN_CRASH_LOG = log } })
      assert.equal(0, done.code)
      local commits = 0
      for line in io.lines(log) do
        commits = commits + (line == "deeds.before_commit" and 1 or 0)
      end
      assert.equal(1, commits)
    end)

    it("let nobody sign a line that names nobody", function()
      office:must("tick", "--until", "2026-03-06 12:00")
      local before = tables.counts(office)
      for _, by in ipairs({ "P01", "P03" }) do
        assert.matches("没有写明由谁签", office:refused("approve", "P1", "--opinion", "同意", "--by", by))
        assert.matches("没有写明由谁签", office:refused("reject", "P1", "--opinion", "不同意", "--by", by))
      end
      assert.equal(before, tables.counts(office))
    end)
  end)

  describe("under a key", function()
    before_each(family)

    it("tell an opening from one by somebody else", function()
      local words = { "open", "mother", "unit=S001", "--key", "k", "--by" }
      local function open(by)
        return office:run(words[1], words[2], words[3], words[4], words[5], words[6], by)
      end
      local first = open("P04")
      assert.equal(first.out, open("P04").out)
      assert.equal(1, open("P03").code)
    end)

    it("take several rows of one case apart, each once", function()
      local path = site.write(office.path .. "/rows.csv",
        ("编号,情况\n%s,一\n%s,二\n"):format(MOTHER, MOTHER))
      for _ = 1, 2 do
        office:must("fact", "--from", path, "reported", "--key", "csv", "--by", "P08")
        assert.equal(2, events(MOTHER, "reported"))
      end
    end)
  end)

  describe("in the words of people", function()
    setup(family)

    it("name the fact that is nearest", function()
      assert.matches("没有“gatherd”这一事项，是不是“gathered”？",
        office:refused("fact", MOTHER, "gatherd", "--by", "P03"))
      assert.matches("没有“量子”这一事项$", office:refused("fact", MOTHER, "量子", "--by", "P03"))
    end)

    it("join what is wrong with one mark between", function()
      local why = office:refused("open", "mother", "nit=S001", "holdr=P04", "--by", "P04")
      assert.matches("？没有", why)
      assert.not_matches("？；", why)
    end)
  end)
end)
