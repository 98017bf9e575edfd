-- 纪律谈话: before the post counted back, after it counted on; absence is bounded.
local shipped = require("spec.workflows.shipped")

local function opened(record)
  record.person, record.unit, record.post = "张三", "省教育厅", "厅长"
  record.appointed = record.appointed or "2026-03-02"
  return shipped.open("discipline_talk", "2026-03-03", record)
end

describe("the discipline talk", function()
  it("passes its own examples", function()
    assert.are.same({}, shipped.failures("discipline_talk"))
  end)

  it("has one of two terms, never both", function()
    local after = opened({})
    assert.are.equal("2026-04-01", after:due("after_post"))
    assert.is_nil(after:due("before_post"))
    local before = opened({ before = true, effective = "2026-03-20" })
    assert.are.equal("2026-03-19", before:due("before_post"))
    assert.is_nil(before:due("after_post"))
  end)

  it("notifies nobody before the outline is approved", function()
    assert.are.equal("提纲还没有批准，不能通知",
      opened({}):refused("2026-03-04", "notified", { talk_on = "2026-03-10", place = "编办" }))
  end)

  it("is deferred twice at most, and comes back by itself", function()
    local matter = opened({}):does("2026-03-04", "deferred", { reason = "出差" }):to("2026-04-04")
    assert.are.equal("to_talk", matter:state())
    matter:does("2026-04-07", "deferred", { reason = "病假" }):does("2026-04-14", "available")
    assert.are.equal("已经延期两次，不能再延，请改为书面提醒或者转交",
      matter:refused("2026-04-15", "deferred", { reason = "出差" }))
  end)

  it("is handed to another office with its reason, and told to the registry", function()
    local matter = opened({}):does("2026-03-04", "passed_on", { office = "长沙市委编办", reason = "跨市调任" })
    assert.are.equal("handed_on", matter:state())
    local sent = matter:effects("notify")
    assert.are.equal("talk_passed_on", sent[#sent].template)
  end)

  it("joins the posts of one person in one talk", function()
    local matter = opened({}):does("2026-03-04", "joined_talk", { with = "430000-2026-TH-0001", posts = { "校长" } })
    assert.are.equal("merged_in", matter:state())
    assert.are.same({ "校长" }, matter.case.s.record.posts)
  end)

  it("wants the session of a group talk", function()
    local matter = opened({ form = "集体谈话" }):does("2026-03-04", "outlined", { points = "纪律" })
      :does("2026-03-05", "notified", { talk_on = "2026-03-10", place = "报告厅" })
    assert.are.equal("集体谈话须先填写场次，同一场次的各案一并登记", matter:refused("2026-03-10", "talked",
      { talked_on = "2026-03-10", host = "主任", content = "纪律" }))
  end)
end)
