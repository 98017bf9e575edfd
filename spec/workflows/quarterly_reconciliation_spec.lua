-- 季度对账: what the job asks, what it sends, and what it says at the end.
local shipped = require("spec.workflows.shipped")

local run = require("engine.run")
local words = require("words")

local FILE = "jobs/quarterly_reconciliation.lua"

local function answer(rows, at)
  local asked
  local host = { out = function() end, call = function(request)
    asked = request
    return { ok = true, value = rows }
  end }
  words.set_language("zh")
  local reply = run.answer({ op = "run", kind = "job", name = FILE, source = shipped.read(FILE), settings = {},
    at = at or 1774573200000 }, host, { calendars = {} }, 20539) -- 2026-03-27
  return reply, asked
end

describe("the quarterly reconciliation", function()
  local rows = { { unit = "省教育厅", open = 3, overdue = 1, struck = 2 },
    { unit = "省水利厅", open = 1, overdue = 0, struck = 4 } }

  it("asks one question with bound days, without WITH", function()
    local _, asked = answer(rows)
    assert.are.equal("store.rows", asked.call)
    assert.are.same({ "2026-01-01", "2026-03-27" }, asked.args[2])
    assert.is_nil(asked.args[1]:upper():find("WITH", 1, true))
    assert.is_nil(asked.args[1]:find(";", 1, true))
  end)

  it("keeps the list and tells the registry", function()
    local reply = answer(rows)
    assert.are.same({ kind = "document", name = "reconciliation_list",
      data = { quarter = "2026年第1季度", day = "2026-03-27", rows = rows } }, reply.acts[1])
    assert.are.same({ kind = "notify", to = { "registry" }, template = "reconciliation",
      data = { quarter = "2026年第1季度", open = 4, overdue = 1, struck = 6 } }, reply.acts[2])
  end)

  it("says in one sentence what it found, also when there is nothing", function()
    assert.are.equal("2026年第1季度：2 个责任单位，未销号 4 件，其中超期 1 件，本季销号 6 件", (answer(rows)).returned)
    assert.are.equal("2026年第1季度：0 个责任单位，未销号 0 件，其中超期 0 件，本季销号 0 件", (answer({})).returned)
  end)
end)
