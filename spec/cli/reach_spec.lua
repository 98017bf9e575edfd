-- Who would not be reached is known before it happens: at the new case, at what comes next, at the doctor's, every
-- night. And templates are checked with the scripts that name them.
local site = require("spec.support.site")
local tables = require("spec.support.tables")

describe("what would not reach anybody", function()
  local office

  before_each(function()
    office = site.make({ clock = "2026-03-02 09:30", workflows = { "spec/data/letters.lua" } })
  end)

  local function open(unit)
    return office:run("open", "letters", "unit=" .. unit, "matter=测", "--by", "李经办")
  end

  it("is told when the case opens, and whatever the case is asked", function()
    tables.exec(office, "UPDATE roles SET ends_on = '2026-03-01' WHERE role = 'liaison' AND person_id = 10")
    local done = open("省财政厅")
    local number = done.out:match("%S+")
    assert.matches("“办理中”的消息送不到任何人：现在无人担任省财政厅的联络员；请用 duban import people 补录任职", done.err)
    local next_one = office:must("next", number):gsub("%s+", "")
    assert.matches("“催办”的消息送不到任何人：现在无人担任省财政厅的联络员", next_one)
    assert.matches("“催办”的消息送不到任何人", (office:must("explain", number):gsub("%s+", "")))
    local list = office:json("next", number)
    assert.equal("unreached", list[#list].kind)
    assert.matches("“催办”的消息送不到任何人.*（1件，如" .. number:gsub("%-", "%%-"), (office:must("doctor"):gsub("%s+", "")))
  end)

  it("is nothing while everybody is there", function()
    local done = open("省教育厅")
    assert.equal("", done.err)
    assert.is_nil(office:must("next", done.out:match("%S+")):find("送不", 1, true))
    assert.matches("在办案件的消息都有人可收", office:must("doctor"))
  end)

  it("is known by channel too, on a site that has them", function()
    local real = site.folder() .. "/real"
    local function must(...)
      local done = site.duban({ "-C", real, ... })
      assert.equal(0, done.code, done.out .. done.err)
      return done
    end
    must("init", real, "--office", "430000")
    site.write(real .. "/duban.conf.lua", [[return { office = "430000", approve_alone = true,
      channels = { mail = { kind = "smtp", host = "h", from = "a@b", serves = { roles = { "liaisn" } } } } }]])
    must("import", "units", "spec/data/units.csv")
    must("import", "people", "spec/data/people.csv")
    must("publish", "spec/data/letters.lua")
    must("approve", "v1", "--opinion", "同意")
    assert.equal("", must("open", "letters", "unit=省教育厅", "matter=测", "--by", "李经办").err) -- nothing is routed yet
    local doctor = site.duban({ "-C", real, "doctor" }).out:gsub("%s+", "")
    assert.matches("配置了渠道，没有写route", doctor)
    assert.matches("渠道mail的serves里没有“liaisn”这个角色", doctor)
    site.write(real .. "/duban.conf.lua", [[return { office = "430000", route = { "mail" },
      channels = { mail = { kind = "smtp", host = "h", from = "a@b" } } }]])
    assert.matches("“办理中”的消息送不到任何人：没有王联的邮箱；请用 duban import people 补录",
      must("open", "letters", "unit=省教育厅", "matter=测", "--by", "李经办").err)
  end)

  it("is looked for at the first tick of a day", function()
    tables.exec(office, "UPDATE roles SET ends_on = '2026-03-02' WHERE role = 'liaison'")
    open("省财政厅")
    assert.equal("", office:run("tick").err)
    assert.matches("消息会送不到人，见 duban doctor", office:run("tick", "--until", "2026-03-03 09:30").err)
    assert.equal("", office:run("tick").err)
    assert.matches('"day":"2026%-03%-03"', tables.value(office, "SELECT value FROM site WHERE name = 'reach'"))
  end)
end)

describe("duban check", function()
  local office

  setup(function()
    office = site.make({ bare = true })
  end)

  local function check(template)
    site.write(office.path .. "/templates/row_warn.md", template)
    local done = office:run("check", "spec/data/letters.lua")
    return done.code, done.out:gsub(office.path .. "/", "")
  end

  it("reads the templates of a script, the site's own before the library's", function()
    assert.equal(0, (check("# 时限将到\n- 案号：{{number}}\n\n{{#due}}{{due}}{{/due}} {{link}} {{name}}")))
    local code, out = check("# 时限将到\n\n请于{{deu}}前办理")
    assert.equal(1, code)
    assert.matches("templates/row_warn.md:3:5: 没有谁给出“deu”，是不是“due”？", out)
    code, out = check("# 时限将到\n\n{{#due}}")
    assert.equal(1, code)
    assert.matches("templates/row_warn.md:3:4: 段落没有结束", out)
  end)

  it("knows that a message can only wait for a paper with a number", function()
    local file = assert(io.open("spec/data/letters.lua"))
    local text = file:read("a")
    file:close()
    local path = site.write(office.path .. "/letters.lua",
      (text:gsub('{ document = "supervision_letter" }', '{ document = "supervision_leter" }')))
    local done = office:run("check", path)
    assert.equal(1, done.code)
    assert.matches("letters.lua:16:5: 消息所附的“supervision_leter”不是本程序里带文号（series）的文书，是不是“supervision_letter”", done.out)
    path = site.write(office.path .. "/letters.lua", (text:gsub(' { series = "湘编办函" }', "")))
    assert.matches("消息所附的“supervision_letter”不是本程序里带文号（series）的文书\n", office:run("check", path).out)
  end)
end)
