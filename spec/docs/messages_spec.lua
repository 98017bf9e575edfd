-- The administrator's page about messages is true: its commands are typed, on a rehearsal and against the fake
-- platforms; its configurations are read by the real reader; its tables are the code's own.
local courier = require("spec.host.net.courier")
local net = require("raw.net")
local pages = require("spec.support.pages")
local process = require("raw.process")
local replay = require("spec.docs.replay")
local site = require("spec.support.site")
local tables = require("spec.support.tables")

local PAGE = "docs/messages.md"
local BINARY = os.getenv("DUBAN_BINARY") or "build/test/duban"
local HERE = assert(process.run({ "pwd", env = { "PATH=/usr/bin:/bin" } })).out:gsub("%s+$", "")
local KINDS = { "wecom-bot", "wecom-app", "dingtalk-bot", "feishu-bot", "webhook", "smtp", "sink" }

-- What each kind needs to find its fake.
local SECRETS = {
  ["wecom-bot"] = { key = "wecom-test-key-693axxx6" },
  ["wecom-app"] = { secret = "corp-test-secret-0001" },
  ["dingtalk-bot"] = { token = "ding-test-token-0001",
    secret = "SEC000000000000000000000000000000000000000000000000000000000000dead" },
  ["feishu-bot"] = { token = "feishu-test-token-0001", secret = "duban-test-secret" },
  webhook = { secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" },
  smtp = {}, sink = {},
}
local PATHS = { ["wecom-bot"] = "/cgi-bin/webhook/send", ["wecom-app"] = "", ["dingtalk-bot"] = "/robot/send",
  ["feishu-bot"] = "/open-apis/bot/v2/hook", webhook = "/hook" }

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("a")
  file:close()
  return text
end

local function write(text)
  local file = assert(io.open(PAGE, "wb"))
  file:write(text)
  file:close()
end

-- A configuration is Lua's table form, so Lua itself can read it here.
local function data(body)
  return assert(load("return {" .. body .. "}", "conf", "t", {}))()
end

local function written(value)
  if type(value) ~= "table" then
    return type(value) == "string" and ("%q"):format(value) or tostring(value)
  end
  local parts = {}
  for key, inner in pairs(value) do
    parts[#parts + 1] = (type(key) == "string" and key .. " = " or "") .. written(inner)
  end
  return "{ " .. table.concat(parts, ", ") .. " }"
end

local function blocks_of(text, kind)
  local list = {}
  for _, block in ipairs(replay.blocks(text)) do
    if block.kind == kind then
      list[#list + 1] = block.body
    end
  end
  return list
end

-- Every channel of the page.
local function channels_of(text)
  local all = {}
  for _, body in ipairs(blocks_of(text, "lua 渠道")) do
    for name, conf in pairs(data(body)) do
      all[#all + 1] = { name = name, conf = conf }
    end
  end
  return all
end

-- The channel as it finds the fake platform of its kind.
local function faked(conf, fakes)
  local own = { kind = conf.kind, allow = "127.0.0.1", corp = conf.corp and "ww-test-corp", agent = conf.agent,
    from = conf.from, name = conf.name }
  if conf.kind == "sink" then
    own.allow = nil
  elseif conf.kind == "smtp" then
    own.host, own.port, own.tls = "127.0.0.1", fakes.ports.smtp, "none"
  else
    own.url = fakes:url(PATHS[conf.kind])
  end
  for name, text in pairs(SECRETS[conf.kind]) do
    own[name] = "file:" .. HERE .. "/" .. courier.file("secret", text)
  end
  return own
end

-- What differs from run to run; under a limit also how many went out already.
local function steady(text, kind)
  if kind == "运转" then
    text = text:gsub("%d+ 次", "N 次"):gsub("%d+ 条", "N 条")
  end
  return (text:gsub("%d+ 字节", "N 字节"):gsub("%d+ 毫秒", "N 毫秒"):gsub("%d+ 秒", "N 秒")
    :gsub("%d%d%d%d%d%d%d%d%-%d%d%d%d%d%d%-test%-box%-%d+", "时间"))
end

local function insert(office, count, from)
  tables.exec(office, ("WITH RECURSIVE n (i) AS (SELECT %d UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
    .. " INSERT INTO outbox (outbox_id, effect_key, person_id, template, data, principals, status, created_at, channel,"
    .. " priority, retry_at, lease_until, attempts, reason, message) SELECT i, 'k' || i, 8, 'row_warn', '{}', '[]',"
    .. " 'waiting', 1000, 'work', 1, 0, 0, 0, '', '{\"at\":1000,\"id\":\"m' || i ||"
    .. " '\",\"severity\":\"normal\",\"title\":\"整改时限将到\",\"type\":\"row_warn\"}' FROM n")
    :format(from, from + count - 1))
end

describe("the page about messages", function()
  local text = read(PAGE)
  local fakes = courier.fakes()
  local channels = channels_of(text)

  teardown(function()
    fakes:close()
  end)

  -- A site on the real clock whose channels are the page's own, before the fakes; the administrator types.
  local function real_site()
    local office = site.make({ real = true })
    local all = { old = { kind = "wecom-bot", url = fakes:url(PATHS["wecom-bot"]), allow = "127.0.0.1",
      key = "file:" .. HERE .. "/" .. courier.file("secret", "the-key-of-a-robot-that-is-gone") } }
    for _, one in ipairs(channels) do
      if not all[one.name] and not one.conf.cert and not one.conf.proxy then
        all[one.name] = faked(one.conf, fakes)
      end
    end
    site.write(office.path .. "/duban.conf.lua", ('return { office = "430000", route = { "work" }, channels = %s }\n')
      :format(written(all)))
    tables.exec(office, "UPDATE accounts SET person_id = (SELECT person_id FROM people WHERE code = 'P07')")
    tables.exec(office, "INSERT INTO addresses (person_id, kind, address) VALUES (8, 'wecom', 'wanglian'),"
      .. " (8, 'mail', 'wanglian@example.cn')")
    return office
  end

  local function played(kind, folder)
    return replay.page(text, { kind = "console " .. kind, folder = HERE .. "/" .. folder,
      binary = BINARY:sub(1, 1) == "/" and BINARY or HERE .. "/" .. BINARY })
  end

  local office = real_site()
  local all = { ["演练"] = played("演练", site.folder()), ["正式"] = played("正式", office.path) }
  insert(office, 1, 1)
  fakes:fault("wecom", "answer", { body = '{"errcode":40058,"errmsg":"content exceed max length"}' })
  office:run("deliver")
  insert(office, 20, 2)
  all["运转"] = played("运转", office.path)
  if os.getenv("DUBAN_FILL") then
    text = pages.filled(text, KINDS)
    for kind, list in pairs(all) do
      text = replay.filled(text, list, "console " .. kind)
    end
    write(text)
  end

  for kind, list in pairs(all) do
    for at, one in ipairs(list) do
      it(("shows what comes of command %s %d: %s"):format(kind, at, one.typed), function()
        assert.are.equal(steady(one.came, kind), steady(one.shown, kind))
      end)
    end
  end

  it("has configurations that are read as they stand", function()
    assert.is_true(#channels >= #KINDS)
    for _, one in ipairs(channels) do
      assert(net.check_conf(one.conf.kind, one.conf))
    end
    for _, kind in ipairs({ "lua 渠道", "lua 配置" }) do
      for _, body in ipairs(blocks_of(text, kind)) do
        local rest = kind == "lua 渠道" and "channels = {" .. body .. "}" or body
        site.write(office.path .. "/duban.conf.lua", 'return { office = "430000", ' .. rest .. " }\n")
        office:must("channel", "list")
      end
    end
  end)

  it("has a way to try each kind that works as the page says", function()
    local tried = real_site()
    for _, one in ipairs(channels) do
      if not one.conf.cert and not one.conf.proxy then
        local words = { "channel", "test", one.name }
        if one.conf.kind == "wecom-app" or one.conf.kind == "smtp" then
          table.move({ "--to", "王联" }, 1, 2, 4, words)
        end
        assert.matches("^平台接收", tried:must(table.unpack(words)), one.name)
        assert.truthy(text:find("`duban " .. table.concat(words, " "):gsub("王联", "姓名") .. "`", 1, true)
          or one.name ~= words[3], one.name)
      end
    end
  end)

  it("has a section for each kind, with every key and every code", function()
    assert.equal(pages.limits() .. "\n", pages.part(text, "限制"))
    assert.equal(pages.codes() .. "\n", pages.part(text, "码"))
    for _, kind in ipairs(KINDS) do
      assert.truthy(text:find("\n### [^\n]* " .. kind:gsub("%-", "%%-") .. "\n"), kind)
      assert.equal(pages.codes(kind) .. "\n", pages.part(text, "码", kind))
    end
  end)

  for _, kind in ipairs({ "", "lua", table.unpack(KINDS) }) do
    it("names every key of " .. (kind == "" and "any channel" or kind), function()
      local shown = {}
      for name, what in pages.part(text, "键", kind ~= "" and kind or nil):gmatch("| `([%w_]+)` | ([^\n]*)") do
        shown[name] = what:find("必填", 1, true) ~= nil
      end
      local known = {}
      for _, key in ipairs(net.keys(kind ~= "" and kind or nil)) do
        known[key.name] = key.needed
      end
      assert.same(known, shown)
    end)
  end

  it("names every state of a message", function()
    local states = office:refused("outbox", "--status", "none")
    local count = 0
    for id, word in states:gmatch("(%l+)（([^）]+)）") do
      assert.truthy(text:find(("| %s | `%s` |"):format(word, id), 1, true), id)
      count = count + 1
    end
    assert.equal(7, count)
  end)
end)
