-- A clerk's day at the command line: what is corrected, signed, counted and looked up.
local site = require("spec.support.site")

describe("a day of a clerk", function()
  local office, number

  local function fails(sentence, ...)
    assert.truthy(office:refused(...):find(sentence, 1, true))
  end

  local function shows(sentence, ...)
    local out = office:must(...)
    assert(out:find(sentence, 1, true), out)
    return out
  end

  setup(function()
    office = site.make({ workflows = { "workflows/phone_reminder.lua", "workflows/interview.lua",
      "workflows/circular_notice.lua", "workflows/transfer_part.lua", "workflows/case_transfer.lua" } })
    number = office:must("open", "case_transfer", "主办单位=省教育厅", "移交事项=清理借调", "办理期限=40个工作日",
      "--by", "P04"):match("%d+%-%d+%-%u+%-%d+")
  end)

  local function correct(content)
    return number, "更正", "更正哪件事=立案", "理由=单位写错", "更正后的内容=" .. content, "--by", "P04"
  end

  it("refuses a correction that names no unit", function()
    fails("没有编码或名称为“省教厅”的单位", "fact", correct("主办单位=省教厅"))
  end)

  it("suggests the nearest unit behind a full-width colon", function()
    fails("主办单位：没有编码或名称为“教育厅”的单位，是不是“省教育厅”？", "fact", correct("主办单位=教育厅"))
  end)

  it("tells what a correction changed, in the reply and in the history", function()
    local change = "更正 立案：主办单位 省教育厅 → 省财政厅（理由：单位写错）"
    shows(change, "fact", correct("主办单位=省财政厅"))
    local history = office:json("case", number).history
    assert.equal(change, history[#history].text)
    assert.equal("省财政厅", office:json("case", number).unit_name)
  end)

  it("says that a correction changes nothing", function()
    shows("更正 立案：内容未变", "fact", correct("主办单位=省财政厅"))
  end)

  it("takes the end of a number for the number", function()
    assert.equal(number, office:json("case", "YJ-0001").number)
    assert.equal(number, office:json("case", number:match("%-(.*)")).number)
    fails("没有编号为“YJ-9999”的案件", "case", "YJ-9999")
  end)

  it("lists what may be recorded now", function()
    shows("现在可登记", "case", number)
    assert.truthy(#office:json("case", number).takes > 1)
  end)

  it("says how a missing actor is named", function()
    fails("请加 --by 姓名，如 --by 段远建", "fact", number, "更正", "更正哪件事=立案", "理由=x")
  end)

  it("counts the cases that a limit leaves out", function()
    office:must("open", "case_transfer", "主办单位=省教育厅", "移交事项=清编", "办理期限=40个工作日", "--by", "P04")
    shows("第 1 至 1 件，共 2 件；下一页加 --page 2，全部加 --limit 0。", "cases", "--limit", "1")
  end)

  it("defines the figures below them", function()
    shows("平均用时（日）", "report", "figures")
    shows("超期：办结但曾超期的，加已超期未结的", "report", "figures")
  end)

  it("keeps tables within 80 columns", function()
    for _, list in ipairs({ "versions", "setting", "jobs" }) do
      for line in (office:must(list) .. "\n"):gmatch("(.-)\n") do
        local wide = 0
        for _, code in utf8.codes(line) do
          wide = wide + (code > 0x2fff and 2 or 1)
        end
        assert(wide <= 80, line)
      end
    end
  end)

  it("counts budgets as people write them", function()
    assert.equal(office:must("calendar", "due", "2026-01-05", "5wd"),
      office:must("calendar", "due", "2026-01-05", "5个工作日"))
    assert.equal(office:must("calendar", "due", "2026-01-05", "2m"),
      office:must("calendar", "due", "2026-01-05", "2个月"))
  end)

  it("sets a setting of a procedure by its title", function()
    shows("已设置 case_transfer.limit", "setting", "巡视建议移交督办.limit", "50wd")
  end)

  it("gives the doctor a line for each queue", function()
    local out = office:must("doctor")
    assert.truthy(out:find("没有待批事项", 1, true))
    assert.truthy(out:find("没有超期案件", 1, true))
  end)
end)

describe("publishing what opens others", function()
  it("warns that they are not published", function()
    local office = site.make()
    local out = office:must("publish", "workflows/case_transfer.lua", "--approve-by", "rehearsal")
    assert(out:find("会立的“通报”“约谈”“电话提醒”“移交事项分办”尚未发布", 1, true), out)
    assert.truthy(office:run("doctor").out:find("尚未发布", 1, true))
  end)
end)
