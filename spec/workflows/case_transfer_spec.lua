-- 巡视建议移交: terms count from the receipt, objections have five working days, parts end first.
local shipped = require("spec.workflows.shipped")

local function sent(record)
  record.lead_unit, record.items = "省教育厅", "清理超编"
  return shipped.open("case_transfer", "2026-03-02", record):does("2026-03-02", "issued")
end

describe("the transfer", function()
  it("passes its own examples", function()
    assert.are.same({}, shipped.failures("case_transfer"))
  end)

  it("counts the term from the receipt, not from the letter", function()
    local matter = sent({ term = "10个工作日" })
    assert.is_nil(matter:due("finish"))
    matter:does("2026-03-06", "signed", { signed_on = "2026-03-05" })
    assert.are.equal("2026-03-19", matter:due("finish"))
  end)

  it("lets a unit return it within five working days and no later", function()
    local matter = sent({})
    assert.are.equal("2026-03-09", matter:due("object"))
    assert.are.equal("送达已满五个工作日，不能再退件，请走延期或报告",
      matter:refused("2026-03-10", "objected", { reason = "不属本单位" }))
    local other = sent({}):does("2026-03-09", "objected", { reason = "不属本单位" })
    assert.are.equal("contested", other:state())
  end)

  it("opens one part for each unit that helps, and none again when it is issued anew", function()
    local matter = sent({ co_units = { "省财政厅", "省水利厅" } }):does("2026-03-05", "objected", { reason = "附件" })
      :does("2026-03-06", "reissued")
    assert.are.equal(2, #matter:effects("open"))
    assert.are.equal("省水利厅", matter:effects("open")[2].with.unit)
  end)

  it("wants evidence with the report", function()
    local matter = sent({}):does("2026-03-03", "signed", { signed_on = "2026-03-03" })
    assert.are.equal("“佐证”：至少附 1 个文件", matter:refused("2026-03-10", "reported", { text = "已办" }))
  end)

  it("tells the parts when the matter is suspended", function()
    local matter = sent({}):does("2026-03-03", "signed", { signed_on = "2026-03-03" })
      :does("2026-03-05", "suspended", { reason = "改革" })
    assert.are.same({ to = { kind = "children", workflow = "transfer_part" }, name = "case_suspended",
      data = { reason = "改革" } }, matter:effects("signal")[1])
  end)

  it("goes straight to the interview for those who do it again", function()
    local matter = sent({ repeated = true, term = "5个工作日" }):does("2026-03-03", "signed", { signed_on = "2026-03-03" })
      :to("2026-05-01")
    local said = {}
    for _, line in ipairs(matter.case:lines("rung")) do
      said[#said + 1] = line:match("overdue/(%a+)")
    end
    assert.are.same({ "talk" }, said)
  end)
end)
