-- Digests under everything at once: random arrivals, flushes and endings of cases, the keeper killed at random. No
-- message is lost, none goes twice, no digest is empty and none of one.
local clock = require("raw.clock")
local site = require("spec.support.site")
local tables = require("spec.support.tables")

local BEGAN = clock.parse_instant("2026-03-02 08:00")
local POINTS = { "letters.before_commit:1", "letters.after_commit:1", "release.before_commit:1",
  "release.after_commit:1" }

local function dice(seed)
  return function(n)
    seed = (seed * 1103515245 + 12345) % 2147483648
    return seed // 65536 % n + 1
  end
end

local function arrive(office, count, of)
  for _ = 1, count do
    of.made = of.made + 1
    tables.exec(office, ([[INSERT INTO outbox (case_id, effect_key, person_id, template, data, principals,
      status, created_at, priority, retry_at, lease_until, attempts, reason)
      VALUES (%s, 'key%d', %d, '%s', '{}', '[]', 'waiting', %d, 2, 0, 0, 0, '')]]):format(
      of.pick(4) > 1 and "NULL" or of.pick(of.cases), of.made, of.pick(3) + 7,
      of.pick(5) > 1 and "row_warn" or "transfer_chase", BEGAN + of.minute * 60000))
  end
end

local function act(office, command, crash)
  site.duban({ "-C", office.path, "letters", command }, { env = { DUBAN_CRASH = crash } })
end

local function run(seed, steps)
  local office = site.make({ clock = "2026-03-02 08:00", workflows = { "spec/data/letters.lua" } })
  local of = { pick = dice(seed), made = 0, cases = 3, minute = 0, closed = 0 }
  for _ = 1, of.cases do
    office:must("open", "letters", "unit=省教育厅", "matter=测", "--by", "李经办")
  end
  tables.exec(office, [[DELETE FROM outbox; INSERT INTO preferences (person_id, digest_at) VALUES (8, 600), (9, 840);]])
  for _ = 1, steps do
    local crash = of.pick(3) == 1 and POINTS[of.pick(#POINTS)] or nil
    local what = of.pick(6)
    if what <= 2 then
      arrive(office, of.pick(3), of)
    elseif what == 3 then
      act(office, "route", crash)
    elseif what <= 5 then
      of.minute = of.minute + of.pick(300)
      office:must("tick", "--until", clock.format_instant(BEGAN + of.minute * 60000))
      act(office, "release", crash)
    elseif of.closed < 2 and of.pick(3) == 1 then
      of.closed = of.closed + 1
      office:must("fact", ("430000-2026-CB-%04d"):format(of.closed), "办结", "--by", "李经办")
    end
  end
  tables.exec(office, "DELETE FROM outbox WHERE template = 'row_struck' AND status = 'waiting' AND channel IS NULL")
  act(office, "route")
  office:must("tick", "--until", "2026-03-12 18:00")
  act(office, "release")
  return office, of
end

describe("digests at random", function()
  for seed = 1, 3 do
    it(("lose nothing, double nothing and are never empty: %d%s"):format(seed, seed > 1 and " #slow" or ""), function()
      local office, of = run(seed * 7919, 30)
      local function count(sql)
        return tables.value(office, "SELECT COUNT(*) AS n FROM " .. sql)
      end
      local OWN = "effect_key GLOB 'key*[0-9]' AND effect_key NOT LIKE '%:%'"
      assert.equal(of.made, count("outbox WHERE " .. OWN))
      assert.equal(0, count("digests WHERE status = 'open'"))
      -- each message went by itself, or stands in one digest that went, or its case ended first
      assert.equal(0, count("outbox AS o WHERE " .. OWN .. [[ AND NOT ((status = 'waiting' AND channel = 'sink')
        OR (status = 'cancelled' AND case_id IS NOT NULL) OR (status = 'digested' AND 1 = (SELECT COUNT(*)
        FROM outbox AS d WHERE d.template = 'digest' AND d.digest_id = o.digest_id AND d.channel = 'sink'
        AND d.person_id = o.person_id)))]]))
      -- and each digest that went holds two or more
      assert.equal(0, count([[outbox AS d WHERE d.template = 'digest' AND 2 > (SELECT COUNT(*) FROM outbox AS o
        WHERE o.status = 'digested' AND o.digest_id = d.digest_id)]]))
      assert.is_true(count("outbox WHERE template = 'digest'") > 0)
      office:must("verify")
    end)
  end
end)
