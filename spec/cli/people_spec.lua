-- Where people are reached and when they want to be left alone, out of the sheet of people.
local site = require("spec.support.site")
local tables = require("spec.support.tables")

describe("importing people with their addresses", function()
  local office

  before_each(function()
    office = site.make({ bare = true })
    office:must("import", "units", "spec/data/units.csv")
  end)

  local function import(content, ...)
    return office:run("import", "people", site.write(office.path .. "/p.csv", content), ...)
  end

  local function kept()
    local out = {}
    for _, row in ipairs(tables.rows(office, "SELECT p.code, a.kind, a.address FROM addresses AS a JOIN people AS p"
      .. " ON p.person_id = a.person_id ORDER BY p.code, a.kind")) do
      out[#out + 1] = ("%s %s %s"):format(row.code, row.kind, row.address)
    end
    for _, row in ipairs(tables.rows(office, "SELECT p.code, w.quiet_from, w.quiet_to, w.digest_at FROM"
      .. " preferences AS w JOIN people AS p ON p.person_id = w.person_id ORDER BY p.code")) do
      out[#out + 1] = ("%s %s %s %s"):format(row.code, row.quiet_from, row.quiet_to, row.digest_at)
    end
    return out
  end

  it("keeps them, in the forms people write", function()
    assert.equal(0, import("编码,姓名,单位,角色,企业微信,钉钉号,飞书,电子邮箱,免打扰,汇总\n"
      .. "P01,赵主任,,director,zhao,zd,ou_1,zhao@x.cn,１８：００－８：３０,9:00\nP01,赵主任,,deputy,,,,,,\n"
      .. "P02,钱副主任,,deputy,,,,,,\n").code)
    assert.same({ "P01 dingtalk zd", "P01 feishu ou_1", "P01 mail zhao@x.cn", "P01 wecom zhao",
      "P01 1080 510 540" }, kept())
  end)

  it("shows what differs, and overwrites only when asked", function()
    import("编码,姓名,角色,企业微信,免打扰\nP01,赵主任,director,zhao,18:00-08:30\n")
    local sheet = "编码,姓名,角色,企业微信,邮箱,免打扰\nP01,赵主任,director,zhao2,z@x.cn,无\n"
    local shown = import(sheet)
    assert.matches("企业微信", shown.out)
    assert.matches("zhao2", shown.out)
    assert.same({ "P01 wecom zhao", "P01 1080 510 nil" }, kept())
    assert.equal(0, import(sheet, "--overwrite").code)
    assert.same({ "P01 mail z@x.cn", "P01 wecom zhao2", "P01 nil nil nil" }, kept())
    assert.matches("相同 1", import(sheet).out)
    assert.same({ "P01 mail z@x.cn", "P01 wecom zhao2", "P01 nil nil nil" }, kept())
  end)

  for _, case in ipairs({
    { "免打扰", "晚上", "免打扰“晚上”应写成 18:00-08:30，或“无”" },
    { "汇总", "25:00", "汇总“25:00”应写成 09:00，或“无”" },
    { "邮箱", "zhao.x.cn", "邮箱“zhao.x.cn”不是有效的地址" },
    { "企业微信", "zhao|li", "企业微信“zhao|li”不是有效的地址" },
  }) do
    it(("refuses the row: %s %s"):format(case[1], case[2]), function()
      local done = import(("编码,姓名,角色,%s\nP01,赵主任,director,%s\n"):format(case[1], case[2]))
      assert.equal(1, done.code)
      assert.is_truthy((done.out .. done.err):find(case[3], 1, true), done.out .. done.err)
      assert.same({}, kept())
    end)
  end
end)
