-- What a decision does to the case's own row: the paper that a fact signs takes its number, a correction changes
-- the record and the unit, a case that another one opened has its defaults; and verify agrees in any language.
local json = require("raw.json")
local site = require("spec.support.site")
local tables = require("spec.support.tables")

local FIRST = "430000-2026-YJ-0001"

describe("the row of a case", function()
  local office

  local function record()
    return json.decode(tables.value(office, "SELECT record FROM cases WHERE number = '" .. FIRST .. "'"))
  end

  local function unit()
    return tables.value(office, "SELECT u.code FROM cases AS c JOIN units AS u ON u.unit_id = c.unit_id"
      .. " WHERE c.number = '" .. FIRST .. "'")
  end

  setup(function()
    office = site.make({ workflows = { "workflows/case_transfer.lua", "workflows/transfer_part.lua" } })
    office:must("open", "case_transfer", "lead_unit=省教育厅", "co_units=省财政厅、省水利厅", "items=清理超编",
      "--by", "P04")
  end)

  it("has the defaults of fields nobody filled in, without anybody's words", function()
    assert.same({ kind = "workdays", n = 40 }, record().term)
  end)

  it("takes the 文号 in the state that a signing fact leads to", function()
    office:must("fact", FIRST, "issued", "--by", "P01")
    assert.equal("湘编办函〔2026〕1号", tables.value(office, "SELECT number FROM documents"))
  end)

  it("leaves an empty form out of the history", function()
    assert.equal("{}", tables.value(office, "SELECT body FROM events WHERE name = 'issued' AND is_input = 1"))
  end)

  it("fills in the defaults of the cases it opened", function()
    office:must("tick", "--until", "2026-03-02 18:00")
    local children = tables.rows(office, "SELECT record FROM cases WHERE workflow = 'transfer_part'")
    assert.equal(2, #children)
    for _, child in ipairs(children) do
      assert.is_not_nil(json.decode(child.record).unit)
    end
  end)

  it("follows a correction, with the unit it names", function()
    assert.equal("S001", unit())
    office:must("fact", FIRST, "corrected", "fact=opened", "reason=误登", "data=lead_unit=S002；items=清理超编进人",
      "--by", "P03")
    assert.equal("清理超编进人", record().items)
    assert.equal("S002", unit())
  end)

  it("verifies in either language, and not when somebody else changed the record", function()
    for _, language in ipairs({ "zh", "en" }) do
      local done = site.duban({ "-C", office.path, "verify" }, { env = { DUBAN_LANG = language } })
      assert.equal(0, done.code, done.out)
    end
    tables.exec(office, "UPDATE cases SET record = '{\"items\":\"x\"}' WHERE number = '" .. FIRST .. "'")
    assert.equal(1, office:run("verify").code)
  end)
end)
