-- One case on one screen: what it is, where it stands, what is due and why, who acted, how it came to this.
local site = require("spec.support.site")
local text = require("raw.text")

describe("the screen of a case", function()
  local office, number

  setup(function()
    office = site.make({ workflows = { "spec/data/probe.lua" } })
    number = office:must("open", "probe", "承办单位=省教育厅", "事由=清理超编人员", "件数=3", "方式=电话", "办理期限=3个工作日",
      "--by", "P04"):match("430000%-%d+%-SY%-%d+")
    office:must("fact", number, "issued", "--by", "P01")
    office:must("tick", "--until", "2026-03-10 10:00")
  end)

  local function screen(...)
    return office:must("case", number, ...)
  end

  it("says what it is and where it stands", function()
    assert.matches("^" .. number:gsub("%-", "%%-") .. "  督办件\n状态 +办理中，立案 2026%-03%-02，已 8 天\n单位 +省教育厅\n", screen())
  end)

  it("sets two short fields on a line", function()
    assert.matches("\n事由 +清理超编人员 +件数 +3\n", screen())
  end)

  it("says in one line what is due and why, and how late it is", function()
    assert.matches("\n期限 +办理时限 2026%-03%-05（3个工作日，自 2026%-03%-02 起），超 3 个工作日\n", screen())
    assert.matches("超 3 个工作日", office:json("case", number).deadlines.finish)
  end)

  it("says who wrote down what others did", function()
    assert.matches("\n代录 +%S+ 代 李经办 1 次、赵主任 1 次\n", screen())
    local recorder, actors = next(office:json("case", number).recorded_for)
    assert.equal("string", type(recorder))
    assert.same({ ["李经办"] = 1, ["赵主任"] = 1 }, actors)
  end)

  it("puts the days between the rows of its history", function()
    local told = screen()
    assert.matches("\n2026%-03%-02 +立案  —— 李经办\n +→ 进入 拟稿\n", told)
    assert.matches("\n2026%-03%-06 %+4天 +→ 办理时限 已过", told)
    assert.is_nil(told:find("代录）", 1, true))
  end)

  it("leaves out what stands elsewhere, unless all is asked for", function()
    assert.is_nil(screen():find("办理时限 2026-03-05（3个工作日，自 2026-03-02 起）\n", 1, true))
    local full = screen("--full")
    assert.matches("\n2026%-03%-02 08:30 +→ 办理时限 2026%-03%-05", full)
    assert.matches("立案  —— 李经办（%S+ 代录）", full)
  end)

  it("counts what a section leaves out", function()
    for at = 1, 12 do
      office:must("fact", number, "noted", "text=第" .. at .. "次备注", "--by", "P04")
    end
    local told = screen()
    assert.matches("…（中间 %d+ 条从略，加 %-%-full 看全部）", told)
    assert.truthy(told:find("第12次备注", 1, true))
    assert.truthy(screen("--full"):find("第1次备注", 1, true))
  end)

  it("fits 80 columns and 40 lines, in both languages", function()
    for _, language in ipairs({ "zh", "en" }) do
      local told = site.duban({ "-C", office.path, "case", number }, { env = { DUBAN_LANG = language } }).out
      local lines = 0
      for line in told:gmatch("[^\n]+") do
        lines = lines + 1
        assert.is_true(text.width(line) <= 80, line)
      end
      assert.is_true(lines <= 40, told)
    end
  end)
end)
