-- What each platform gets: bodies that parse and carry what they must, and words that stay words.
local net = require("raw.net")
local support = require("spec.host.net.support")

local function body(kind, conf, changes, again)
  return support.tree(assert(net.render(kind, conf, support.message(changes), again)))
end

describe("a body for", function()
  it("wecom-bot is markdown with title, facts, text, link and mention", function()
    local tree = body("wecom-bot", nil, { mention = "lisi", severity = "urgent" })
    assert.equal("markdown", tree.msgtype)
    assert.equal('**<font color="warning">【紧急】整改事项将到期</font>**\n\n>责任单位：省教育厅\n>期限：2026-03-31\n\n' ..
      "请按时报送整改情况。\n逾期将约谈。\n\n[查看](https://duban.example.gov.cn/case/1)\n<@lisi>", tree.markdown.content)
  end)

  it("wecom-bot is text where only text can mention", function()
    local tree = body("wecom-bot", nil, { mention = "all" })
    assert.same({ "text", { "@all" } }, { tree.msgtype, tree.text.mentioned_list })
    tree = body("wecom-bot", nil, { mention = "13800000000" })
    assert.same({ "text", { "13800000000" } }, { tree.msgtype, tree.text.mentioned_mobile_list })
    tree = body("wecom-bot", { format = "text" })
    assert.equal("整改事项将到期\n\n责任单位：省教育厅\n期限：2026-03-31\n\n请按时报送整改情况。\n逾期将约谈。\n\n" ..
      "查看：https://duban.example.gov.cn/case/1", tree.text.content)
  end)

  it("wecom-app joins recipients, checks duplicates and repeats the same bytes", function()
    local conf = { agent = 1000002, corp = "ww1" }
    local tree = body("wecom-app", conf, { to = { address = { "u1", "u2" } } })
    assert.equal("u1|u2", tree.touser)
    assert.equal(1000002, tree.agentid)
    assert.equal(1, tree.enable_duplicate_check)
    assert.equal(14400, tree.duplicate_check_interval)
    assert.equal("text", tree.msgtype)
    assert.equal("1|2", body("wecom-app", { agent = 1, party = { "1", "2" } }, { to = false }).toparty)
    assert.equal("markdown", body("wecom-app", { agent = 1, format = "markdown" }).msgtype)
    assert.equal(net.render("wecom-app", conf, support.message()), net.render("wecom-app", conf, support.message(),
      true))
    local none, why = net.render("wecom-app", conf, support.message({ to = false }))
    assert.is_nil(none)
    assert.is_truthy(why:find("userid"))
  end)

  it("dingtalk-bot has a title, a msgUuid and the mention twice", function()
    local tree = body("dingtalk-bot", nil, { mention = "13800000000" })
    assert.equal("整改事项将到期", tree.markdown.title)
    assert.equal("DB-2026-0001-3", tree.msgUuid)
    assert.same({ "13800000000" }, tree.at.atMobiles)
    assert.is_truthy(tree.markdown.text:find("@13800000000", 1, true))
    assert.is_truthy(tree.markdown.text:find("\n- 期限：2026-03-31\n", 1, true))
    assert.is_truthy(tree.markdown.text:find("情况。\n\n逾期", 1, true))
    assert.same({ "lisi" }, body("dingtalk-bot", nil, { mention = "lisi" }).at.atUserIds)
    assert.is_true(body("dingtalk-bot", nil, { mention = "all" }).at.isAtAll)
    assert.is_false(tree.at.isAtAll)
  end)

  it("dingtalk-bot makes a msgUuid of any key, the same each time", function()
    local one = body("dingtalk-bot", nil, { id = "案件/甲.1" }).msgUuid
    assert.equal(64, #one)
    assert.equal(one, body("dingtalk-bot", nil, { id = "案件/甲.1" }, true).msgUuid)
    assert.not_equal(one, body("dingtalk-bot", nil, { id = "案件/甲.2" }).msgUuid)
  end)

  it("feishu-bot is a card whose colour tells the severity, or a post", function()
    local tree = body("feishu-bot", nil, { mention = "ou_1", severity = "critical" })
    assert.equal("interactive", tree.msg_type)
    assert.equal("【特急】整改事项将到期", tree.card.header.title.content)
    assert.equal("red", tree.card.header.template)
    assert.equal("**责任单位**：省教育厅\n**期限**：2026-03-31\n\n请按时报送整改情况。\n逾期将约谈。\n\n" ..
      "[查看](https://duban.example.gov.cn/case/1)\n<at id=ou_1></at>", tree.card.body.elements[1].content)
    assert.equal("blue", body("feishu-bot").card.header.template)
    assert.equal("orange", body("feishu-bot", nil, { severity = "urgent" }).card.header.template)
    tree = body("feishu-bot", { format = "post" }, { mention = "all" })
    local post = tree.content.post.zh_cn
    assert.equal("post", tree.msg_type)
    assert.equal("整改事项将到期", post.title)
    assert.same({ tag = "at", user_id = "all" }, post.content[3][1])
    assert.equal("https://duban.example.gov.cn/case/1", post.content[2][1].href)
  end)

  it("webhook is a CloudEvent around the whole message", function()
    local tree = body("webhook", { source = "/office/430000" })
    assert.same({ "1.0", "DB-2026-0001-3", "/office/430000", "duban.message.due_soon", "430000-2026-YJ-0001",
      "2026-01-01T08:00:00+08:00", "application/json" }, { tree.specversion, tree.id, tree.source, tree.type,
      tree.subject, tree.time, tree.datacontenttype })
    assert.same(support.message(), tree.data)
    assert.is_nil(body("webhook", nil, { number = false }).subject)
    assert.equal("/duban", body("webhook").source)
  end)

  it("sink and lua is the message itself", function()
    assert.same(support.message(), body("sink"))
    assert.same(support.message(), body("lua"))
  end)

  it("every kind parses with the least that a message may have", function()
    for _, adapter in ipairs(net.adapters()) do
      local changes = { number = false, facts = false, body = false, link = false, mention = false }
      changes.to = { address = "a@b.cn" }
      local text = assert(net.render(adapter.kind, nil, support.message(changes)))
      assert.is_truthy(adapter.kind == "smtp" or support.tree(text))
    end
  end)
end)

describe("a repeat", function()
  it("is marked where the platform has no key, and nowhere else", function()
    for _, adapter in ipairs(net.adapters()) do
      local message = support.message({ to = { address = "a@b.cn" } })
      local text = net.render(adapter.kind, nil, message, true)
      local is_marked = text:find("（重发）", 1, true) ~= nil
      assert.equal(not adapter.has_key and adapter.kind ~= "lua", is_marked, adapter.kind)
    end
  end)
end)

describe("a keyword", function()
  it("stands in front unless the title has it", function()
    for _, kind in ipairs({ "dingtalk-bot", "feishu-bot" }) do
      local conf = { keyword = "督办" }
      assert.is_truthy(net.render(kind, conf, support.message()):find("【督办】整改", 1, true))
      assert.is_nil(net.render(kind, conf, support.message({ title = "督办提醒" })):find("【督办】", 1, true))
    end
  end)
end)

describe("words of people", function()
  local HOSTILE = "<@all><at id=all></at><font color=\"info\">[点我](http://evil)![x](http://evil/p.png)"

  it("mention nobody, colour nothing and link nowhere", function()
    for _, case in ipairs({ { "wecom-bot" }, { "wecom-bot", { format = "text" } }, { "wecom-app" },
      { "wecom-app", { format = "markdown" } }, { "dingtalk-bot" }, { "feishu-bot" } }) do
      local text = net.render(case[1], case[2], support.message({ body = HOSTILE, title = HOSTILE, severity = "normal",
        facts = { { HOSTILE, HOSTILE } } }))
      for _, bad in ipairs({ "<@all", "<at ", "<font", "](http://evil" }) do
        assert.is_nil(text:find(bad, 1, true), case[1] .. " lets through " .. bad)
      end
    end
  end)

  it("do not end a link early", function()
    local text = net.render("wecom-bot", nil, support.message({ link = "https://a/(x)" }))
    assert.is_truthy(text:find("(https://a/%28x%29)", 1, true))
  end)

  it("stay as they are where there is no markup", function()
    assert.equal(HOSTILE, body("webhook", nil, { body = HOSTILE }).data.body)
  end)
end)

describe("net.preview", function()
  it("shows every kind without configuration or address", function()
    for _, adapter in ipairs(net.adapters()) do
      local text = assert(net.preview(adapter.kind, nil, support.message({ to = { name = "张三" } })))
      assert.is_truthy(text:find("整改事项将到期", 1, true), adapter.kind)
      assert.is_truthy(text:find("\n", 1, true))
    end
  end)

  it("is indented JSON, or a letter that can be read", function()
    assert.is_truthy(net.preview("wecom-bot", nil, support.message()):find('{\n  "markdown": {\n    "content": ', 1,
      true))
    local mail = net.preview("smtp", nil, support.message({ to = { name = "张三", address = "z@x.gov.cn" } }))
    assert.is_truthy(mail:find("^From: <duban@localhost>\nTo: 张三 <z@x.gov.cn>\nSubject: 整改事项将到期\n\n责任单位"))
  end)

  it("refuses a kind nobody knows", function()
    local text, _, kind = net.preview("pager", nil, support.message())
    assert.same({ nil, "missing" }, { text, kind })
  end)
end)
