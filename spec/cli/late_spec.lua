-- What is late stands in the case's own row; the history says the same, by another way.
local site = require("spec.support.site")
local tables = require("spec.support.tables")

local BY_HISTORY = [[
SELECT COUNT(*) FROM cases AS c WHERE c.closed_at IS NULL AND c.late_since IS NOT (
  SELECT MIN(json_extract(p.body, '$.due')) FROM events AS p WHERE p.case_id = c.case_id AND p.kind = 'passed'
    AND EXISTS (SELECT 1 FROM events AS a WHERE a.case_id = p.case_id AND a.name = p.name AND a.kind = 'armed'
      AND a.body LIKE '%"step"%')
    AND NOT EXISTS (SELECT 1 FROM events AS l WHERE l.case_id = p.case_id AND l.seq > p.seq
      AND ((l.kind = 'superseded' AND l.name = p.name || ':passed')
        OR (l.name = p.name AND l.kind IN ('met', 'submitted', 'armed', 'redated', 'extended')))))]]

describe("an open case", function()
  local office, number

  setup(function()
    office = site.make({ workflows = { "spec/data/probe.lua" } })
    number = office:must("open", "probe", "承办单位=省教育厅", "事由=清理超编", "办理期限=5个工作日", "--by", "P04")
      :match("430000%-%d+%-SY%-%d+")
    office:must("fact", number, "issued", "--by", "P01")
  end)

  local function late()
    assert.equal(0, tables.value(office, BY_HISTORY))
    return tables.value(office, "SELECT late_since FROM cases")
  end

  it("is not late while its day has not passed", function()
    office:must("tick", "--until", "2026-03-09 17:00")
    assert.is_nil(late())
  end)

  it("is late from the end of the day, and listed so", function()
    office:must("tick", "--until", "2026-03-12 17:00")
    assert.equal("2026-03-09", late())
    assert.equal(1, #office:json("cases", "--overdue"))
  end)

  it("is not late when it is closed", function()
    local evidence = site.write(office.path .. "/proof.txt", "x")
    office:must("fact", number, "reported", "text=已办", "files=@" .. evidence, "--by", "P08")
    office:must("fact", number, "accepted", "--by", "P03")
    assert.is_nil(late())
    assert.matches("全部相符", office:must("verify"))
  end)
end)

describe("a case whose report is looked at by the office", function()
  it("is late no more once it is submitted, and again once it is sent back", function()
    local office = site.make({ workflows = { "workflows/transfer_part.lua", "workflows/phone_reminder.lua",
      "workflows/interview.lua", "workflows/circular_notice.lua", "workflows/case_transfer.lua" } })
    local proof = "files=@" .. site.write(office.path .. "/proof.txt", "x")
    local number = office:must("open", "case_transfer", "主办单位=省教育厅", "移交事项=清理超编", "来源=巡视", "轮次=一轮",
      "涉及问题数=1", "办理期限=5个工作日", "--by", "P04"):match("430000%-%d+%-YJ%-%d+")
    local function late()
      return tables.value(office, "SELECT late_since FROM cases WHERE number = '" .. number .. "'")
    end
    office:must("fact", number, "issued", "--by", "P01")
    office:must("fact", number, "signed", "signed_on=2026-03-02", "--by", "P04")
    office:must("tick", "--until", "2026-03-16 17:00")
    assert.equal("2026-03-09", late())
    office:must("fact", number, "reported", "text=已办", proof, "--by", "P08")
    assert.is_nil(late())
    office:must("fact", number, "sent_back", "reason=不全", "--by", "P03")
    assert.equal("2026-03-09", late())
  end)
end)
