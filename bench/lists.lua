-- The bench of lists: a province with its 14 cities and 122 counties, 300,000 cases of which 30,000 are open, and
-- the same with a tenth of the closed ones. The cases are those of the example, folded for real, copied row by row
-- under new numbers for other offices and units; only their hashes are no longer theirs.
local clock = require("raw.clock")
local process = require("raw.process")
local store = require("raw.store")

local lists = {}

local OPEN, CLOSED, RUNS = 30000, 270000, 48
local UNITS = { "教育局", "民政局", "财政局", "人社局", "自然资源局", "生态环境局", "住建局", "交通局", "水利局", "农业农村局",
  "商务局", "文旅局", "卫健委", "应急局", "审计局", "市场监管局", "体育局", "统计局", "医保局", "林业局" }

local PLACES = [[
INSERT INTO offices (code, name, level, parent_id) SELECT value ->> 0, (value ->> 1) || '委编办', value ->> 2, 1
  FROM json_each($1);
]]

local PEOPLE = [[
INSERT INTO units (office_id, code, name, normal, kind, region, level, starts_on)
  SELECT o.office_id, o.code || '-' || u.key, substr(o.name, 1, length(o.name) - 3) || u.value,
    substr(o.name, 1, length(o.name) - 3) || u.value, '机关', o.code, o.level, '2018-01-01'
  FROM offices AS o, json_each($1) AS u WHERE o.office_id > 1;
INSERT INTO people (office_id, code, name, normal, unit_id, phone)
  SELECT u.office_id, 'L' || u.code, '联络' || u.unit_id, '联络' || u.unit_id, u.unit_id, '' FROM units AS u
  WHERE u.office_id > 1;
INSERT INTO roles (person_id, office_id, unit_id, role, starts_on)
  SELECT person_id, office_id, unit_id, 'liaison', '2018-01-01' FROM people WHERE code LIKE 'L4%';
INSERT INTO people (office_id, code, name, normal, phone)
  SELECT o.office_id, r.value || o.code, r.value || o.code, r.value || o.code, '' FROM offices AS o,
    json_each('["director", "deputy", "section_head", "clerk", "admin"]') AS r WHERE o.office_id > 1;
INSERT INTO roles (person_id, office_id, role, starts_on)
  SELECT person_id, office_id, substr(code, 1, length(code) - 6), '2018-01-01' FROM people
  WHERE unit_id IS NULL AND office_id > 1;
CREATE TABLE bench_templates (at INTEGER PRIMARY KEY, case_id INTEGER, is_open INTEGER, unit TEXT, code TEXT);
INSERT INTO bench_templates (case_id, is_open, unit, code) SELECT c.case_id, c.closed_at IS NULL, u.code, v.code
  FROM cases AS c JOIN units AS u ON u.unit_id = c.unit_id JOIN activations AS a USING (activation_id)
  JOIN versions AS v USING (version_id) WHERE c.seq <= 24 ORDER BY c.closed_at IS NULL, c.case_id;
CREATE TABLE bench_offices (at INTEGER PRIMARY KEY, office_id INTEGER, code TEXT, first INTEGER, units INTEGER);
INSERT INTO bench_offices SELECT row_number() OVER (ORDER BY o.office_id) - 1, o.office_id, o.code,
  (SELECT MIN(unit_id) FROM units AS u WHERE u.office_id = o.office_id),
  (SELECT COUNT(*) FROM units AS u WHERE u.office_id = o.office_id) FROM offices AS o;
CREATE TABLE bench_clones (case_id INTEGER PRIMARY KEY, template INTEGER, office_id INTEGER, number TEXT,
  unit_id INTEGER, unit TEXT, old_unit TEXT);
]]

