-- 通报: the unit is heard first, and joint issuers sign before the committee decides.
local shipped = require("spec.workflows.shipped")

local function drafted(issuers)
  return shipped.open("circular_notice", "2026-03-02", { kind = "擅自设立机构", cases = { "430000-2026-YJ-0001" },
    units = { "省教育厅" }, issuers = issuers })
    :does("2026-03-02", "drafted", { topic = "典型问题", facts = "擅自设立机构" })
end

describe("the circular", function()
  it("passes its own examples", function()
    assert.are.same({}, shipped.failures("circular_notice"))
  end)

  it("waits until every joint issuer has signed", function()
    local matter = drafted({ "省纪委监委", "省委组织部" }):to("2026-03-11")
    assert.are.equal("signing", matter:state())
    assert.are.equal("联合发文单位还没有全部会签",
      matter:refused("2026-03-11", "approved_notice", { meeting = "第2次会议" }))
    matter:does("2026-03-11", "cosigned", { unit = "省纪委监委", opinion = "同意" })
    assert.are.equal("联合发文单位还没有全部会签",
      matter:refused("2026-03-12", "approved_notice", { meeting = "第2次会议" }))
    matter:does("2026-03-12", "cosigned", { unit = "省委组织部", opinion = "同意" })
      :does("2026-03-13", "approved_notice", { meeting = "第2次会议" })
    assert.are.equal("issued", matter:state())
  end)

  it("takes no signature of a unit that is no issuer", function()
    local matter = drafted({ "省纪委监委" }):to("2026-03-11")
    assert.are.equal("该单位不是联合发文单位",
      matter:refused("2026-03-11", "cosigned", { unit = "省财政厅", opinion = "同意" }))
  end)

  it("hears the unit before anything is signed", function()
    local matter = drafted(nil)
    assert.are.equal("案件处于“听取申辩”，此时不接受“审定印发”",
      matter:refused("2026-03-03", "approved_notice", { meeting = "第2次会议" }))
    matter:does("2026-03-05", "explained", { statement = "有误" }):to("2026-03-20")
    assert.are.equal("weighing", matter:state())
  end)
end)
