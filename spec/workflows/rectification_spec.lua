-- 整改台账: evidence, two checkers and an approval before a row is struck; a rebound opens it again.
local shipped = require("spec.workflows.shipped")

local EVIDENCE = { { name = "证明.pdf", digest = "", size = 1 } }

local function fixing(record)
  record.unit, record.problem, record.basis, record.found_on = "省水利厅", "超编", "第二十六条", "2026-03-02"
  return shipped.open("rectification", "2026-03-02", record):does("2026-03-03", "confirmed")
    :does("2026-03-03 11:00", "issued"):does("2026-03-04", "planned", { measures = "消化", holder = "李四" })
end

local function struck(record)
  return fixing(record):does("2026-03-10", "applied", { result = "已整改", files = EVIDENCE })
    :does("2026-03-11", "verified", { checkers = { "王五", "赵六" } }):does("2026-03-12", "struck")
end

describe("a row of the ledger", function()
  it("passes its own examples", function()
    assert.are.same({}, shipped.failures("rectification"))
  end)

  it("is not recognised without what it rests on", function()
    local matter = shipped.open("rectification", "2026-03-02", { unit = "省水利厅", problem = "超编" })
    assert.are.equal("没有定性依据，不能认定，请先补填", matter:refused("2026-03-03", "confirmed"))
    matter:does("2026-03-03 11:00", "corrected", { fact = "opened", reason = "补填", data = { basis = "第二十六条" } })
      :does("2026-03-03 12:00", "confirmed")
  end)

  it("is not put up for striking without evidence", function()
    assert.are.equal("“佐证材料”：至少附 1 个文件",
      fixing({}):refused("2026-03-10", "applied", { result = "已整改" }))
  end)

  it("is checked by two at least, and on site where it matters", function()
    local matter = fixing({ key = true }):does("2026-03-10", "applied", { result = "已整改", files = EVIDENCE })
    assert.are.equal("核查须两人以上", matter:refused("2026-03-11", "verified", { checkers = { "王五" } }))
    assert.are.equal("重点问题须现场核查",
      matter:refused("2026-03-11", "verified", { checkers = { "王五", "赵六" } }))
    matter:does("2026-03-11", "verified", { checkers = { "王五", "赵六" }, on_site = true })
  end)

  it("comes back when it rebounds: a second count, marked as repeated", function()
    local matter = struck({ term = "10个工作日" })
    assert.is_true(matter.case.s.closed)
    matter:does("2026-06-01", "rebounded", { found_on = "2026-05-29" })
    assert.are.equal("fixing", matter:state())
    assert.is_nil(matter.case.s.closed)
    assert.are.equal(2, matter.case.s.dl.fix_by.arm)
    assert.are.equal("2026-06-12", matter:due("fix_by"))
    assert.is_true(matter.case.s.record.repeated)
    assert.are.equal("talk", matter.case.s.rungs.overdue.enter)
    assert.are.equal(1, #matter:effects("reopen"))
  end)

  it("takes nothing else once it is struck", function()
    assert.are.equal("案件已结束（已销号），不再接受“进展”",
      struck({}):refused("2026-06-01", "progressed", { text = "x" }))
  end)

  it("splits into rows of its own kind", function()
    local matter = shipped.open("rectification", "2026-03-02", { unit = "省水利厅", problem = "两事", term = "2个月" })
      :does("2026-03-03", "split", { parts = { "超编", "混岗" } })
    local opens = matter:effects("open")
    assert.are.equal("divided", matter:state())
    assert.are.same({ "超编", "混岗" }, { opens[1].with.problem, opens[2].with.problem })
    assert.are.equal("430000-2026-YJ-0001", opens[1].with.from_row)
  end)

  it("merges into another row, which is told", function()
    local matter = shipped.open("rectification", "2026-03-02", { unit = "省水利厅", problem = "超编" })
      :does("2026-03-03", "merged", { into = "430000-2026-ZG-0007", reason = "同一事项" })
    assert.are.same({ kind = "case", number = "430000-2026-ZG-0007" }, matter:effects("signal")[1].to)
  end)

  it("never falls due while its term is open, and follows its stages when it is long", function()
    assert.is_nil(fixing({ term = "长期坚持" }):due("fix_by"))
    local matter = fixing({}):does("2026-03-10", "prolonged", { reason = "政策性", next_on = "2026-06-30" })
    assert.are.equal("met", matter.case.s.dl.fix_by.status)
    assert.are.equal("2026-06-30", matter:due("stage_by"))
    matter:does("2026-06-20", "stage_met", { text = "减一", next_on = "2026-12-31" })
    assert.are.equal("2026-12-31", matter:due("stage_by"))
    assert.are.equal(2, matter.case.s.dl.stage_by.arm)
  end)
end)
