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

  it("is missed when it is not there", function()
    os.remove(office.path .. "/duban.conf.lua")
    assert.equal(("duban: 文件 %s/duban.conf.lua：没有这个文件"):format(office.path), office:refused("cases"))
  end)
end)
