-- My morning: what somebody has to do, why, and the command that does it.
local site = require("spec.support.site")
local tables = require("spec.support.tables")
local process = require("raw.process")
local text = require("raw.text")

local DUBAN = os.getenv("DUBAN_BINARY") or "build/test/duban"

describe("todo", function()
  local office, first, second

  local function open(unit, matter)
    local told = office:must("open", "probe", "承办单位=" .. unit, "事由=" .. matter, "办理期限=3个工作日", "--by", "P04")
    return told:match("430000%-%d+%-SY%-%d+")
  end

  local function rows(person, section, ...)
    local list = {}
    for _, row in ipairs(office:json("todo", "--by", person, ...)[section].rows) do
      list[#list + 1] = row.number
    end
    return list
  end

  --- The command of the first row, run by a shell as it stands, with what its form lacks appended.
  local function follow(person, section, with)
    local command = office:json("todo", "--by", person)[section].rows[1].command
    return assert(process.run({ "sh", "-c", command:gsub("^duban", DUBAN, 1):gsub("办理情况=", with or "办理情况=", 1),
      env = { "PATH=/usr/bin:/bin", "DUBAN_LANG=zh", "HOME=/tmp" }, timeout_ms = 60000 }))
  end

  local function count(person, section)
    return office:json("todo", "--by", person)[section].count
  end

  setup(function()
    office = site.make({ workflows = { "spec/data/probe.lua" } })
    first, second = open("省教育厅", "清理超编"), open("省财政厅", "擅自设立")
  end)

  it("is empty for somebody who has nothing to do", function()
    assert.equal("没有要办的事项。", office:must("todo", "--by", "P05"))
  end)

  it("asks for a person when the account is nobody", function()
    assert.matches("请加 %-%-by 姓名", office:refused("todo"))
  end)

  it("shows a head what nobody else may do, and nobody else sees it as theirs", function()
    assert.same({ first, second }, rows("P01", "undated"))
    assert.same({}, rows("P04", "undated"))
  end)

  it("gives a command that deals with the row as it stands", function()
    assert.equal(0, follow("P01", "undated").code)
    assert.equal("working", tables.value(office, "SELECT state FROM cases WHERE number = '" .. first .. "'"))
    assert.equal(0, follow("P01", "undated").code)
    assert.equal(0, count("P01", "undated"))
  end)

  it("shows a unit its own cases alone, due this week, today, then overdue", function()
    assert.same({ first }, rows("P08", "week"))
    assert.same({ second }, rows("P10", "week"))
    assert.matches("办理时限 2026%-03%-05，还有 3 个工作日", office:must("todo", "--by", "P08"))
    office:must("tick", "--until", "2026-03-05 09:00")
    assert.same({ first }, rows("P08", "today"))
    assert.matches("今天到期", office:must("todo", "--by", "P08"))
    office:must("tick", "--until", "2026-03-11 10:00")
    assert.same({ first }, rows("P08", "late"))
    assert.matches("办理时限 2026%-03%-05，超 4 个工作日", office:must("todo", "--by", "P08"))
  end)

  it("tells a clerk for whom a case waits", function()
    assert.same({ first, second }, rows("P04", "others", "--limit", "2"))
    assert.matches("等联络员“报告”", office:must("todo", "--by", "P04"))
  end)

  it("gives whoever may sign the approval, and others the name of the role", function()
    assert.equal(2, count("P01", "sign"))
    assert.equal(0, count("P02", "sign"))
    assert.matches("等编办主任签批“督办”，已等 1 个工作日", office:must("todo", "--by", "P04"))
    assert.equal(0, follow("P01", "sign").code)
    assert.equal(1, count("P01", "sign"))
  end)

  it("leaves what a form needs open, so that the command as it stands records nothing", function()
    local refused = follow("P08", "late")
    assert.equal(1, refused.code)
    assert.matches("办理情况", refused.err)
    assert.equal(0, follow("P08", "late", "办理情况=已清理").code)
    assert.equal(0, count("P08", "late"))
    assert.same({ first }, rows("P03", "late"))
  end)

  it("counts for a head by unit and by person", function()
    local told = office:json("todo", "--by", "P01")
    assert.same({ "省教育厅", 1 }, { told.by_unit[1].unit_name, told.by_unit[1].late })
    assert.same({ "李经办", 2, 0 }, { told.by_person[1].person_name, told.by_person[1].late, told.by_person[1].to_sign })
    assert.same({ "赵主任", 0, 1 }, { told.by_person[2].person_name, told.by_person[2].late, told.by_person[2].to_sign })
    assert.is_nil(office:json("todo", "--by", "P04").by_unit)
    assert.equal(2, #office:json("todo", "--head").by_unit)
  end)

  it("counts the offices below a head's own", function()
    tables.office(office, "430100", "长沙市委编办", "city", "430000")
    tables.exec(office, "UPDATE cases SET office_id = 2 WHERE number = '" .. second .. "'")
    local below = office:json("todo", "--by", "P01").by_office
    assert.same({ "长沙市委编办", 1, 1 }, { below[1].office_name, below[1].late, below[1].open })
    tables.exec(office, "UPDATE cases SET office_id = 1")
  end)

  it("looks at the desk in the person's own office", function()
    tables.exec(office, "INSERT INTO people (office_id, code, name, normal, phone) VALUES (2, 'Q1', '孙县办', '孙县办', '')")
    tables.exec(office, "INSERT INTO roles (person_id, office_id, role, starts_on) SELECT person_id, 2, 'section_head',"
      .. " '2020-01-01' FROM people WHERE code = 'Q1'")
    assert.same({}, rows("Q1", "late"))
    tables.exec(office, "UPDATE cases SET office_id = 2 WHERE number = '" .. first .. "'")
    assert.same({ first }, rows("Q1", "late"))
    assert.same({}, rows("P03", "late"))
    tables.exec(office, "UPDATE cases SET office_id = 1")
  end)

  it("tells the administrator of messages that reached nobody", function()
    assert.equal(0, count("P07", "upkeep"))
    tables.exec(office, "UPDATE outbox SET status = 'dead' WHERE outbox_id = 1")
    assert.matches("不达的消息 1 条\n +duban %-C %S+ outbox %-%-status dead", office:must("todo", "--by", "P07"))
    assert.equal(0, count("P04", "upkeep"))
  end)

  it("keeps the rows that matter most and tells how many there are", function()
    assert.matches("等别人  3（列出前 1 项）", office:must("todo", "--by", "P04", "--limit", "1"))
  end)

  it("fits 80 columns but for the commands, in both languages", function()
    for _, language in ipairs({ "zh", "en" }) do
      for _, person in ipairs({ "P01", "P04", "P10" }) do
        local told = site.duban({ "-C", office.path, "todo", "--by", person }, { env = { DUBAN_LANG = language } }).out
        for line in told:gmatch("[^\n]+") do
          assert.is_true(text.width(line) <= 80 or line:match("^ +duban ") ~= nil, line)
        end
      end
    end
  end)
end)