-- $1 first id, $2 how many, $3 open or not, $4 first template, $5 how many templates.
local CLONES = [[
DELETE FROM bench_clones;
WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < $2)
INSERT INTO bench_clones SELECT $1 + i, t.case_id, o.office_id,
  printf('%s-%d-%s-%05d', o.code, CASE WHEN $3 THEN 2025 + ($1 + i) / 137 % 2 ELSE 2023 + ($1 + i) / 137 % 3 END,
    t.code, ($1 + i) / 137), u.unit_id, u.code, t.unit
  FROM n JOIN bench_offices AS o ON o.at = ($1 + i) % 137
  JOIN bench_templates AS t ON t.at = $4 + (($1 + i) * 7919) % $5
  JOIN units AS u ON u.unit_id = o.first + ($1 + i) / 137 % o.units;
INSERT INTO cases (case_id, number, office_id, workflow, activation_id, state, unit_id, record, snapshot, seq, folded,
  head, due, wake_at, round, opened_at, closed_at, outcome, set_aside, late_since)
  SELECT k.case_id, k.number, k.office_id, c.workflow, c.activation_id, c.state, k.unit_id,
    replace(c.record, '"' || k.old_unit || '"', '"' || k.unit || '"'), c.snapshot, c.seq, c.folded, c.head, c.due,
    c.wake_at, c.round, c.opened_at, c.closed_at, c.outcome, c.set_aside, c.late_since
  FROM bench_clones AS k JOIN cases AS c ON c.case_id = k.template;
INSERT INTO events SELECT k.case_id, e.seq, e.is_input, e.kind, e.name, e.at, e.now, e.occurred, e.actor, e.recorder,
  e.version, e.calendar, e.line, e.body, e.digest, e.hash
  FROM bench_clones AS k JOIN events AS e ON e.case_id = k.template;
INSERT INTO terms SELECT t.term, k.case_id FROM bench_clones AS k JOIN terms AS t ON t.case_id = k.template
  ORDER BY t.term, k.case_id;
INSERT INTO proposals (case_id, effect_key, step, title, signs, next_sign, status, raised_at, settled_at)
  SELECT k.case_id, p.effect_key, p.step, p.title, p.signs, p.next_sign, p.status, p.raised_at, p.settled_at
  FROM bench_clones AS k JOIN proposals AS p ON p.case_id = k.template;
INSERT INTO outbox (case_id, effect_key, person_id, template, data, principals, status, created_at, priority, retry_at,
  lease_until, attempts, reason)
  SELECT k.case_id, m.effect_key, m.person_id, m.template, m.data, m.principals, m.status, m.created_at, m.priority,
    m.retry_at, m.lease_until, m.attempts, m.reason
  FROM bench_clones AS k JOIN bench_templates AS t ON t.case_id = k.template AND t.is_open
  JOIN outbox AS m ON m.case_id = k.template;
]]

local DONE = [[
INSERT INTO numbers (office_id, series, year, last) SELECT o.office_id, t.code, y.value, 99999
  FROM bench_offices AS o, (SELECT DISTINCT code FROM bench_templates) AS t, json_each('[2023, 2024, 2025, 2026]') AS y
  WHERE 1 ON CONFLICT (office_id, series, year) DO UPDATE SET last = 99999;
DROP TABLE bench_clones;
DROP TABLE bench_offices;
DROP TABLE bench_templates;
]]

--- Each statement of a text in one transaction, with those of the values that it names.
local function exec(db, text, values)
  assert(store.begin(db))
  for statement in text:gmatch("(.-);\n") do
    local most = 0
    for index in statement:gmatch("%$(%d)") do
      most = math.max(most, tonumber(index))
    end
    assert(store.run(db, statement, { table.unpack(values or {}, 1, most) }))
  end
  assert(store.commit(db))
end

