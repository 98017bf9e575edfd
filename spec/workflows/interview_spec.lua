-- 约谈: what the rules of summons talks promise.
local shipped = require("spec.workflows.shipped")

local function arranged(talk_on)
  return shipped.open("interview", "2026-03-02", { unit = "省教育厅", reason = "逾期未办结" })
    :does("2026-03-02", "arranged", { talk_on = talk_on, place = "编办" })
end

describe("the interview", function()
  it("passes its own examples", function()
    assert.are.same({}, shipped.failures("interview"))
  end)

  it("wants the notice served three working days before the talk", function()
    local matter = arranged("2026-03-10")
    assert.are.equal("2026-03-05", matter:due("notice"))
    assert.are.equal("送达日距约谈不足三个工作日，请先另定约谈日期",
      matter:refused("2026-03-06", "served", { served_on = "2026-03-06" }))
    matter:does("2026-03-06 11:00", "served", { served_on = "2026-03-05" })
    assert.are.equal("notified", matter:state())
  end)

  it("takes no record that was not signed on the day", function()
    local matter = arranged("2026-03-10"):does("2026-03-04", "served", { served_on = "2026-03-04" })
    assert.are.equal("约谈记录须当日由被约谈人签字", matter:refused("2026-03-10", "talked",
      { talked_on = "2026-03-10", content = "通报问题", signed = false }))
  end)

  it("gives five working days for the minutes and thirty days for the report", function()
    local matter = arranged("2026-03-10"):does("2026-03-04", "served", { served_on = "2026-03-04" })
      :does("2026-03-10", "talked", { talked_on = "2026-03-10", content = "通报问题", signed = true })
    assert.are.equal("2026-03-17", matter:due("minutes"))
    assert.are.equal("2026-04-09", matter:due("report"))
  end)

  it("numbers the notice when it is served and the minutes when they are issued", function()
    local matter = arranged("2026-03-10"):does("2026-03-04", "served", { served_on = "2026-03-04" })
      :does("2026-03-10", "talked", { talked_on = "2026-03-10", content = "通报问题", signed = true })
      :does("2026-03-12", "minuted", { summary = "限期整改" })
    local signed = {}
    for _, paper in ipairs(matter:effects("document")) do
      signed[paper.name] = paper.signed
    end
    assert.are.same({ interview_outline = false, interview_notice = true, interview_record = false,
      interview_minutes = true }, signed)
  end)
end)
