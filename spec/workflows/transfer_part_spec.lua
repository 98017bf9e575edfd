-- 分办: a return counts anew, and the parent is told of the end.
local shipped = require("spec.workflows.shipped")

describe("the part", function()
  it("passes its own examples", function()
    assert.are.same({}, shipped.failures("transfer_part"))
  end)

  it("tells the parent when it is accepted", function()
    local matter = shipped.open("transfer_part", "2026-03-02", { unit = "省财政厅", term = "5个工作日" })
      :does("2026-03-02", "signed", { signed_on = "2026-03-02" }):does("2026-03-04", "reported", { text = "已办" })
      :does("2026-03-05", "accepted")
    assert.are.equal("closed", matter:state())
    assert.are.same({ to = { kind = "parent" }, name = "part_done", data = { unit = "省财政厅" } },
      matter:effects("signal")[1])
  end)

  it("joins a call that is going on to the same unit", function()
    local matter = shipped.open("transfer_part", "2026-03-02", { unit = "省财政厅", term = "5个工作日" })
      :does("2026-03-02", "signed", { signed_on = "2026-03-02" }):to("2026-03-11")
    assert.are.equal("unit", matter:effects("open")[1].join)
  end)
end)
