-- Why nothing happens is asked more often than why something did.
local site = require("spec.support.site")
local tables = require("spec.support.tables")

describe("explain", function()
  local office, number

  setup(function()
    office = site.make({ workflows = { "spec/data/probe.lua" } })
    number = office:must("open", "probe", "承办单位=省教育厅", "事由=清理超编", "办理期限=3个工作日", "--by", "P04")
      :match("430000%-%d+%-SY%-%d+")
  end)

  --- One line a sentence, whatever the width of the screen.
  local function told(...)
    return table.concat(office:json("explain", number, ...), "\n")
  end

  it("says which clock the site lives on and whether a tick has run", function()
    assert.matches("^为什么没有动静\n  站点时钟：演练，停在 2026%-03%-02 08:30，只有 duban tick", told())
    assert.matches("上次 tick：还没有运行过", told())
  end)

  it("says that only a person can go on where no clock runs", function()
    assert.matches("没有到期的自动处理：只有人办理才会往下走", told())
    assert.matches("现在处于“拟稿”，等待：签发", told())
  end)

  it("says when the clock acts next", function()
    office:must("fact", number, "issued", "--by", "P01")
    assert.matches("下一次自动处理在 2026%-03%-06 00:00，届时须有 tick 运行", told())
  end)

  it("says that a tick is missing", function()
    tables.exec(office, "UPDATE site SET value = '1772845200000' WHERE name = 'now'")
    assert.matches("本应在 2026%-03%-06 00:00 自动处理，之后没有运行过 tick：请运行 duban tick", told())
    office:must("tick")
    assert.is_nil(told():find("本应在", 1, true))
  end)

  it("says who may sign what waits, by name, and when nobody may", function()
    office:must("tick", "--until", "2026-03-11 10:00")
    assert.matches("“督办”（P1）等编办主任（赵主任）签批，提出于 2026%-03%-10 09:00；签批以前它和它后面的各级都不执行", told())
    tables.exec(office, "UPDATE roles SET ends_on = '2026-03-01' WHERE role = 'director'")
    assert.matches("等编办主任（现在无人担任）签批", told())
    tables.exec(office, "UPDATE roles SET ends_on = NULL WHERE role = 'director'")
  end)

  it("says what was put aside, and how to bring it back", function()
    tables.exec(office, "INSERT INTO faults (hash, case_id, kind, sentence, at) SELECT hash, 1, 'error', '程序出错', "
      .. "1772845200000 FROM versions; UPDATE cases SET set_aside = '程序出错' WHERE case_id = 1")
    assert.matches("已搁置，自 2026%-03%-07 09:00：程序出错；排除后执行 duban quarantine return " .. number:gsub("%-", "%%-"), told())
    tables.exec(office, "DELETE FROM faults; UPDATE cases SET set_aside = NULL")
  end)

  it("says that the version was put aside", function()
    tables.exec(office, "INSERT INTO faults (hash, kind, sentence, at) SELECT hash, 'quarantine', '三次出错', "
      .. "1772845200000 FROM versions")
    assert.matches("所用版本已停用，自 2026%-03%-07 09:00：三次出错；排除后执行 duban quarantine return probe", told())
    tables.exec(office, "DELETE FROM faults")
  end)

  it("says that messages have not gone out", function()
    assert.matches("消息 %d 条还没有发出：见 duban outbox %-%-case", told())
  end)

  it("says what stands still while a report is looked at", function()
    local other = site.make({ workflows = { "workflows/transfer_part.lua", "workflows/phone_reminder.lua",
      "workflows/interview.lua", "workflows/circular_notice.lua", "workflows/case_transfer.lua" } })
    local proof = "files=@" .. site.write(other.path .. "/proof.txt", "x")
    local case = other:must("open", "case_transfer", "主办单位=省教育厅", "移交事项=清理超编", "来源=巡视", "轮次=一轮",
      "涉及问题数=1", "办理期限=5个工作日", "--by", "P04"):match("430000%-%d+%-YJ%-%d+")
    other:must("fact", case, "issued", "--by", "P01")
    other:must("fact", case, "signed", "signed_on=2026-03-02", "--by", "P04")
    other:must("fact", case, "reported", "text=已办", proof, "--by", "P08")
    local lines = table.concat(other:json("explain", case), "\n")
    assert.matches("“办理时限”停表：已提交，等审核，自 2026%-03%-02 起，因 报告", lines)
  end)

  it("says that there is nothing to wait for when a case has ended", function()
    office:must("fact", number, "reported", "text=已办", "--by", "P08")
    office:must("fact", number, "accepted", "--by", "P03")
    assert.matches("^为什么没有动静\n  案件已经结束\n", told())
  end)
end)
