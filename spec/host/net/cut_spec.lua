-- Cutting by bytes between graphemes, with a mark; and the limits of each platform, at and over.
local json = require("raw.json")
local net = require("raw.net")
local support = require("spec.host.net.support")

local MARK, SHORT = "…（全文见链接）", "…"

-- What a reader sees as one character, several ways.
local GRAPHEMES = {
  "a", "督", "\u{20BB7}", "e\u{301}", "e\u{301}\u{302}", "\u{1F44D}\u{1F3FD}", "\u{2764}\u{FE0F}",
  "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}", "\u{1F1E8}\u{1F1F3}", "1\u{FE0F}\u{20E3}", "\u{1112}\u{1161}\u{11AB}",
  "が", "か\u{3099}", "葛\u{E0100}", "\r\n",
}

describe("net.cut", function()
  it("leaves a text that fits exactly", function()
    assert.equal("督办", net.cut("督办", 6))
    assert.equal("", net.cut("", 0))
  end)

  it("never adds more than the limit, wherever it falls", function()
    local text = table.concat(GRAPHEMES):rep(3)
    for limit = 0, #text do
      local cut = net.cut(text, limit, limit % 2 == 0)
      assert.is_true(#cut <= limit)
      assert.is_truthy(utf8.len(cut))
    end
  end)

  it("cuts between graphemes only", function()
    for _, one in ipairs(GRAPHEMES) do
      for _, other in ipairs(GRAPHEMES) do
        local text = one .. other .. one .. other
        local ends = { [0] = true, [#one] = true, [#one + #other] = true, [2 * #one + #other] = true }
        for kept = 0, #text - 1 do
          local cut = net.cut(text, kept + #SHORT)
          if cut ~= text then
            local length = #cut - #SHORT
            assert.equal(SHORT, cut:sub(-#SHORT))
            -- Two flags side by side are still two: the pair counts from the left.
            assert.is_true(ends[length] == true, ("%q cut at %d"):format(text, length))
          end
        end
      end
    end
  end)

  it("marks what is missing, and says where the whole is", function()
    assert.equal("督办" .. MARK, net.cut(("督办"):rep(30), 6 + #MARK, true))
    assert.equal("督" .. SHORT, net.cut(("督办"):rep(30), 6, true))
    assert.equal("", net.cut("督办", 2))
  end)
end)

--- The text a platform counts, and the size that its limit counts.
local PLATFORMS = {
  { name = "wecom-bot markdown", kind = "wecom-bot", most = 4096,
    text = function(tree) return tree.markdown.content end },
  { name = "wecom-bot text", kind = "wecom-bot", most = 2048, conf = { format = "text" },
    text = function(tree) return tree.text.content end },
  { name = "wecom-app text", kind = "wecom-app", most = 2048, text = function(tree) return tree.text.content end },
  { name = "wecom-app markdown", kind = "wecom-app", most = 2048, conf = { format = "markdown" },
    text = function(tree) return tree.markdown.content end },
  { name = "dingtalk-bot", kind = "dingtalk-bot", most = 20000, whole = true,
    text = function(tree) return tree.markdown.text end },
  { name = "feishu-bot card", kind = "feishu-bot", most = 20000 - 79, whole = true,
    text = function(tree) return tree.card.body.elements[1].content end },
  { name = "feishu-bot post", kind = "feishu-bot", most = 20000 - 79, whole = true, conf = { format = "post" },
    text = function(tree) return tree.content.post.zh_cn.content[1][1].text end },
  { name = "webhook", kind = "webhook", most = 20000, whole = true, text = function(tree) return tree.data.body end },
}

local function rendered(platform, body, changes)
  local message = support.message({ body = body })
  for key, value in pairs(changes or {}) do
    message[key] = value or nil
  end
  local text = assert(net.render(platform.kind, platform.conf, message))
  local tree = support.tree(text)
  return platform.whole and #text or #platform.text(tree), platform.text(tree), tree, text
end

describe("the limit of", function()
  for _, platform in ipairs(PLATFORMS) do
    it(platform.name .. " is used to the last byte and never passed", function()
      local base = rendered(platform, "x")
      local room = platform.most - base + 1
      local size, text = rendered(platform, ("x"):rep(room))
      assert.equal(platform.most, size)
      assert.is_nil(text:find(SHORT, 1, true))
      size, text = rendered(platform, ("x"):rep(room + 1))
      assert.equal(platform.most, size)
      assert.is_truthy(text:find(MARK, 1, true))
      _, text = rendered(platform, ("x"):rep(room + 1), { link = false, mention = false })
      assert.is_nil(text:find(MARK, 1, true))
    end)

    it(platform.name .. " holds with four-byte and combined characters at the edge", function()
      for _, piece in ipairs({ "\u{20BB7}", "e\u{301}\u{302}", "\u{1F468}\u{200D}\u{1F469}", '"\\', "督" }) do
        for shift = 0, 8 do
          local size, text, _, body = rendered(platform, ("a"):rep(shift) .. piece:rep(60000 // #piece))
          assert.is_true(size <= platform.most)
          assert.is_true(size > platform.most - 60 - #piece * 2)
          assert.is_truthy(utf8.len(text))
          assert.is_truthy(json.decode(body))
          local before = text:match("^(.-)" .. MARK)
          local last = before:sub(-#piece)
          assert.is_true(last == piece or piece == '"\\', ("%s ends in %q"):format(platform.name, last))
        end
      end
    end)

    it(platform.name .. " never costs the link or the mention", function()
      local _, text, _, body = rendered(platform, ("督"):rep(20000), { mention = "lisi" })
      assert.is_truthy(body:find("https://duban.example.gov.cn/case/1", 1, true))
      assert.is_truthy(platform.kind == "wecom-app" or body:find("lisi", 1, true))
      assert.is_truthy(text:find(MARK, 1, true))
    end)
  end

  it("the webhook refuses what cannot be cut", function()
    local facts = {}
    for i = 1, 40 do
      facts[i] = { "事项", ("督"):rep(1000) }
    end
    local body, why, kind = net.render("webhook", {}, support.message({ facts = facts }))
    assert.same({ nil, "invalid" }, { body, kind })
    assert.is_truthy(why:find("20000"))
  end)
end)
