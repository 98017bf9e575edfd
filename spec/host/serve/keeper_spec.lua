-- What the keeper does with decisions, seen through commands: children and signals, recipients and signatures, an
-- outage, corrections, two commands at once, scripts that fail, jobs on their schedule.
local site = require("spec.support.site")
local tables = require("spec.support.tables")
local trial = require("spec.crash.trial")

local MOTHER, SECOND = "430000-2026-QT-0001", "430000-2026-QT-0002"
local DAY = 86400000

local FAMILY = { "spec/data/mother.lua", "spec/data/daughter.lua" }

local function office(workflows, clock)
  local made = site.make({ clock = clock or "2026-03-02 08:30" })
  local words = { "publish" }
  for _, path in ipairs(workflows) do
    words[#words + 1] = path
  end
  words[#words + 1], words[#words + 2] = "--approve-by", "rehearsal"
  made:must(table.unpack(words))
  return made
end

local function state(here, number)
  return tables.value(here, "SELECT state FROM cases WHERE number = '" .. number .. "'")
end

local function events(here, number, kind, name)
  return tables.value(here, ("SELECT COUNT(*) FROM events AS e JOIN cases AS c ON c.case_id = e.case_id"
    .. " WHERE c.number = '%s' AND e.kind = '%s' AND e.name LIKE '%s'"):format(number, kind, name or "%"))
end

local function messages(here, template, person)
  return tables.value(here, ("SELECT COUNT(*) FROM outbox AS o JOIN people AS p ON p.person_id = o.person_id"
    .. " WHERE o.template = '%s' AND p.code LIKE '%s'"):format(template, person or "%"))
end

-- Nobody was there for some days: the clock of the site has gone on alone.
local function outage(here, days)
  tables.exec(here, ("UPDATE site SET value = value + %d WHERE name = 'now'"):format(days * DAY))
end

describe("a case whose snapshot is damaged", function()
  local here

  setup(function()
    here = office({ "spec/data/probe.lua" })
    for at = 1, 2 do
      here:must("open", "probe", "unit=S001", "matter=甲", "--by", "P04")
      here:must("fact", "430000-2026-SY-000" .. at, "issued", "--by", "P01")
    end
    tables.exec(here, "UPDATE cases SET snapshot = x'00ff' WHERE number = '430000-2026-SY-0001'")
  end)

  it("is told as damaged, and takes nothing", function()
    for _, words in ipairs({ { "explain" }, { "next" }, { "fact", nil, "reported", "text=好", "--by", "P08" } }) do
      words[2] = "430000-2026-SY-0001"
      assert.equal("duban: 案件的现状已损坏，请运行 duban verify，并从备份恢复", here:refused(table.unpack(words)))
    end
  end)

  it("is put aside by the clock and not begun anew, while the others go on", function()
    here:must("tick", "--until", "2026-03-12")
    assert.equal("working", state(here, "430000-2026-SY-0001"))
    assert.equal(0, events(here, "430000-2026-SY-0001", "passed"))
    assert.matches("已损坏", tables.value(here, "SELECT set_aside FROM cases WHERE set_aside IS NOT NULL"))
    assert.equal(1, events(here, "430000-2026-SY-0002", "passed"))
    assert.equal(1, here:run("verify").code)
    trial.remove(here)
  end)
end)

describe("the keeper", function()
  local here

  after_each(function()
    if here then
      here:must("verify")
      trial.remove(here)
      here = nil
    end
  end)

  describe("with children", function()
    before_each(function()
      here = office(FAMILY)
      here:must("open", "mother", "unit=S001", "helpers=省财政厅、省水利厅", "holder=P04", "--by", "P04")
      here:must("tick")
    end)

    it("opens one for each item, and the parent ends when the last of them has ended", function()
      assert.equal(2, tables.value(here, "SELECT COUNT(*) FROM cases WHERE parent_id IS NOT NULL"))
      here:must("fact", MOTHER, "gathered", "--by", "P03")
      here:must("fact", "430000-2026-FB-0001", "done", "--by", "P03")
      here:must("tick")
      assert.equal("gathering", state(here, MOTHER))
      here:must("fact", "430000-2026-FB-0002", "done", "--by", "P03")
      here:must("tick")
      assert.equal("closed", state(here, MOTHER))
      assert.equal(2, events(here, MOTHER, "child_closed"))
    end)

    it("joins an opening to the open case of the same unit", function()
      here:must("open", "mother", "unit=S001", "--by", "P04")
      here:must("tick", "--until", "2026-03-10 12:00")
      assert.equal(3, tables.value(here, "SELECT COUNT(*) FROM cases WHERE workflow = 'daughter'"))
      assert.equal(1, events(here, "430000-2026-FB-0003", "signal", "joined"))
      assert.equal(1, events(here, MOTHER, "child_opened", "430000-2026-FB-0003"))
    end)

    it("opens another one when the case to join has ended", function()
      here:must("tick", "--until", "2026-03-10 12:00")
      here:must("fact", "430000-2026-FB-0003", "done", "--by", "P03")
      here:must("open", "mother", "unit=S001", "--by", "P04")
      here:must("tick", "--until", "2026-03-18 12:00")
      assert.equal("working", state(here, "430000-2026-FB-0004"))
    end)

    it("carries a signal to the children and one to the parent", function()
      here:must("fact", MOTHER, "halted", "--by", "P01")
      here:must("tick")
      assert.equal("halted", state(here, "430000-2026-FB-0001"))
      assert.equal("halted", state(here, "430000-2026-FB-0002"))
      here:must("fact", "430000-2026-FB-0001", "done", "--by", "P03")
      here:must("open", "mother", "unit=S001", "helpers=省财政厅", "--by", "P04")
      here:must("tick")
      here:must("fact", "430000-2026-FB-0003", "answered", "--by", "P10")
      here:must("tick")
      assert.equal(1, events(here, SECOND, "signal", "told"))
      assert.equal(0, events(here, MOTHER, "signal", "told"))
    end)
  end)

  it("tells the administrator of a message that reaches nobody", function()
    here = office(FAMILY)
    here:must("open", "mother", "unit=S001", "--by", "P04")
    here:must("open", "mother", "unit=S001", "holder=P04", "--by", "P04")
    here:must("tick", "--until", "2026-03-11 12:00")
    assert.equal(1, events(here, MOTHER, "unreachable"))
    assert.equal(0, events(here, SECOND, "unreachable"))
    assert.equal(1, messages(here, "unreachable", "P07"))
    assert.equal(1, messages(here, "transfer_chase", "P04"))
  end)

  describe("with a proposal of two signatures", function()
    before_each(function()
      here = office(FAMILY)
      here:must("open", "mother", "unit=S001", "holder=P04", "--by", "P04")
      here:must("tick", "--until", "2026-03-12 12:00")
    end)

    local function approve(by, ...)
      return here:run("approve", "P1", "--opinion", "同意", "--by", by, ...)
    end

    local function papers()
      return tables.value(here, "SELECT COUNT(*) FROM documents WHERE name = 'supervision_letter'"
        .. " AND number IS NOT NULL")
    end

    it("takes them in their order, from those who may, each once", function()
      assert.equal(1, approve("P04").code)
      assert.equal(1, approve("P06", "--basis", "编委会议").code)
      assert.equal(0, approve("P01").code)
      assert.equal(1, approve("P01").code)
      assert.equal(1, approve("P06").code) -- the basis is wanting
      assert.equal(0, approve("P06", "--basis", "编委会议").code)
      assert.equal(0, papers())
      assert.equal(1, approve("P06", "--basis", "编委会议").code) -- all of them, not one of them twice
      assert.equal(0, papers())
      assert.equal(0, approve("P02", "--basis", "编委会议").code)
      assert.equal(1, papers())
      assert.equal(1, approve("P02", "--basis", "编委会议").code)
      assert.equal("released", tables.value(here, "SELECT status FROM proposals"))
    end)

    it("gives the first result to a repeated key, at each signature", function()
      assert.equal(0, approve("P01", "--key", "a").code)
      local before = trial.rows(here)
      assert.equal(0, approve("P01", "--key", "a").code)
      assert.is_nil(trial.difference(trial.rows(here), before))
      assert.equal(1, here:run("approve", "P1", "--opinion", "另有意见", "--by", "P01", "--key", "a").code)
      assert.is_nil(trial.difference(trial.rows(here), before))
    end)

    it("drops what one of them rejects", function()
      assert.equal(0, approve("P01").code)
      here:must("reject", "P1", "--opinion", "不宜", "--by", "P06")
      assert.equal(0, papers())
      assert.equal("rejected", tables.value(here, "SELECT status FROM proposals"))
      assert.equal(1, approve("P06", "--basis", "编委会议").code)
    end)

    it("takes no signature when the case has ended meanwhile", function()
      here:must("fact", MOTHER, "done", "--by", "P03")
      assert.equal(1, approve("P01").code)
      assert.equal("dropped", tables.value(here, "SELECT status FROM proposals"))
    end)
  end)

  describe("after an outage", function()
    before_each(function()
      here = office(FAMILY)
      here:must("open", "mother", "unit=S001", "holder=P04", "--by", "P04")
      outage(here, 30)
      here:must("tick")
    end)

    it("holds back what it missed until a person says what is still to be done", function()
      assert.equal(3, #here:json("plan", "show"))
      assert.equal(0, tables.value(here, "SELECT COUNT(*) FROM outbox"))
      assert.equal(0, tables.value(here, "SELECT COUNT(*) FROM cases WHERE workflow = 'daughter'"))
      here:refused("plan", "sign", "--all", "--reason", "补办", "--by", "P04")
      here:must("plan", "sign", "--skip", "1", "--fire", "2", "--reason", "补办", "--by", "P01")
      assert.equal(1, #here:json("plan", "show"))
      assert.equal(1, messages(here, "transfer_chase", "P04"))
      here:must("plan", "sign", "--all", "--reason", "补办", "--by", "P01")
      assert.equal(0, #here:json("plan", "show"))
      assert.equal(1, tables.value(here, "SELECT COUNT(*) FROM proposals WHERE status = 'waiting'"))
      here:refused("plan", "sign", "--all", "--reason", "再补", "--by", "P01")
    end)

    it("plans nothing a second time", function()
      local before = trial.rows(here)
      here:must("tick")
      assert.is_nil(trial.difference(trial.rows(here), before))
    end)

    it("asks nobody about a case that has ended", function()
      here:must("fact", MOTHER, "done", "--by", "P03")
      assert.equal(0, #here:json("plan", "show"))
    end)
  end)

  it("supersedes rungs that a corrected date would not have reached", function()
    here = office({ "spec/data/climb.lua" })
    here:must("open", "climb", "starts=2026-03-02", "matter=甲", "--by", "P04")
    here:must("tick", "--until", "2026-03-11")
    assert.equal("waiting", tables.value(here, "SELECT status FROM outbox"))
    site.write(here.path .. "/form.json", '{"fact":"opened","reason":"误录","data":{"starts":"2026-03-09"}}')
    here:must("fact", "430000-2026-ZJ-0001", "corrected", "--input", here.path .. "/form.json", "--by", "P04")
    assert.equal(1, events(here, "430000-2026-ZJ-0001", "superseded", "overdue/one"))
    assert.equal("cancelled", tables.value(here, "SELECT status FROM outbox"))
    here:must("tick", "--until", "2026-03-18")
    assert.equal(2, tables.value(here, "SELECT COUNT(*) FROM outbox"))
  end)

  it("changes nothing when a tick is run again", function()
    here = office({ "spec/data/mother.lua", "spec/data/daughter.lua", "spec/data/climb.lua" })
    here:must("open", "climb", "starts=2026-03-02", "matter=甲", "--by", "P04")
    here:must("open", "mother", "unit=S001", "--by", "P04")
    here:must("tick", "--until", "2026-03-20")
    local before = trial.rows(here)
    here:must("tick", "--until", "2026-03-20")
    here:must("tick")
    assert.is_nil(trial.difference(trial.rows(here), before))
  end)

  it("does the work of commands that come together, one after the other", function()
    here = office({ "spec/data/climb.lua" })
    here:must("open", "climb", "starts=2026-03-02", "matter=甲", "--by", "P04")
    local running = {}
    for i = 1, 4 do
      running[i] = trial.start(here, { "fact", "430000-2026-ZJ-0001", "remarked", "text=" .. i, "--by", "P04" })
    end
    for i = 1, 4 do
      local done = trial.wait(running[i])
      assert.equal(0, done.code, done.err)
    end
    assert.equal(4, events(here, "430000-2026-ZJ-0001", "fact", "remarked"))
  end)

  describe("with a script that does not end", function()
    local function opened(matters)
      here = office({ "spec/data/stuck.lua", "spec/data/climb.lua" })
      for _, matter in ipairs(matters) do
        here:must("open", "stuck", "matter=" .. matter, "--by", "P04")
      end
      here:must("open", "climb", "starts=2026-03-02", "matter=甲", "--by", "P04")
      here:must("tick", "--until", "2026-03-11")
    end

    local function aside()
      return tables.value(here, "SELECT COUNT(*) FROM cases WHERE set_aside IS NOT NULL")
    end

    it("sets that case aside alone, with its line, and goes on", function()
      opened({ "甲", "卡", "乙" })
      assert.equal(1, aside())
      assert.matches("^stuck.lua:%d+: ", tables.value(here, "SELECT set_aside FROM cases WHERE number LIKE '%KA-0002'"))
      assert.equal(3, messages(here, "transfer_warn")) -- two of them, and the other procedure's
      assert.matches("搁置", here:refused("fact", "430000-2026-KA-0002", "done", "--by", "P04"), 1, true)
      here:must("quarantine", "return", "430000-2026-KA-0002")
      here:must("verify")
      here:must("fact", "430000-2026-KA-0001", "done", "--by", "P04")
      here:must("tick")
      assert.equal(1, aside())
    end)

    it("puts the version into quarantine after three, and takes it back when told", function()
      opened({ "甲", "卡", "卡", "卡", "乙" })
      assert.equal(3, aside())
      assert.equal(1, tables.value(here, "SELECT COUNT(*) FROM faults WHERE case_id IS NULL AND cleared_at IS NULL"))
      here:refused("fact", "430000-2026-KA-0001", "done", "--by", "P04")
      assert.equal(1, events(here, "430000-2026-ZJ-0001", "rung", "overdue/one"))
      assert.equal(0, events(here, "430000-2026-KA-0005", "rung"))
      here:must("quarantine", "return", "stuck")
      here:must("verify")
      here:must("tick")
      assert.equal(1, events(here, "430000-2026-KA-0005", "rung"))
      here:must("fact", "430000-2026-KA-0001", "done", "--by", "P04")
      assert.equal(3, aside())
    end)
  end)

  describe("with a job", function()
    local function runs(status)
      return tables.value(here, ("SELECT COUNT(*) FROM occurrences WHERE status = '%s'"):format(status))
    end

    before_each(function()
      here = office({ "spec/data/mother.lua", "spec/data/daughter.lua", "spec/data/tally.lua" })
    end)

    it("runs it on its day and applies what it wants, once", function()
      here:must("tick", "--until", "2026-03-15 08:59")
      assert.equal(0, runs("done"))
      here:must("tick", "--until", "2026-03-15 09:00")
      assert.equal(1, runs("done"))
      assert.equal(1, messages(here, "reconciliation", "P05"))
      assert.equal("working", state(here, MOTHER))
      here:must("tick", "--until", "2026-05-15 12:00")
      assert.equal(3, runs("done"))
    end)

    it("runs one time for all the times it missed", function()
      here:must("tick")
      outage(here, 100)
      here:must("tick")
      assert.equal(1, runs("done"))
      assert.equal(1, messages(here, "reconciliation", "P05"))
      local before = trial.rows(here)
      here:must("tick")
      assert.is_nil(trial.difference(trial.rows(here), before))
    end)
  end)
end)
