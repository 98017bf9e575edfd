local calendar = require("calendar")
local values = require("language.values")
local words = require("words")

local TODAY = calendar.day("2026-09-29")

local function read(field, raw)
  return values.read(type(field) == "string" and { kind = field } or field, raw, { today = TODAY })
end

describe("values.read", function()
  before_each(function()
    words.set_language("zh")
  end)

  local terms = {
    { "5个工作日", "workdays", 5 }, { "15日内", "days", 15 }, { "2个月", "months", 2 },
    { "反馈后2个月内", "months", 2 }, { "３０个工作日", "workdays", 30 }, { "10wd", "workdays", 10 },
    { "自收到之日起十五个工作日内办结", "workdays", 15 }, { "两个月", "months", 2 },
    { "半年内", "months", 6 }, { "收到后一周内", "days", 7 }, { "一年内", "months", 12 },
    { "3月底前", "date", "2027-03-31" }, { "10月底前", "date", "2026-10-31" },
    { "2025年底前", "date", "2025-12-31" }, { "年底前", "date", "2026-12-31" },
    { "一季度", "date", "2027-03-31" }, { "2026年第四季度", "date", "2026-12-31" },
    { "6月30日前", "date", "2027-06-30" }, { "12月1日前完成", "date", "2026-12-01" },
    { "2026年2月底", "date", "2026-02-28" }, { "本月底", "date", "2026-09-30" },
    { "明年6月底前", "date", "2027-06-30" }, { "2026.3.5", "date", "2026-03-05" },
    { "2026年10月1日前", "date", "2026-10-01" }, { "46000", "date", "2025-12-09" },
    { "立行立改", "open", "立行立改" }, { "长期坚持", "open", "长期坚持" },
    { "持续推进", "open", "持续推进" },
  }
  for _, case in ipairs(terms) do
    it("reads the term " .. case[1], function()
      local term = assert(read("term", case[1]))
      assert.are.equal(case[2], term.kind)
      assert.are.equal(case[3], term.n or term.date or term.reason)
      assert.are.equal(case[1], term.raw)
    end)
  end
  for _, raw in ipairs({ "6月前", "25/3", "2月30日前", "-5wd", "尽快", "13月底前", "5", "2026-02-30" }) do
    it("refuses the term " .. raw, function()
      local term, why = read("term", raw)
      assert.is_nil(term)
      assert.is_truthy(why:find("读不懂期限“" .. raw .. "”", 1, true))
    end)
  end
  it("keeps a term that is canonical already", function()
    assert.are.same({ kind = "workdays", n = 5 }, read("term", { kind = "workdays", n = 5 }))
    assert.are.same({ kind = "date", date = "2026-01-01", raw = "年初" },
      read("term", { kind = "date", date = "2026-01-01", raw = "年初" }))
  end)

  local cells = {
    { "date", "2025.3.5", "2025-03-05" }, { "date", "2025/3/5", "2025-03-05" },
    { "date", "2025年3月5日", "2025-03-05" }, { "date", "２０２５．３．５", "2025-03-05" },
    { "date", "45721", "2025-03-05" }, { "date", 45721, "2025-03-05" },
    { "date", "2025-3-5 0:00:00", "2025-03-05" }, { "date", "20250305", "2025-03-05" },
    { "money", "12,300.50元", 1230050 }, { "money", "1.2万元", 1200000 }, { "money", "12.30", 1230 },
    { "money", 1230, 1230 }, { "money", "￥3", 300 }, { "money", "-5", -500 },
    { "date", "3月2日", "2026-03-02" }, { "date", "12月30号", "2026-12-30" },
    { "integer", "5人", 5 }, { "integer", "3 名", 3 }, { "integer", "１２件", 12 },
    { "integer", "1,234", 1234 }, { "integer", "３", 3 }, { "integer", 3.0, 3 },
    { "bool", "是", true }, { "bool", "否", false }, { "bool", "√", true },
    { "person", "张　三", "张三" }, { "person", "阿卜杜·拉 ", "阿卜杜·拉" }, { "text", " 文 ", "文" },
    { "text", 110, "110" }, { "unit", "　省教育厅 ", "省教育厅" },
  }
  for _, case in ipairs(cells) do
    it(("reads the %s %s"):format(case[1], tostring(case[2])), function()
      assert.are.equal(case[3], (read(case[1], case[2])))
    end)
  end

  local refusals = {
    { "date", "2025-02-30", "日期“2025-02-30”不存在" },
    { "date", "25/3", "“25/3”不是日期，请写成 2026-03-05 或 2026年3月5日" },
    { "date", "2月30日", "日期“2月30日”不存在" }, { "integer", "人", "“人”不是整数" },
    { "money", "0.001", "“0.001”不是金额，请写成 12.30元（精确到分）" },
    { "money", "十元", "“十元”不是金额，请写成 12.30元（精确到分）" },
    { "integer", "1.5", "“1.5”不是整数" }, { "bool", "也许", "“也许”不是“是”或“否”" },
    { "files", "a.pdf", "“a.pdf”不是附件，请用 @文件 附上" }, { "text", "\xff", "不是有效的 UTF-8 文字" },
    { { kind = "choice", choices = { "个别谈话", "集体谈话" } }, "集体谈活",
      "没有“集体谈活”这个选项，是不是“集体谈话”？（可选：个别谈话、集体谈话）" },
    { { kind = "integer", min = 3 }, 2, "至少 3" }, { { kind = "text", max = 2 }, "三个字", "最多 2个字" },
  }
  for _, case in ipairs(refusals) do
    it("says " .. case[3], function()
      local value, why = read(case[1], case[2])
      assert.is_nil(value)
      assert.are.equal(case[3], why)
    end)
  end

  for _, kind in ipairs({ "integer", "money", "date" }) do
    it("takes 无, — and / for no " .. kind, function()
      for _, raw in ipairs({ "无", "—", "——", "/", " ／ " }) do
        local value, why = read(kind, raw)
        assert.is_nil(value)
        assert.is_nil(why)
      end
    end)
  end

  it("keeps 无 where words are asked for", function()
    assert.are.equal("无", (read("text", "无")))
    assert.is_false((read("bool", "无")))
  end)

  it("splits lists", function()
    assert.are.same({ "甲", "乙", "丙", "丁" }, read({ kind = "list", item = "unit" }, "甲、乙，丙；丁"))
    assert.are.same({ 1, 2 }, read({ kind = "list", item = "integer" }, { "1", 2 }))
  end)
end)

