local words = require("words")

describe("words", function()
  before_each(function()
    words.set_language("zh")
  end)
  after_each(function()
    words.set_language("zh")
  end)

  it("says things in the language chosen", function()
    assert.are.equal("你好", words.say("你好", "hello"))
    words.set_language("en")
    assert.are.equal("hello 3", words.sayf("你好 %d", "hello %d", 3))
    words.set_language("fr")
    assert.are.equal("zh", words.language())
  end)

  local distances = {
    { "signd", "signed", 1 }, { "", "abc", 3 }, { "办结", "办理", 1 }, { "约谈", "约谈", 0 },
    { "a\xff", "ab", 1 },
  }
  for _, case in ipairs(distances) do
    it("counts characters between " .. ("%q"):format(case[1]) .. " and " .. case[2], function()
      assert.are.equal(case[3], words.distance(case[1], case[2]))
    end)
  end

  it("finds the nearest word and only a near one", function()
    assert.are.equal("signed", words.nearest("sined", { "signed", "issued" }))
    assert.are.equal("集体谈话", words.nearest("集体谈活", { "个别谈话", "集体谈话" }))
    assert.are.equal("lead_unit", words.nearest("unit", { lead_unit = true, items = true }))
    assert.is_nil(words.nearest("xyz", { "signed" }))
    assert.is_nil(words.nearest(nil, { "signed" }))
    assert.are.equal("，是不是“signed”？", words.hint("sined", { "signed" }))
    assert.are.equal("", words.hint("xyz", { "signed" }))
  end)

  it("joins lists as the language does", function()
    assert.are.equal("甲、乙", words.join({ "甲", "乙" }))
    words.set_language("en")
    assert.are.equal("a, b", words.join({ "a", "b" }))
    assert.are.equal("\"a\"", words.quote("a"))
  end)
end)
