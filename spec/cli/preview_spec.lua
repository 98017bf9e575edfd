-- duban outbox ID --as: a message as a platform would get it, whether it went out or not.
local json = require("raw.json")
local net = require("raw.net")
local site = require("spec.support.site")
local tables = require("spec.support.tables")
local text = require("raw.text")

describe("duban outbox ID --as", function()
  local office

  before_each(function()
    office = site.make({ clock = "2026-03-02 09:30", workflows = { "spec/data/letters.lua" } })
    site.write(office.path .. "/duban.conf.lua",
      'return { office = "430000", link = "https://duban.example.cn/case/" }')
    office:must("open", "letters", "unit=省教育厅", "matter=测", "--by", "李经办")
    tables.exec(office, "INSERT INTO addresses (person_id, kind, address) SELECT person_id, 'wecom', 'wanglian'"
      .. " FROM outbox WHERE outbox_id = 1")
  end)

  it("shows what would go out, and writes nothing", function()
    local before = tables.counts(office)
    local told = office:must("outbox", "1", "--as", "wecom-bot")
    assert.matches("\n  msgtype: markdown", told)
    assert.matches("\n    %[查看%]%(https://duban%.example%.cn/case/430000%-2026%-CB%-0001%)\n", told)
    assert.matches("<@wanglian>", told)
    assert.equal(before, tables.counts(office))
    assert.is_nil(tables.value(office, "SELECT token_hash FROM outbox WHERE outbox_id = 1"))
  end)

  it("gives the body itself to programs, the same that is sent but for the token", function()
    office:must("deliver")
    local body = json.decode(office:json("outbox", "1", "--as", "wecom-app").body)
    assert.equal("wanglian", body.touser)
    local message = office:json("outbox", "1").message
    message.to.address = "wanglian"
    assert.same(json.decode(net.render("wecom-app", nil, message)), body)
    assert.is_nil(body.text.content:find("?t=", 1, true))
  end)

  it("knows every kind, within 80 columns", function()
    for _, adapter in ipairs(net.adapters()) do
      local told = office:must("outbox", "1", "--as", adapter.kind)
      assert.matches("整改", told:gsub("催办", "整改"))
      for line in told:gmatch("[^\n]+") do
        assert.is_true(text.width(line) <= 80, line)
      end
    end
    assert.matches("^From: ", (office:must("outbox", "1", "--as", "smtp"):gsub("^%s+", "")))
  end)

  it("names the channels and kinds there are, and asks for a message", function()
    assert.matches("没有渠道或平台“pager”；有：wecom%-bot、", office:refused("outbox", "1", "--as", "pager"))
    assert.matches("%-%-as 要写明哪条消息", office:refused("outbox", "--as", "sink"))
    assert.matches("没有消息 99", office:refused("outbox", "99", "--as", "sink"))
    assert.matches("没有渠道或平台“”", office:refused("outbox", "1", "--as", ""))
  end)
end)
