-- Who is told, when, through what, and in which words: routes, quiet hours, digests, papers, changes of role.
local json = require("raw.json")
local net = require("raw.net")
local site = require("spec.support.site")
local tables = require("spec.support.tables")

local CONF = [[
return {
  office = "430000",
  channels = {
    edu = { kind = "wecom-app", corp = "ww1", agent = 1, secret = "env:A", serves = { units = { "省教育厅" } } },
    bot = { kind = "wecom-bot", key = "env:B", serves = { roles = { "clerk" } } },
    mail = { kind = "smtp", host = "h", from = "a@b.cn", expires = 48 },
    sms = { kind = "lua", script = "mas.lua", address = "phone", serves = { roles = { "principal" } } },
  },
  route = { "edu", "bot", "sms", "mail" },
  link = "https://duban.example.cn/case/",
  %s
}
]]

local ADDRESSES = [[
INSERT INTO addresses (person_id, kind, address) SELECT person_id, 'wecom', 'wang' FROM people WHERE code = 'P08';
INSERT INTO addresses (person_id, kind, address) SELECT person_id, 'mail', code || '@x.cn' FROM people
  WHERE code IN ('P08', 'P12', 'P13');
]]

local function make(options)
  options = options or {}
  local office = site.make({ clock = options.clock or "2026-03-02 09:30", workflows = { "spec/data/letters.lua" } })
  site.write(office.path .. "/duban.conf.lua", CONF:format(options.quiet or ""))
  tables.exec(office, ADDRESSES)
  return office
end

local function open(office, unit)
  return office:must("open", "letters", "unit=" .. (unit or "省教育厅"), "matter=测", "--by", "李经办"):match("%S+")
end

local function route(office)
  office:must("letters", "route", "--as-configured")
end

local function release(office)
  office:must("letters", "release", "--as-configured")
end

local function rows(office)
  return tables.rows(office, "SELECT o.outbox_id AS id, o.template, p.code AS person, o.status, o.channel, o.priority,"
    .. " o.hold_until, o.expires_at - o.created_at AS worth, o.reason, o.digest_id FROM outbox AS o"
    .. " JOIN people AS p ON p.person_id = o.person_id ORDER BY o.outbox_id")
end

local function lines(office)
  local out = {}
  for at, row in ipairs(rows(office)) do
    out[at] = ("%s %s %s %s"):format(row.template, row.person, row.status, tostring(row.channel))
  end
  return out
end

local function message(office, id)
  local made = json.decode(office:must("letters", "make", tostring(id), "--as-configured"))
  assert(net.check(made))
  return made
end

describe("letters_route", function()
  it("takes the first channel that serves the person and has an address", function()
    local office = make()
    open(office, "省教育厅") -- wecom by unit
    open(office, "省水利厅") -- mail, for want of another
    open(office, "省财政厅") -- no address at all
    office:must("fact", "430000-2026-CB-0001", "催", "--by", "李经办") -- a group, which needs none
    route(office)
    assert.same({ "row_warn P08 waiting edu", "row_warn P12 waiting mail", "row_warn P10 dead nil",
      "transfer_chase P04 waiting bot" }, lines(office))
    local all = rows(office)
    assert.equal("没有陈联络的邮箱；请用 duban import people 补录，再执行 duban outbox replay", all[3].reason)
    assert.equal(20 * 86400000, all[1].worth)
    assert.equal(48 * 3600000, all[2].worth) -- the channel's own, which is shorter
    assert.same({ 2, 2, 1 }, { all[1].priority, all[2].priority, all[4].priority })
  end)

  it("tells the case once, when nobody of a message is left", function()
    local office = make()
    local number = open(office, "省财政厅")
    route(office)
    route(office)
    office:must("tick")
    assert.equal(1, tables.value(office, "SELECT COUNT(*) FROM events WHERE kind = 'unreachable'"))
    assert.same({ "row_warn P10 dead nil", "unreachable P07 waiting nil" }, lines(office))
    route(office)
    office:must("tick")
    assert.same({ "row_warn P10 dead nil", "unreachable P07 dead nil" }, lines(office)) -- and that is told to nobody
    assert.equal(1, tables.value(office, "SELECT COUNT(*) FROM events WHERE kind = 'unreachable'"))
    assert.matches("无人", office:must("case", number))
  end)

  it("uses the sink alone on a rehearsal", function()
    local office = make()
    open(office, "省财政厅")
    office:must("letters", "route")
    assert.same({ "row_warn P10 waiting sink" }, lines(office))
  end)

  it("gives a message to whoever holds the role today", function()
    local office = make({ clock = "2026-06-30 09:30" })
    open(office, "省水利厅") -- for P12, until today
    office:must("tick", "--until", "2026-07-01 09:30")
    route(office)
    assert.same({ "row_warn P13 waiting mail" }, lines(office))
  end)

  it("gives whoever stands in besides a copy, and nothing to who left", function()
    local office = make({ clock = "2026-06-29 09:30" })
    open(office, "省水利厅")
    tables.exec(office, [[INSERT INTO roles (person_id, office_id, unit_id, role, starts_on) SELECT 9,
      r.office_id, r.unit_id, 'liaison', '2026-06-30' FROM roles AS r
      JOIN people AS p ON p.person_id = r.person_id WHERE p.code = 'P12';
      INSERT INTO addresses (person_id, kind, address) VALUES (9, 'mail', 'in@x.cn')]])
    office:must("tick", "--until", "2026-06-30 09:30")
    route(office)
    route(office)
    assert.same({ "row_warn P12 waiting mail", "row_warn P09 waiting sms" }, lines(office))
  end)

  it("says that nobody holds the role any more", function()
    local office = make({ clock = "2026-06-29 09:30" })
    open(office, "省水利厅")
    tables.exec(office, "UPDATE roles SET ends_on = '2026-06-29' WHERE role = 'liaison'")
    office:must("tick", "--until", "2026-06-30 09:30")
    route(office)
    assert.equal("现在无人担任收件的角色；补录任职后执行 duban outbox replay", rows(office)[1].reason)
    office:must("tick")
    assert.equal("unreachable P07 waiting nil", lines(office)[2])
  end)

  it("lets a broken template spoil its own messages alone", function()
    local office = make()
    site.write(office.path .. "/templates/row_warn.md", "# 坏\n\n{{#x}}")
    open(office)
    office:must("fact", "430000-2026-CB-0001", "催", "--by", "李经办")
    route(office)
    assert.same({ "row_warn P08 dead nil", "transfer_chase P04 waiting bot" }, lines(office))
    assert.equal("templates/row_warn.md:3:4: 段落没有结束：缺少 {{/名称}}", rows(office)[1].reason)
  end)
end)

