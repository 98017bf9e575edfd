-- 代理: a role lent for a time, and what is done in it; and whose right counts on the day something happened.
local site = require("spec.support.site")
local tables = require("spec.support.tables")

local function lend(...)
  return "delegate", "director", "--from", "赵主任", "--to", "钱副主任", "--reason", "出差", ...
end

describe("duban delegate", function()
  local office, number

  before_each(function()
    office = site.make({ workflows = { "spec/data/probe.lua" } })
    number = office:must("open", "probe", "unit=S001", "matter=甲", "--by", "P04")
  end)

  it("lends a role for the days given, and what is done in it says whose it is", function()
    assert.matches("赵主任", office:refused("fact", number, "issued", "--by", "P02"))
    assert.equal("代理已登记：2026-03-02 至 2026-03-10，钱副主任 代 赵主任 任 编办主任（director）",
      office:must(lend("--until", "2026-03-10", "--by", "P01")))
    office:must("fact", number, "issued", "--by", "P02")
    assert.truthy(office:must("case", number):find("钱副主任（代赵主任）", 1, true))
    assert.matches('"for":"P01".*"role":"director"',
      tables.value(office, "SELECT body FROM audit WHERE act = 'fact' ORDER BY audit_id DESC"))
    office:must("verify")
  end)

  it("counts before its first day and after its last for nothing", function()
    office:must(lend("--since", "2026-03-04", "--until", "2026-03-05", "--by", "P01"))
    assert.matches("需要：编办主任", office:refused("fact", number, "issued", "--by", "P02"))
    office:must("tick", "--until", "2026-03-06 09:00")
    assert.matches("需要：编办主任", office:refused("fact", number, "issued", "--by", "P02"))
    office:must("fact", number, "issued", "--by", "P02", "--occurred", "2026-03-05")
  end)

  it("ends with the lender's own role", function()
    office:must(lend("--until", "2026-03-10", "--by", "P01"))
    tables.exec(office, "UPDATE roles SET ends_on = '2026-03-01' WHERE role = 'director' AND lent_by IS NULL")
    assert.matches("现在无人担任", office:refused("fact", number, "issued", "--by", "P02"))
  end)

  it("signs proposals, and is told so to whoever is refused", function()
    office:must(lend("--until", "2026-04-30", "--by", "P01"))
    assert.matches("现为赵主任、钱副主任（代）", office:refused("fact", number, "issued", "--by", "P04"))
    office:must("fact", number, "issued", "--by", "P01")
    office:must("tick", "--until", "2026-03-20 09:00")
    local id = office:json("proposals")[1].id
    office:must("approve", id, "--opinion", "同意", "--by", "P02")
    assert.truthy(office:must("case", number):gsub("%s+", ""):find("钱副主任（代赵主任）", 1, true))
  end)

  it("is changed by being said again with another last day", function()
    office:must(lend("--until", "2026-03-10", "--by", "P01"))
    assert.matches("代理已改期：2026%-03%-02 至 2026%-03%-03", office:must(lend("--until", "2026-03-03", "--by", "P01")))
    assert.equal(1, tables.value(office, "SELECT COUNT(*) FROM roles WHERE lent_by IS NOT NULL"))
  end)

  it("takes the title of the role, and a role held for a unit", function()
    office:must("delegate", "编办主任", "--from", "P01", "--to", "P03", "--until", "2026-03-10", "--reason", "病假",
      "--by", "P01")
    office:must("delegate", "liaison", "--from", "P08", "--to", "P09", "--until", "2026-03-10", "--reason", "病假",
      "--by", "P08")
    office:must("fact", number, "issued", "--by", "P03")
    office:must("fact", number, "reported", "text=已办", "--by", "P09")
    assert.matches("冯厅长（代王联）", office:must("case", number))
  end)

  for _, case in ipairs({
    { "to oneself", { "director", "--from", "P01", "--to", "P01" }, "同一个人" },
    { "what one does not hold", { "director", "--from", "P03", "--to", "P02" }, "孙处长不担任编办主任" },
    { "what the other one holds", { "deputy", "--from", "P02", "--to", "P02" }, "同一个人" },
    { "a role nobody knows", { "directer", "--from", "P01", "--to", "P02" }, "是不是“director”" },
    { "backwards", { "director", "--from", "P01", "--to", "P02", "--since", "2026-02-01" }, "不能倒签" },
    { "upside down", { "director", "--from", "P01", "--to", "P02", "--since", "2026-03-20" }, "早于起始日" },
    { "beyond one's own time", { "liaison", "--from", "P12", "--to", "P08", "--until", "2026-07-15" },
      "不能委托到这段时间以外" },
  }) do
    it("refuses to lend " .. case[1], function()
      local words = { "delegate", "--until", "2026-03-10", "--reason", "出差" }
      table.move(case[2], 1, #case[2], #words + 1, words)
      local before = tables.counts(office)
      assert.matches(case[3], office:refused(table.unpack(words)))
      assert.equal(before, tables.counts(office))
    end)
  end

  it("does not lend on what was lent", function()
    office:must(lend("--until", "2026-03-10", "--by", "P01"))
    assert.matches("不能再委托他人", office:refused("delegate", "director", "--from", "P02", "--to", "P03", "--until",
      "2026-03-05", "--reason", "忙", "--by", "P02"))
  end)

  it("is for the lender, or for an administrator, and a refusal stands in the audit", function()
    tables.exec(office, "UPDATE accounts SET is_admin = 0 WHERE name <> 'rehearsal'")
    tables.exec(office, "UPDATE accounts SET is_admin = 1 WHERE name = 'rehearsal'")
    assert.matches("这要由赵主任本人（%-%-by 赵主任）或管理员办理", office:refused(lend("--until", "2026-03-10", "--by", "P04")))
    assert.equal(1, tables.value(office, "SELECT COUNT(*) FROM audit WHERE act = 'denied'"))
    office:must(lend("--until", "2026-03-10", "--by", "P01"))
  end)

  it("is done once under its key, and not with other content", function()
    office:must(lend("--until", "2026-03-10", "--by", "P01", "--key", "k"))
    local before = tables.counts(office)
    office:must(lend("--until", "2026-03-10", "--by", "P01", "--key", "k"))
    assert.equal(before, tables.counts(office))
    assert.matches("已用于另一项", office:refused(lend("--until", "2026-03-11", "--by", "P01", "--key", "k")))
  end)

  it("asks for what is missing as wrong usage", function()
    assert.equal(2, office:run("delegate", "director", "--from", "P01", "--to", "P02", "--until", "2026-03-10").code)
  end)
end)

describe("the right to do something", function()
  -- 卫联络 is liaison of 省水利厅 through 2026-06-30, 蒋联络 from the next day on.
  local office, number

  before_each(function()
    office = site.make({ clock = "2026-06-25 09:00", workflows = { "workflows/case_transfer.lua" } })
    number = office:must("open", "case_transfer", "lead_unit=省水利厅", "items=清理超编", "--by", "P04")
    office:must("fact", number, "issued", "--by", "P01")
    office:must("tick", "--until", "2026-07-02 09:00")
  end)

  it("is of whoever held the role on the day it happened, by --occurred", function()
    assert.matches("现为卫联络", office:refused("fact", number, "signed", "signed_on=2026-06-29", "--occurred",
      "2026-06-29", "--by", "P13"))
    office:must("fact", number, "signed", "signed_on=2026-06-29", "--by", "P12", "--occurred", "2026-06-29")
  end)

  for _, day in ipairs({ "2026-06-29", "6月29日", "2026.6.29" }) do
    it("or by the field that says when: " .. day, function()
      assert.matches("现为卫联络", office:refused("fact", number, "signed", "签收日期=" .. day, "--by", "P13"))
      office:must("fact", number, "signed", "签收日期=" .. day, "--by", "P12")
    end)
  end

  it("and of today's when it happened today", function()
    assert.matches("现为蒋联络", office:refused("fact", number, "signed", "signed_on=2026-07-02", "--by", "P12"))
    office:must("fact", number, "signed", "signed_on=2026-07-02", "--by", "P13")
  end)
end)