describe("values.form", function()
  local form = { order = { "unit", "term", "files", "form" }, by_label = {}, id = {
    unit = { id = "unit", label = "主办单位", kind = "unit", required = true },
    term = { id = "term", label = "期限", kind = "term", default = { ref = "setting",
      name = "limit" },
      default_value = { kind = "workdays", n = 40 } },
    files = { id = "files", label = "佐证", kind = "files", min = 1 },
    form = { id = "form", label = "形式", kind = "choice", choices = { "甲", "乙" }, default = "甲" },
  } }
  local FILE = { name = "a.pdf", digest = "d", size = 1 }

  it("reads labels and ids, and fills in defaults", function()
    assert.are.same({ unit = "教育厅", term = { kind = "workdays", n = 40 },
      files = { FILE }, form = "甲" }, values.form(form, { ["主办单位"] = "教育厅", files = { FILE } }))
    local other = values.form(form, { unit = "x", files = { FILE } },
      { settings = { limit = { kind = "days", n = 3 } } })
    assert.are.equal("days", other.term.kind)
  end)

  it("tells everything that is wrong at once", function()
    local none, findings = values.form(form, { ["主办单伟"] = "x", form = "丙", ["形式"] = "甲" })
    assert.is_nil(none)
    local said = {}
    for index, one in ipairs(findings) do
      said[index] = one.text
    end
    assert.are.same({ "没有“主办单伟”这一项，是不是“主办单位”？", "“形式”填了两次",
      "“主办单位”：必须填写", "“佐证”：至少附 1 个文件", "“形式”：没有“丙”这个选项，是不是“乙”？（可选：甲、乙）" },
      said)
  end)
end)