describe("a message that carries a paper", function()
  it("waits until the paper is numbered", function()
    local office = make()
    local number = open(office)
    office:must("fact", number, "拟函", "--by", "李经办")
    route(office)
    local held = rows(office)[2]
    assert.equal("等文书 supervision_letter 编号后发送", held.reason)
    assert.is_nil(held.channel)
    office:must("fact", number, "印发", "--by", "赵主任")
    office:must("tick", "--until", "2026-03-02 10:30")
    release(office)
    assert.equal("transfer_issued P08 waiting edu", lines(office)[2])
    assert.same({ "文号", "湘编办函〔2026〕1号" }, message(office, held.id).facts[2])
  end)
end)

describe("quiet hours", function()
  local QUIET = 'quiet = { from = "18:00", to = "08:30", workdays = true },'

  it("hold what is not critical until the office opens", function()
    local office = make({ clock = "2026-09-30 20:00", quiet = QUIET })
    local number = open(office)
    route(office)
    local row = rows(office)[1]
    assert.equal("免打扰，2026-10-08 08:30 后发送", row.reason)
    assert.is_nil(row.channel)
    release(office) -- not yet
    assert.equal(row.hold_until, rows(office)[1].hold_until)
    office:must("tick", "--until", "2026-10-08 08:30")
    release(office)
    assert.equal("row_warn P08 waiting edu", lines(office)[1])
    assert.equal("", rows(office)[1].reason)
    assert.same({ "整改时限", "2026年10月10日" }, message(office, row.id).facts[2])
    assert.equal(number, message(office, row.id).number)
  end)

  it("are each person's own, and critical messages override them", function()
    local office = make({ clock = "2026-03-02 12:30" })
    tables.exec(office, "INSERT INTO preferences (person_id, quiet_from, quiet_to) VALUES (8, 720, 840)")
    open(office)
    route(office)
    assert.equal("免打扰，2026-03-02 14:00 后发送", rows(office)[1].reason)
    site.write(office.path .. "/templates/row_warn.md", "# 急\n<!-- 级别：特急 -->\n\n立即办理")
    open(office)
    route(office)
    assert.equal("row_warn P08 waiting edu", lines(office)[2])
    assert.equal("critical", message(office, 2).severity)
  end)

  it("end with another look: a closed case is cancelled, a moved date rendered anew, another person told", function()
    local office = make({ clock = "2026-06-30 20:00", quiet = QUIET })
    local first, second = open(office, "省水利厅"), open(office, "省教育厅")
    local third = open(office, "省教育厅")
    route(office)
    office:must("tick", "--until", "2026-06-30 20:01")
    office:must("fact", second, "办结", "--by", "李经办")
    office:must("fact", third, "extension_granted", "deadline=finish", "workdays=5", "reason=测", "--by", "赵主任")
    route(office)
    office:must("tick", "--until", "2026-07-01 08:30")
    release(office)
    local all = rows(office)
    assert.same({ "row_warn P13 waiting mail", "row_warn P08 cancelled nil", "row_warn P08 waiting edu",
      "row_struck P08 waiting edu" }, lines(office)) -- what the closing itself said is sent
    assert.equal("案件已办结", all[2].reason)
    assert.same({ "整改时限", "2026年7月10日" }, message(office, all[3].id).facts[2])
    assert.equal(first, message(office, all[1].id).number)
  end)
end)