local function regions(root)
  local rows = {}
  for line in io.lines(root .. "/schema/data/regions.csv") do
    local code, name, level = line:match("^(%d+),([^,]+),(%a+)")
    if code and level ~= "province" then
      rows[#rows + 1] = ('["%s", "%s", "%s"]'):format(code, name, level)
    end
  end
  return "[" .. table.concat(rows, ",") .. "]"
end

local function numbers(db, sql)
  local row = assert(store.rows(db, sql))[1]
  return row.a, row.b
end

--- Copies templates until there are so many open or closed cases; a city is above its counties by its code.
local function fill(db, is_open, count)
  local first = numbers(db, "SELECT MAX(case_id) + 1 AS a FROM cases")
  local at, span = numbers(db, ("SELECT MIN(at) AS a, COUNT(*) AS b FROM bench_templates WHERE is_open = %d"):format(
    is_open and 1 or 0))
  local have = numbers(db, ("SELECT COUNT(*) AS a FROM cases WHERE (closed_at IS NULL) = %d"):format(
    is_open and 1 or 0))
  for done = have, count - 1, 10000 do
    local some = math.min(10000, count - done)
    exec(db, CLONES, { first, some, is_open and 1 or 0, at, span })
    first = first + some
  end
end

--- A site of its own at folder, made out of the example at from.
function lists.make(tools, from, folder, closed)
  tools.shell(("rm -rf %s; cp -r %s %s"):format(folder, from, folder))
  local db = assert(store.open("sqlite:" .. folder .. "/duban.db", "write"))
  exec(db, PLACES, { regions(tools.root) })
  exec(db, "UPDATE offices SET parent_id = (SELECT p.office_id FROM offices AS p WHERE p.level = 'city'"
    .. " AND substr(p.code, 1, 4) = substr(offices.code, 1, 4)) WHERE level = 'county';\n")
  exec(db, PEOPLE, { '["' .. table.concat(UNITS, '","') .. '"]' })
  fill(db, false, closed)
  fill(db, true, OPEN)
  exec(db, DONE)
  store.close(db)
end

--- What people ask, in turn: a county's, a city's and the province's people.
local ASKED = {
  todo = {
    { "--office", "430121", "todo", "--by", "clerk430121" },
    { "--office", "431200", "todo", "--by", "clerk431200" },
    { "--office", "430700", "todo", "--by", "deputy430700" }, { "todo", "--by", "赵新新" },
    { "todo", "--by", "段远建" },
    { "--office", "430522", "todo", "--by", "director430522" }, { "todo", "--by", "何杰桂" },
    { "--office", "430121", "todo", "--by", "L430121-3" },
  },
  find = {
    { "find", "ZG-01234" }, { "find", "sjyt" }, { "find", "超编" }, { "find", "省财政厅" }, { "find", "2024-DX-0111" },
    { "--office", "430121", "find", "清理 超编" }, { "find", "联络99" }, { "--office", "431200", "find", "教育局" },
    { "find", "查无此词" },
  },
  cases = {
    { "cases" }, { "cases", "--overdue", "--limit", "50" }, { "--office", "430121", "cases", "--open" },
    { "--office", "431200", "cases", "--page", "2" }, { "cases", "--unit", "省财政厅" },
    { "cases", "--open", "--workflow", "rectification", "--sort", "due" },
    { "--office", "430700", "cases", "--state", "整改中" },
    { "cases", "--closed", "--workflow", "电话提醒", "--limit", "20" },
  },
  case = {
    { "case", "430000-2025-YJ-0001" }, { "case", "430000-2025-ZG-0027" },
    { "--office", "430000", "case", "2025-YT-0007" },
    { "case", "YJ-0009" }, { "case", "430000-2025-TH-0003" },
  },
}

local function quantile(list, part)
  table.sort(list)
  return list[math.max(1, math.ceil(#list * part))]
end

--- How long one process took, in milliseconds.
local function took(tools, folder, asked)
  local words = { tools.duban, "-C", folder, env = { "PATH=/usr/bin:/bin", "DUBAN_LANG=zh" }, timeout_ms = 60000 }
  for _, word in ipairs(asked) do
    words[#words + 1] = word
  end
  local began = clock.micros()
  local done = assert(process.run(words))
  if done.code ~= 0 then
    error(table.concat(words, " ") .. ": " .. done.err, 0)
  end
  return (clock.micros() - began) / 1000
end

--- Both sites in turn, so that whatever else the machine does falls on both; the first round only warms up.
local function compare(tools, large, small)
  for _, name in ipairs({ "todo", "find", "cases", "case" }) do
    local asked, many, few = ASKED[name], {}, {}
    for run = 1 - #asked, RUNS do
      local one = asked[run % #asked + 1]
      local of_few, of_many = took(tools, small, one), took(tools, large, one)
      if run > 0 then
        many[#many + 1], few[#few + 1] = of_many, of_few
      end
    end
    local p95, few_p95 = quantile(many, 0.95), quantile(few, 0.95)
    local ratio = p95 / few_p95
    tools.report({ bench = "lists_" .. name, value = p95, unit = "ms", floor = few_p95, ratio = ratio, bar = 100,
      ok = p95 < 100 and ratio <= 1.3, extra = { { "median", quantile(many, 0.5) },
        { "median_tenth", quantile(few, 0.5) } } })
  end
end

--- Tells of each list its 95th percentile, and the ratio to a site with a tenth of the closed cases. Sites that a
--- run before this one made are taken as they are when DUBAN_BENCH_KEEP says so.
function lists.run(tools)
  local example, large, small = tools.folder .. "/example", tools.folder .. "/lists", tools.folder .. "/lists_tenth"
  if not os.getenv("DUBAN_BENCH_KEEP") then
    tools.shell(("cd %s && DUBAN_LANG=zh %s lua docs/example/walk.lua %s"):format(tools.root, tools.duban, example))
    lists.make(tools, example, small, CLOSED // 10)
    lists.make(tools, example, large, CLOSED)
  end
  compare(tools, large, small)
end

return lists
