-- Finding what somebody remembers a bit of: a number, a name, its initials, a word of the record.
local site = require("spec.support.site")
local tables = require("spec.support.tables")
local text = require("raw.text")

describe("initials", function()
  for _, row in ipairs({
    { "省教育厅", "sjyt", 3 }, { "省教育厅", "SJYT", 3 }, { "省教育厅", "sj", 2 }, { "省教育厅", "jyt", 1 },
    { "省教育厅", "sjyx", 0 }, { "省教育厅", "sjytx", 0 }, { "省教育厅", "", 0 }, { "", "a", 0 },
    { "长沙市", "css", 3 }, { "长沙市", "zss", 3 }, { "重庆", "cq", 3 }, { "银行", "yh", 3 }, { "银行", "yx", 3 },
    { "安化县", "ahx", 3 }, { "峨山", "es", 3 }, { "省（市）教育", "ssjy", 3 }, { "第12中学", "d12zx", 3 },
    { "𠮷田", "t", 3 }, { "ABC公司", "abcgs", 3 },
  }) do
    it(("%s fits %q as %d"):format(row[2], row[1], row[3]), function()
      assert.equal(row[3], text.initials(row[1], row[2]))
    end)
  end
end)

describe("find", function()
  local office, numbers

  setup(function()
    office = site.make({ workflows = { "spec/data/probe.lua" } })
    numbers = {}
    for _, row in ipairs({ { "省教育厅", "清理超编人员" }, { "S002", "擅自挂牌设立专班" }, { "省教育厅", "约谈后仍未整改 ABC-12" } }) do
      local opened = office:must("open", "probe", "承办单位=" .. row[1], "事由=" .. row[2], "--by", "P04")
      numbers[#numbers + 1] = opened:match("430000%-%d+%-SY%-%d+")
    end
  end)

  local function found(words)
    local list = {}
    for _, row in ipairs(office:json("find", words)) do
      list[#list + 1] = row.key
    end
    table.sort(list)
    return list
  end

  local CASES = {
    { "超编", { 1 } }, { "约谈", { 3 } }, { "挂牌 专班", { 2 } }, { "专班 超编", {} }, { "擅", { 2 } },
    { "abc-12", { 3 } }, { "abc", { 3 } }, { "仍未", { 3 } }, { "未仍", {} }, { "超　编", { 1 } }, { "SY-0002", { 2 } },
  }
  local function check_all()
    for _, row in ipairs(CASES) do
      local want = {}
      for at, index in ipairs(row[2]) do
        want[at] = numbers[index]
      end
      assert.same(want, found(row[1]), row[1])
    end
  end

  it("finds cases whose words nobody has put down yet", function()
    assert.equal(3, tables.value(office, "SELECT COUNT(*) FROM terms_due"))
    check_all()
  end)

  it("finds them the same way in the index", function()
    office:must("tick", "--until", "2026-03-02 09:00")
    assert.equal(0, tables.value(office, "SELECT COUNT(*) FROM terms_due"))
    assert.is_true(tables.value(office, "SELECT COUNT(*) FROM terms") > 10)
    check_all()
  end)

  it("finds a unit by its name, its code and its initials", function()
    assert.same({ "S001" }, found("sjyt"))
    assert.same({ "S001" }, found("省教育厅"))
    assert.same({ numbers[1], numbers[3], "S001" }, found("S001"))
    assert.matches("单位 +S001 +省教育厅 +2 件未结", office:must("find", "sjyt"))
  end)

  it("says so when there is nothing, and refuses an empty word", function()
    assert.matches("^没有找到。", office:must("find", "查无此词"))
    assert.equal("duban: 请写要找的内容\n", office:run("find", " ").err)
  end)

  it("shows a unit's own people only what is theirs", function()
    assert.same({}, office:json("find", "专班", "--by", "P09"))
    assert.same({ numbers[1] }, { office:json("find", "超编", "--by", "P09")[1].key })
  end)
end)
