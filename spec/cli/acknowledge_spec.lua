-- A code out of a message: used once, it records that its person has seen it; what is no code learns nothing.
local json = require("raw.json")
local site = require("spec.support.site")
local tables = require("spec.support.tables")

describe("duban acknowledge", function()
  local office, number

  local function token_of(id)
    return json.decode(office:must("letters", "make", tostring(id))).link:match("%?t=(%x+)$")
  end

  local function seen()
    return tables.rows(office, "SELECT c.number, e.actor, e.recorder FROM events AS e JOIN cases AS c"
      .. " ON c.case_id = e.case_id WHERE e.kind = 'fact' AND e.name = 'seen' ORDER BY e.case_id, e.seq")
  end

  before_each(function()
    office = site.make({ clock = "2026-03-02 09:30", workflows = { "spec/data/letters.lua" } })
    site.write(office.path .. "/duban.conf.lua",
      'return { office = "430000", link = "https://duban.example.cn/case/" }')
    number = office:must("open", "letters", "unit=省教育厅", "matter=测", "--by", "李经办"):match("%S+")
    office:must("letters", "route")
  end)

  it("records the fact once, for the person of the message, and says when it was", function()
    local token = token_of(1)
    office:must("tick", "--until", "2026-03-02 10:15")
    assert.equal("已记王联于 2026-03-02 10:15 阅知，涉及案件 1 件。", office:must("acknowledge", token))
    office:must("tick", "--until", "2026-03-03 11:00")
    assert.equal("王联已于 2026-03-02 10:15 确认收到。",
      office:must("acknowledge", "https://duban.example.cn/case/" .. number .. "?t=" .. token))
    local rows = seen()
    assert.equal(1, #rows)
    assert.equal(number, rows[1].number)
    assert.equal("P08", rows[1].actor)
    assert.same({ first = false, person = "王联", number = number, seen_at = "2026-03-02 10:15", facts = 0 },
      office:json("acknowledge", token))
    office:must("verify")
  end)

  it("gives the same answer to everything that is no code", function()
    local token = token_of(1)
    local answers = {}
    for _, text in ipairs({ "x", "", token:sub(1, 31), token .. "0", ("0"):rep(32), token:upper() .. "?", "' OR 1=1 --",
      tables.value(office, "SELECT token_hash FROM outbox WHERE outbox_id = 1") }) do
      answers[office:refused("acknowledge", text)] = true
    end
    assert.same({ ["duban: 这个确认码无效"] = true }, answers)
    assert.same({}, seen())
  end)

  it("of a closed case keeps when, and leaves the case alone", function()
    local token = token_of(1)
    office:must("fact", number, "办结", "--by", "李经办")
    assert.equal("王联于 2026-03-02 09:30 确认收到；没有在办案件需要登记。", office:must("acknowledge", token))
    assert.matches("王联已于", office:must("acknowledge", token))
    assert.same({}, seen())
  end)

  it("of a digest counts for each of its cases", function()
    tables.exec(office, "INSERT INTO preferences (person_id, digest_at) VALUES (8, 900)")
    office:must("open", "letters", "unit=省教育厅", "matter=测", "--by", "李经办")
    office:must("open", "letters", "unit=省教育厅", "matter=测", "--by", "李经办")
    office:must("letters", "route")
    office:must("tick", "--until", "2026-03-02 15:00")
    office:must("letters", "release")
    assert.matches("涉及案件 2 件", office:must("acknowledge", token_of(4)))
    assert.equal(2, #seen())
  end)
end)
