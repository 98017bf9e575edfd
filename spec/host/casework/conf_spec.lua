-- duban.conf.lua is data: read, never run, and every mistake told with its place.
local site = require("spec.support.site")

describe("duban.conf.lua", function()
  local office

  setup(function()
    office = site.make({ bare = true })
  end)

  local cases = {
    { 'return { offise = "430000" }', "duban.conf.lua:1:10: 没有“offise”这个配置项，最接近的是“office”" },
    { "return {\n  office = ,\n}", "duban.conf.lua:2:12: 这里应是字符串、数、true、false 或表；配置只是数据，不会执行" },
    { 'return { office = os.getenv("X") }',
      "duban.conf.lua:1:19: 这里应是字符串、数、true、false 或表；配置只是数据，不会执行" },
    { 'return { office = "430000", opens_at = 9 }', 'duban.conf.lua:1:29: opens_at 应是一天中的时刻，如 "09:00"' },
    { 'return { office = "430000", opens_at = "25:00" }',
      'duban.conf.lua:1:29: opens_at 应是一天中的时刻，如 "09:00"' },
    { 'return { office = "430000", confinement = "none" }',
      'duban.conf.lua:1:29: confinement 应是 "require" 或 "allow_none"' },
    { 'return { office = "430000", channels = { work = { kind = "wecom-bt", key = "env:K" } } }',
      "duban.conf.lua:1:51: channels.work.kind 不认识“wecom-bt”，最接近的是“wecom-bot”" },
    { 'return { office = "430000", channels = { work = { kind = "wecom-bot", key = "0123-4567" } } }',
      'duban.conf.lua:1:71: channels.work.key 是密钥，不能写在配置里；请写 "file:/路径"、"env:变量名" 或 "credential:名称"' },
    { 'return { office = "430000", channels = { work = { kind = "wecom-bot", keey = "env:K" } } }',
      "duban.conf.lua:1:71: channels.work.keey 不认识“keey”，最接近的是“key”" },
    { 'return { office = "430000", channels = { work = { kind = "wecom-bot" } } }',
      "duban.conf.lua:1:42: channels.work 缺少 key" },
    { 'return { office = "430000", channels = { gate = { kind = "lua", script = "a.lua", secrets = { k = "x" } } } }',
      'duban.conf.lua:1:95: channels.gate.secrets.k 是密钥，不能写在配置里；请写 "file:/路径"、"env:变量名" 或 "credential:名称"' },
    { 'return { office = "430000", channels = { m = { kind = "smtp", host = "h", from = "a@b", tls = "ssl" } } }',
      "duban.conf.lua:1:89: channels.m.tls 应是其中之一：implicit starttls none" },
    { 'return { office = "430000", channels = { b = { kind = "sink", serves = { unit = { "a" } } } } }',
      "duban.conf.lua:1:74: channels.b.serves.unit 不认识“unit”，最接近的是“units”" },
    { 'return { office = "430000", channels = { b = { kind = "sink" } }, route = { "box" } }',
      "duban.conf.lua:1:67: route 不认识“box”，最接近的是“b”" },
    { 'return { office = "430000", link = "duban.example.cn" }',
      "duban.conf.lua:1:29: link 应是 https:// 或 http:// 开头的地址" },
    { 'return { office = "430000", quiet = { from = "18:00" } }',
      'duban.conf.lua:1:29: quiet 应是 { from = "18:00", to = "08:30", workdays = true }' },
    { 'return { office = "430000", quiet = { form = "18:00" } }',
      "duban.conf.lua:1:39: quiet.form 不认识“form”，最接近的是“from”" },
    { 'return { office = "439999" }', "duban.conf.lua: office: 本站点没有编码或名称为“439999”的机构" },
  }
  for _, case in ipairs(cases) do
    it("is refused with line and column: " .. case[1]:gsub("\n", " "), function()
      site.write(office.path .. "/duban.conf.lua", case[1])
      assert.equal("duban: " .. case[2], office:refused("cases"))
    end)
  end

  for _, text in ipairs({ "", "return", "return {", "return {}}", "return { office = \"430000\" ", "x = 1",
    "return { [1] = 2 }", "return { office = \"43\\q\" }", "return { office = 1e999 }",
    "return { roles = { a = 1 } }", "return { accredited = \"yes\" }",
    "return { office = \"430000\", office = \"430000\" }", ("return {"):rep(3000), "return { --[[ never closed" }) do
    it(("is refused with its place: %q"):format(text:sub(1, 40)), function()
      site.write(office.path .. "/duban.conf.lua", text)
      assert.matches("^duban: duban%.conf%.lua:%d+:%d+: ", office:refused("cases"))
    end)
  end

  it("is refused when it is no text", function()
    for _, text in ipairs({ "\0\0", "return {\n\xff = 1 }" }) do
      site.write(office.path .. "/duban.conf.lua", text)
      assert.equal("duban: duban.conf.lua 不是有效的 UTF-8 文本", office:refused("cases"))
    end
  end)

  it("may be written in any order, with comments and trailing commas", function()
    site.write(office.path .. "/duban.conf.lua",
      '-- 配置\nreturn {\n --[[ 多行\n ]] roles = { drafter = "拟稿人", }, opens_at = "08:30";\n office = "430000" }\n')
    office:must("cases")
  end)

  it("names channels of every kind, with secrets by reference alone", function()
    site.write(office.path .. "/duban.conf.lua", [[
return {
  office = "430000",
  channels = {
    work = { kind = "wecom-bot", url = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send",
             key = "file:/etc/duban/w.key", serves = { units = { "430100" }, roles = { "liaison" } },
             per_minute = 18, expires = 24, unknown = "hold" },
    app = { kind = "wecom-app", corp = "ww1", agent = 1000002, secret = "credential:wecom" },
    ding = { kind = "dingtalk-bot", token = "env:DING_TOKEN", secret = "credential:ding" },
    fei = { kind = "feishu-bot", token = "env:FEISHU", secret = "file:/etc/duban/f.key" },
    mail = { kind = "smtp", host = "mail.gov.cn", port = 465, tls = "implicit", from = "duban@x.gov.cn",
             user = "duban", password = "file:/etc/duban/m.key" },
    gate = { kind = "webhook", url = "https://gate.local/in", secret = "file:/a", old_secret = "file:/b",
             allow = { "10.1.2.3" }, ca = "/etc/ca.pem", proxy = "http://p:3128", cert = "/c.pem",
             cert_key = "file:/k" },
    sms = { kind = "lua", script = "mas.lua", url = "https://mas.local/", address = "phone",
            secrets = { key = "file:/s" } },
    box = { kind = "sink" },
  },
  route = { "app", "work", "mail" },
  link = "https://duban.x.gov.cn/case/",
  quiet = { from = "18:00", to = "08:30", workdays = true },
}]])
    office:must("cases")
  end)

  it("of a new site shows how, and is right once the dashes are gone", function()
    local file = assert(io.open(site.make({ bare = true }).path .. "/duban.conf.lua"))
    local text = file:read("a")
    file:close()
    text = text:gsub("\n  %-%- ([cr}lq])", "\n  %1"):gsub("\n  %-%-   ", "\n    ")
    assert.is_truthy(text:find("\n  route = ", 1, true))
    site.write(office.path .. "/duban.conf.lua", text)
    office:must("cases")
  end)

  it("is missed when it is not there", function()
    os.remove(office.path .. "/duban.conf.lua")
    assert.equal(("duban: 文件 %s/duban.conf.lua：没有这个文件"):format(office.path), office:refused("cases"))
  end)
end)
