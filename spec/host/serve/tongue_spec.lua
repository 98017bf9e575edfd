-- What is stored is the same in every language: only what a reader is shown is said in the reader's. A site made under
-- one language folds again under the other.
local site = require("spec.support.site")
local tables = require("spec.support.tables")

local NUMBER = "430000-2026-DY-0001"

-- A case whose deadlines cannot be armed, whose child is withdrawn and whose script tells what it caught.
local function lived(language)
  local office = site.make({ env = { DUBAN_LANG = language } })
  office:must("publish", "spec/data/quiet.lua", "spec/data/tongue.lua", "--approve-by", "rehearsal")
  office:must("open", "tongue", "unit=省教育厅", "--by", "P04")
  office:must("tick", "--until", "2026-03-04 18:00")
  office:must("fact", NUMBER, "halted", "--by", "P03")
  office:must("tick", "--until", "2026-03-10 18:00")
  return office
end

describe("a stored row", function()
  local zh, en

  setup(function()
    zh, en = lived("zh"), lived("en")
  end)

  for name, sql in pairs({
    ["of a case's history"] = "SELECT kind, name, body, hex(hash) AS hash FROM events ORDER BY case_id, seq",
    ["of a message"] = "SELECT effect_key, template, data FROM outbox ORDER BY outbox_id",
    ["of the audit"] = "SELECT act, object, body, hex(hash) AS hash FROM audit ORDER BY audit_id",
    ["of a version in use"] = "SELECT workflow, settings FROM activations ORDER BY activation_id",
    ["of the calendar"] = "SELECT hash, years FROM calendars",
  }) do
    it(name .. " is the same whatever language it was written under", function()
      assert.same(tables.rows(zh, sql), tables.rows(en, sql))
    end)
  end

  it("holds what could not start, as a code that is said in the reader's language", function()
    local body = tables.value(zh, "SELECT body FROM events WHERE kind = 'noted' AND name = 'second'")
    assert.equal('{"reason":"no_start_day"}', body)
    assert.matches("“自来文起”：未能起算，起算日期没有填写", (zh:must("explain", NUMBER):gsub("\n%s*", "")))
    assert.matches("could not start, its first day is not filled in", (en:must("explain", NUMBER):gsub("\n%s*", " ")))
  end)

  it("is folded again under the other language", function()
    for language, office in pairs({ en = zh, zh = en }) do
      local done = site.duban({ "-C", office.path, "verify" }, { env = { DUBAN_LANG = language } })
      assert.equal(0, done.code, done.out .. done.err)
    end
  end)
end)
