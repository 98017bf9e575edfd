-- 电话提醒: a call counts when a person logs it; three tries without an answer may be given up.
local shipped = require("spec.workflows.shipped")

local function opened()
  return shipped.open("phone_reminder", "2026-03-02", { unit = "省教育厅", matter = "逾期" })
end

describe("the reminder", function()
  it("passes its own examples", function()
    assert.are.same({}, shipped.failures("phone_reminder"))
  end)

  it("is not given up before three tries", function()
    local matter = opened():does("2026-03-02", "no_answer"):does("2026-03-03", "no_answer")
    assert.are.equal("还没有通话记录，也没有三次未接通的记录，不能认定无果",
      matter:refused("2026-03-03 11:00", "in_vain", { reason = "打不通" }))
    matter:does("2026-03-04", "no_answer"):does("2026-03-04 11:00", "in_vain", { reason = "打不通" })
    assert.are.equal("failed", matter:state())
    assert.are.same({ reason = "打不通" }, matter:effects("signal")[1].data)
  end)

  it("counts ten working days from the call itself, whenever it was typed in", function()
    local matter = opened():does("2026-03-05", "called", { callee = "张三", called_on = "2026-03-03", answer = "抓紧" })
    assert.are.equal("2026-03-17", matter:due("result_by"))
  end)

  it("gathers several matters in one call", function()
    local matter = opened()
    for _, number in ipairs({ "430000-2026-FB-0001", "430000-2026-FB-0002", "430000-2026-FB-0001" }) do
      matter:joined({ unit = "省教育厅", cases = { number } })
    end
    assert.are.same({ "430000-2026-FB-0001", "430000-2026-FB-0002" }, matter.case.s.record.cases)
  end)
end)