describe("letters_make", function()
  it("renders the neutral message with its link, address and stable id", function()
    local office = make()
    local number = open(office)
    route(office)
    local made = message(office, 1)
    local token = made.link:match("^https://duban%.example%.cn/case/" .. number:gsub("%-", "%%-") .. "%?t=(%x+)$")
    assert.equal(32, #token)
    made.id, made.link = #made.id, nil
    assert.same({ id = 32, number = number, title = "整改时限将到", at = 1772415000000, severity = "normal",
      facts = { { "台账编号", number }, { "整改时限", "2026年3月5日" } }, mention = "", type = "row_warn",
      body = "请抓紧整改，在时限前申报销号；不能按期完成的，请在到期前书面申请延期。",
      to = { name = "王联", address = "wang" } }, made)
    assert.is_nil(json.encode(tables.rows(office, "SELECT * FROM outbox")):find(token, 1, true))
    assert.equal(64, #tables.value(office, "SELECT template_hash FROM outbox WHERE outbox_id = 1"))
    assert.equal(64, #tables.value(office, "SELECT token_hash FROM outbox WHERE outbox_id = 1"))
  end)

  it("mentions in a group, and keeps the site's own words before the library's", function()
    local office = make()
    site.write(office.path .. "/templates/transfer_chase.md", "# {{workflow}}\n\n{{name}}：{{office}}请你办理 {{nobody}}。")
    local number = open(office)
    office:must("fact", number, "催", "--by", "李经办")
    tables.exec(office, "INSERT INTO addresses (person_id, kind, address) VALUES (4, 'wecom', 'li')")
    route(office)
    local made = message(office, 2)
    assert.same({ "催办", "李经办：湖南省委编办请你办理。", "li" }, { made.title, (made.body:gsub("%s", "")), made.mention },
      made.body)
  end)
end)

describe("digests", function()
  local function collecting(office)
    tables.exec(office, "INSERT INTO preferences (person_id, digest_at) VALUES (8, 900)") -- 15:00
  end

  it("collect what may wait, and go as one message", function()
    local office = make({ quiet = 'quiet = { from = "18:00", to = "08:30", workdays = true },' })
    collecting(office)
    local first, second = open(office), open(office)
    office:must("fact", first, "拟函", "--by", "李经办") -- urgent: by itself
    route(office)
    assert.same({ "row_warn P08 digested nil", "row_warn P08 digested nil" }, { lines(office)[1], lines(office)[2] })
    release(office)
    assert.equal(1, tables.value(office, "SELECT COUNT(*) FROM digests WHERE status = 'open'"))
    office:must("tick", "--until", "2026-03-02 15:00")
    release(office)
    release(office)
    assert.equal("digest P08 waiting edu", lines(office)[4])
    assert.equal(3, rows(office)[4].priority)
    local made = message(office, 4)
    assert.equal("督办事项汇总（2 件）", made.title)
    assert.equal(("- 整改时限将到：%s，2026年3月5日前\n- 整改时限将到：%s，2026年3月5日前"):format(first, second),
      made.body)
    assert.equal(4, #rows(office))
  end)

  it("of one use its own template, of none are not sent", function()
    local office = make()
    collecting(office)
    local first, second = open(office), open(office)
    route(office)
    office:must("tick", "--until", "2026-03-02 10:00")
    office:must("fact", first, "办结", "--by", "李经办")
    office:must("tick", "--until", "2026-03-02 15:00")
    release(office)
    assert.same({ "row_warn P08 cancelled nil", "row_warn P08 waiting edu" }, { lines(office)[1], lines(office)[2] })
    local third = open(office)
    route(office)
    office:must("tick", "--until", "2026-03-02 15:30")
    office:must("fact", second, "办结", "--by", "李经办")
    office:must("fact", third, "办结", "--by", "李经办")
    tables.exec(office, "UPDATE outbox SET status = 'cancelled' WHERE template = 'row_struck'")
    office:must("tick", "--until", "2026-03-03 15:00")
    release(office)
    assert.equal(0, tables.value(office, "SELECT COUNT(*) FROM outbox WHERE template = 'digest'"))
    assert.equal(0, tables.value(office, "SELECT COUNT(*) FROM digests WHERE status = 'open'"))
  end)
end)
