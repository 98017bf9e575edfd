-- What an administrator is told about channels before and after something was sent: what is missing, and what the
-- rest waits for.
local process = require("raw.process")
local queue = require("spec.support.queue")
local serving = require("spec.support.serving")
local site = require("spec.support.site")
local text = require("raw.text")

local function flat(words)
  return (words:gsub("%s+", ""))
end

local function doctor(conf)
  local here = queue.make(conf)
  local done = here.site:run("doctor")
  here:close()
  return flat(done.out), done
end

describe("doctor", function()
  it("says which is missing: channels, or the route", function()
    assert.matches("没有配置消息渠道", (doctor("")))
    assert.matches("配置了渠道，没有写route", (doctor('channels = { box = { kind = "sink" } }')))
    local all = doctor('channels = { box = { kind = "sink" } }, route = { "box" }')
    assert.is_nil(all:find("渠道", 1, true))
  end)

  it("finds the files of secrets and certificates that are not there or open to the world", function()
    local folder = site.folder()
    local open = site.write(folder .. "/open", "secret")
    local shut = site.write(folder .. "/shut", "secret")
    assert(process.run({ "chmod", "644", open, env = { "PATH=/usr/bin:/bin" } }))
    assert(process.run({ "chmod", "600", shut, env = { "PATH=/usr/bin:/bin" } }))
    local here = assert(process.run({ "pwd", env = { "PATH=/usr/bin:/bin" } })).out:gsub("%s+$", "") .. "/"
    local told, done = doctor(([[channels = {
      a = { kind = "wecom-bot", key = "file:%s" }, b = { kind = "wecom-bot", key = "file:%s", ca = "/none/ca.pem" },
      c = { kind = "dingtalk-bot", token = "env:T", secret = "file:/none/ding" },
      d = { kind = "lua", script = "x.lua", secrets = { k = "file:/none/lua" } } }, route = { "a" }]])
      :format(here .. shut, here .. open))
    assert.equal(1, done.code)
    assert.is_nil(told:find("渠道a的", 1, true))
    assert.matches("渠道b的key：密钥文件.*open人人可读写", told)
    assert.matches("渠道b的ca：文件/none/ca.pem：没有这个文件", told)
    assert.matches("渠道c的secret：文件/none/ding", told)
    assert.matches("渠道d的k：文件/none/lua", told)
    for line in done.out:gmatch("[^\n]+") do
      assert.is_true(text.width(line) <= 80, line)
    end
  end)
end)

describe("deliver", function()
  local here

  after_each(function()
    here:close()
  end)

  local function told(...)
    return here.site:must("deliver", ...)
  end

  it("says what the rest waits for", function()
    here = queue.make('channels = { work = { kind = "wecom-bot", key = "env:NONE" } }, route = { "work" }')
    here:add({ count = 20 })
    here:script("transient 502")
    local first = told()
    assert.matches("  work：1 条等待重试，最早 %d+ 秒后", first)
    assert.matches("  work：1%d 条，渠道限速，%d+ 秒后可再发", first)
    assert.matches("deliver %-%-until%-empty 等到发完", first)
    here.site:must("channel", "pause", "work", "--reason", "停用", "--by", "P07")
    local second = told()
    assert.matches("渠道已暂停；恢复用 duban channel resume work", second)
    assert.matches("下次发送 +%d+ 秒后", here.site:must("outbox", "1"))
    here.site:must("channel", "resume", "work", "--by", "P07")
    assert.equal(0, here:row(1).retry_at) -- it need not wait any longer
  end)

  it("says that there is no route", function()
    here = queue.make('channels = { box = { kind = "sink" } }')
    here:add({ channel = "x" })
    here:script()
    assert.matches("1 条没有渠道可走：duban.conf.lua 没有写 route", told())
  end)
end)

describe("channel test", function()
  it("says where a sink wrote the message", function()
    local office = site.make()
    local told = office:must("channel", "test", "sink", "--by", "P07")
    local path = told:match("文件：(%S+)")
    local file = assert(io.open(path))
    assert.matches("督办系统试发", file:read("a"))
    file:close()
    assert.matches("^平台接收  200  （", told)
  end)

  it("works beside serve, through a courier of its own, and leaves sending to serve", function()
    local office = site.make({ real = true })
    site.write(office.path .. "/duban.conf.lua",
      'return { office = "430000", channels = { box = { kind = "sink" } }, route = { "box" } }')
    local served = serving.start(office)
    assert.matches("^平台接收  200", office:must("channel", "test", "box", "--by", "P07"))
    assert.matches("^平台接收  200", office:must("channel", "test", "box", "--by", "P07"))
    assert.matches("duban serve 正在运行，消息由它发送", office:refused("deliver"))
    assert.equal(0, served:stop().code)
    office:must("deliver")
  end)
end)
