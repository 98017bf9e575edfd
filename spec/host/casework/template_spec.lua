-- What an office edits: headings, facts and text with places for values. Every form, every mistake with its place,
-- and nonsense of every kind, which never crashes and never grows.
local json = require("raw.json")
local letters = require("raw.letters")

local function render(text, data)
  local message, missing = letters.render(text, json.encode(data or {}))
  assert(message, missing)
  return json.decode(message), json.decode(missing)
end

local function body(text, data)
  return render("# t\n\n" .. text, data).body
end

describe("a template", function()
  local cases = {
    { "{{number}} 号", { number = "YJ-1" }, "YJ-1 号" },
    { "{{ number }}{{{number}}}｛｛number｝｝", { number = "1" }, "111" },
    { "{{单位}}：{{n}} 件", { ["单位"] = "省教育厅", n = 3 }, "省教育厅：3 件" },
    { "{{due}}前", { due = "2026-10-02" }, "2026年10月2日前" },
    { "{{due}}", { due = "2026-01-12" }, "2026年1月12日" },
    { "{{a}}", { a = { kind = "workdays", n = 5 } }, "5个工作日" },
    { "{{a}}", { a = { kind = "workdays", n = 30, raw = "30个工作日" } }, "30个工作日" },
    { "{{a}}", { a = { "甲", "乙", { "丙" } } }, "甲、乙、丙" },
    { "{{a}}{{b}}", { a = true, b = false }, "是否" },
    { "a{{! 说明 }}b", {}, "ab" },
    { "{{#rows}}{{unit}} {{.}}{{/rows}}", { rows = {}, unit = "x" }, "" },
    { "{{#rows}}[{{.}}]{{/rows}}", { rows = { "a", "b" } }, "[a][b]" },
    { "表\n{{#rows}}\n- {{unit}}\n{{/rows}}\n完", { rows = { { unit = "甲" }, { unit = "乙" } } },
      "表\n- 甲\n- 乙\n完" },
    { "{{#rows}}{{unit}}{{own}}{{/rows}}", { unit = "外", rows = { { own = 1 }, { unit = "内", own = 2 } } }, "外1内2" },
    { "{{^rows}}无{{/rows}}", { rows = {} }, "无" },
    { "{{^n}}无{{/n}}{{#n}}有{{/n}}", { n = 0 }, "无" },
    { "{{^n}}无{{/n}}{{#n}}有{{/n}}", { n = 2 }, "有" },
    { "{{#a}}{{b}}{{/a}}", { a = { b = "深" } }, "深" },
    { "｛｛＃a｝｝{{.}}｛｛／a｝｝", { a = { 1, 2 } }, "12" },
    { "一\n\n{{link}}\n", { link = "https://x/" }, "一" },
    { "见 {{link}} 。", { link = "https://x/" }, "见 https://x/ 。" },
    { "{{a}}", { a = "两\n行\27[31m" }, "两\n行 [31m" },
    { "{{a}}", { a = "{{b}}", b = "不再展开" }, "{{b}}" },
    { "}} 与 { 是文字", {}, "}} 与 { 是文字" },
    { "{{x}}", {}, "" },
  }
  for _, case in ipairs(cases) do
    it(("renders %q"):format(case[1]), function()
      assert.equal(case[3], body(case[1], case[2]))
    end)
  end

  it("has a heading, facts and text", function()
    local message, missing = render(
      "\xef\xbb\xbf# {{title}}待办\r\n<!-- 级别：特急 -->\r\n\r\n- 编号：{{number}}\r\n- 时限：{{due}}\r\n- 空：{{none}}\r\n"
      .. "\r\n- 不是要点：{{number}}\r\n第二段 {{nothing}}\r\n", { title = "移交", number = "1", due = "2026-03-04", none = "" })
    assert.same({ title = "移交待办", facts = { { "编号", "1" }, { "时限", "2026年3月4日" } },
      body = "- 不是要点：1\n第二段" }, message)
    assert.same({ "nothing" }, missing)
  end)

  it("keeps values from becoming structure", function()
    local message = render("# {{a}}\n- {{a}}编号：{{a}}\n\n{{a}}", { a = "一\n- 假：要点\n# 假" })
    assert.equal("一 - 假：要点 # 假", message.title)
    assert.same({}, message.facts) -- a label with a place in it is no fact
  end)

  for _, case in ipairs({
    { "# t\n<!-- 级别：加急；有效：3天；汇总 -->\n\nx", 1, 3 * 86400000, true },
    { "# t\n<!--级别:特急-->\nx", 0, 0, false },
    { "# t\n<!-- 有效：12小时 -->", 2, 12 * 3600000, false },
    { "# t\n<!-- 有效：１０日，汇总 -->", 2, 864000000, true },
    { "# t\nx", 2, 0, false },
  }) do
    it(("says how it is sent: %q"):format(case[1]), function()
      assert.same({ case[2], case[3], case[4] }, { letters.manner(case[1]) })
    end)
  end

  for _, case in ipairs({
    { "", "t:1:1: the first line is the heading, as \"# Soon due\"" },
    { "正文", "t:1:1: the first line is the heading, as \"# Soon due\"" },
    { "# t\n\n共 {{n", "t:3:3: this {{ has no }}" },
    { "# t\n\n{{a b}}", "t:3:1: between {{ and }} stands a name, after # ^ / or ! if wanted, as {{number}}" },
    { "# t\n\n{{}}", "t:3:1: between {{ and }} stands a name, after # ^ / or ! if wanted, as {{number}}" },
    { "# t\n\n{{> x}}", "t:3:1: between {{ and }} stands a name, after # ^ / or ! if wanted, as {{number}}" },
    { "# t\n\n{{#a}}", "t:3:4: this section never ends: {{/name}} is missing" },
    { "# t\n\n甲{{/a}}", "t:3:2: no section is open here" },
    { "# t\n\n{{#a}}{{/b}}", "t:3:7: sections end in the opposite order: this is another name" },
    { "# t\n\n" .. ("{{#a}}"):rep(9) .. ("{{/a}}"):rep(9), "t:3:49: too many sections within sections" },
    { "# t\n<!-- 级别：很急 -->", "t:2:5: 级别 is 普通, 加急 or 特急" },
    { "# t\n<!-- 有效：三天 -->", "t:2:5: 有效 is written 3天 or 12小时" },
    { "# t\n<!-- 等级：加急 -->", "t:2:5: here stand 级别, 有效 and 汇总 only, as <!-- 级别：加急；有效：3天；汇总 -->" },
    { "# t\n" .. ("- a：b\n"):rep(21), "t:22:1: too many facts, 20 at most" },
    { "# t\n\xff", "t:1:1: this is not UTF-8 text" },
    { "# " .. ("长"):rep(30000), "t:1:1: the template is too large" },
  }) do
    it(("is refused with its place: %q"):format(case[1]:sub(1, 40)), function()
      local message, why, kind = letters.render(case[1], "{}")
      assert.is_nil(message)
      assert.equal(case[2], why)
      assert.equal("invalid", kind)
    end)
  end

  for _, case in ipairs({
    { "{{number}} {{due}}", {} },
    { "{{numbr}}", { "3:3 nobody gives \"numbr\"; did you mean \"number\"?" } },
    { "{{#due}}{{nmber}}{{/due}}", { "3:11 nobody gives \"nmber\"; did you mean \"number\"?" } },
    { "{{#items}}{{unit}}{{number}}{{untt}}{{/items}}", { "3:31 nobody gives \"untt\"; did you mean \"unit\"?" } },
    { "{{#any}}{{whatever}}{{/any}}{{zzzz}}", { "3:31 nobody gives \"zzzz\"" } },
    { "{{#nowhere}}{{whatever}}{{/nowhere}}", { "3:4 nobody gives \"nowhere\"" } },
    { "{{.}}", {} },
  }) do
    it(("is checked for names: %q"):format(case[1]), function()
      local found = {}
      for _, finding in ipairs(json.decode(assert(letters.check("# t\n\n" .. case[1],
        json.encode({ number = true, due = true, any = false, items = { unit = true } }))))) do
        found[#found + 1] = ("%d:%d %s"):format(finding.line, finding.column, finding.text)
      end
      assert.same(case[2], found)
    end)
  end

  it("cuts what is too long on a character", function()
    local message = render("# {{a}}\n- 甲：{{a}}\n\n{{a}}", { a = ("长"):rep(21000) })
    for text, most in pairs({ [message.title] = 480, [message.facts[1][2]] = 4000, [message.body] = 60000 }) do
      assert.is_true(#text <= most and #text > most - 8)
      assert.equal("长…", text:sub(-6))
      assert.is_truthy(utf8.len(text))
    end
  end)

  it("never does more than it may", function()
    local deep, rows = "x", {}
    for _ = 1, 8 do
      deep = "{{#rows}}" .. deep .. "{{/rows}}"
    end
    for at = 1, 200 do
      rows[at] = at
    end
    local began = os.clock()
    assert.is_true(#body(deep, { rows = rows }) <= 64 * 1024)
    assert.is_true(#body(("{{a}}"):rep(12000), { a = ("长"):rep(20000) }) <= 64 * 1024)
    assert.is_true(os.clock() - began < 2)
  end)

  it("survives nonsense", function()
    local pieces = { "{{", "}}", "｛｛", "｝｝", "#", "^", "/", "!", "a", "督办", " ", "\n", "- ", "：", ":", "<!--",
      "-->", "{", "}",
      "{{#a}}", "{{/a}}", "{{^b}}", "{{/b}}", "{{.}}", "级别", "汇总", "\0",
      "\xef\xbb\xbf", "\xff", "\r", "link", "{{link}}", ";" }
    local data = json.encode({ a = { 1, { a = { true } }, "x" }, b = "", link = "l" })
    local state = 20261129
    local function pick(n)
      state = (state * 1103515245 + 12345) % 2147483648
      return state // 65536 % n + 1
    end
    local read = 0
    for _ = 1, 20000 do
      local parts = { pick(4) > 1 and "# t\n" or "" }
      for _ = 1, pick(20) do
        parts[#parts + 1] = pieces[pick(#pieces)]
      end
      local text = table.concat(parts)
      local message, why, kind = letters.render(text, data)
      if message then
        read = read + 1
        assert(json.decode(message))
        letters.check(text, '{"a":true}')
      else
        assert.matches("^t:%d+:%d+: ", why)
        assert.equal("invalid", kind)
      end
    end
    assert.is_true(read > 2000, read)
  end)
end)
