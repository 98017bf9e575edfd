-- What a script, a file or a damaged row may bring: it is refused with a sentence, costs the case it belongs to and
-- nothing else, and does not steer the terminal.
local process = require("raw.process")
local site = require("spec.support.site")
local tables = require("spec.support.tables")
local trial = require("spec.crash.trial")

local PEOPLE = { "import", "people", "spec/data/people.csv" }

local function office(...)
  local made = site.make({ clock = "2026-03-02 08:30" })
  local words = { "publish", ... }
  words[#words + 1], words[#words + 2] = "--approve-by", "rehearsal"
  made:must(table.unpack(words))
  return made
end

local function state(here, number)
  return tables.value(here, "SELECT state FROM cases WHERE number = '" .. number .. "'")
end

local function aside(here)
  return tables.value(here, "SELECT COUNT(*) FROM cases WHERE set_aside IS NOT NULL")
end

describe("what a script asks for", function()
  local here

  setup(function()
    here = site.make({ workflows = { "spec/data/probe.lua" } })
  end)
  teardown(function()
    trial.remove(here)
  end)

  local function run(text)
    return here:run("run", site.write(here.path .. "/script.lua", text))
  end

  it("is a result of at most one frame, and the script may go on after it asked for more", function()
    local done = run([[
      local long = ("字"):rep(100000)
      local ok, why = pcall(store.rows, "SELECT $1 AS a FROM v_people AS u, v_people AS v", { long })
      print(ok, why)
      print(#store.rows("SELECT $1 AS a FROM v_people LIMIT 9", { long }))
    ]])
    assert.equal(0, done.code, done.err)
    assert.matches("^false\t.*查询结果超过 16 MB.*\n9\n", done.out)
  end)

  it("is a message or a paper with a name that fits", function()
    for _, act in ipairs({
      [[notify.send("director", ("x"):rep(300), {})]],
      [[notify.send("director", "transfer_warn", { text = ("x"):rep(300000) })]],
      [[document.make(("字"):rep(100), {})]],
      [[document.make("supervision_letter", { text = ("x"):rep(300000) })]],
    }) do
      local before = tables.counts(here)
      local done = run(act)
      assert.equal(1, done.code, act)
      assert.matches("过大，或不是 UTF%-8 文本", done.err)
      assert.equal(before, tables.counts(here))
    end
  end)

  it("does not reach the terminal as a control character", function()
    local done = run([[print("甲\u{9b}31m乙\u{202e}丙\u{2066}丁\27[2J") error("戊\u{9b}己\u{202e}庚")]])
    for _, said in ipairs({ done.out, done.err }) do
      assert.is_nil(said:find("\u{9b}", 1, true))
      assert.is_nil(said:find("\u{202e}", 1, true))
      assert.is_nil(said:find("\u{2066}", 1, true))
      assert.is_nil(said:find("\27", 1, true))
    end
    assert.matches("甲?31m乙?丙?丁", done.out, 1, true)
    assert.matches("戊", done.err, 1, true)
  end)

  it("is logged in whole characters, however long", function()
    local done = run([[for lead = 1, 3 do log(("x"):rep(lead) .. ("字"):rep(2000)) end]])
    assert.equal(0, done.code, done.err)
    assert.matches("info: xxx字字", done.err, 1, true)
    assert.is_nil(done.err:find("?", 1, true))
    assert.is_truthy(utf8.len(done.err))
  end)
end)

describe("what a case tells another", function()
  it("is refused to the one that tells it when it is too large", function()
    local here = office("spec/data/loud.lua", "spec/data/quiet.lua")
    local CHILD = "430000-2026-AJ-0001"
    local rows = "SELECT COUNT(*) FROM events AS e JOIN cases AS c ON c.case_id = e.case_id WHERE c.number = '"
      .. CHILD .. "'"
    here:must("open", "loud", "unit=S001", "--by", "P04")
    here:must("tick")
    local before = tables.value(here, rows)
    site.write(here.path .. "/form.json", '{"text":"' .. ("x"):rep(150000) .. '"}')
    assert.matches("过大", here:refused("fact", "430000-2026-DS-0001", "shouted", "--input", here.path .. "/form.json",
      "--by", "P03"), 1, true)
    here:must("tick")
    assert.equal(before, tables.value(here, rows))
    assert.equal(0, aside(here))
    here:must("fact", "430000-2026-DS-0001", "shouted", "text=好", "--by", "P03")
    here:must("tick")
    assert.equal(before + 1, tables.value(here, rows))
    here:must("verify")
    trial.remove(here)
  end)
end)

describe("a damaged row", function()
  local here

  before_each(function()
    here = office("spec/data/mother.lua", "spec/data/daughter.lua", "spec/data/tally.lua")
    here:must("open", "mother", "unit=S001", "helpers=省财政厅、省水利厅", "holder=P04", "--by", "P04")
  end)
  after_each(function()
    trial.remove(here)
  end)

  for _, body in ipairs({ "NULL", "'{'" }) do
    it("of an input that waits puts its case aside and no other: " .. body, function()
      tables.exec(here, "UPDATE events SET body = " .. body .. " WHERE seq = 1 AND case_id = (SELECT case_id FROM cases"
        .. " WHERE number = '430000-2026-FB-0001')")
      here:must("tick")
      assert.equal(1, aside(here))
      assert.matches("第 1 行", tables.value(here, "SELECT set_aside FROM cases WHERE set_aside IS NOT NULL"), 1, true)
      assert.equal("working", state(here, "430000-2026-FB-0002"))
      assert.matches("搁置", here:refused("fact", "430000-2026-FB-0001", "done", "--by", "P03"), 1, true)
    end)
  end

  it("of a job is told, and everything else goes on", function()
    tables.exec(here, "UPDATE versions SET about = json_set(about, '$.every', json('{\"fortnight\":3}'))"
      .. " WHERE workflow = 'tally'")
    local done = here:run("tick", "--until", "2026-03-16 12:00")
    assert.equal(0, done.code, done.err)
    assert.matches("作业不能排期，已跳过：tally", done.err, 1, true)
    assert.equal("working", state(here, "430000-2026-FB-0002"))
  end)
end)

describe("verify", function()
  it("finds nothing wrong beside a command that writes", function()
    local here = office("spec/data/climb.lua")
    for _ = 1, 4 do
      here:must("open", "climb", "starts=2026-03-02", "matter=甲", "--by", "P04")
    end
    for round = 1, 8 do
      local writers = {}
      for i = 1, 4 do
        writers[i] = trial.start(here, { "fact", "430000-2026-ZJ-000" .. i, "remarked", "text=" .. round,
          "--by", "P04" })
      end
      here:must("verify")
      for i = 1, 4 do
        assert.equal(0, trial.wait(writers[i]).code)
      end
    end
    trial.remove(here)
  end)
end)

describe("a clock that was set back", function()
  it("is not followed behind what is recorded", function()
    local here = setmetatable({ path = site.folder() .. "/site" }, getmetatable(site.make({ bare = true })))
    here:must("init", here.path, "--office", "430000")
    here:must("import", "units", "spec/data/units.csv")
    here:must(table.unpack(PEOPLE))
    assert.equal("", here:run("doctor").err)
    local newest = tables.value(here, "SELECT MAX(at) FROM audit") + 10 * 86400000
    tables.exec(here, "UPDATE audit SET at = " .. newest .. " WHERE audit_id = (SELECT MAX(audit_id) FROM audit)")
    local done = here:run("import", "people", "spec/data/people.csv")
    assert.equal(0, done.code, done.err)
    local _, warnings = done.err:gsub("系统时钟早于", "")
    assert.equal(1, warnings)
    assert.is_true(tables.value(here, "SELECT MAX(at) FROM audit") >= newest)
    assert.matches("系统时钟早于已记录的时刻", here:run("doctor").out, 1, true)
    trial.remove(here)
  end)
end)

describe("a worker that answers with an instant that cannot be", function()
  local SERVICE = [[
local real = require("engine.honest")
local service = {}
for name, value in pairs(real) do service[name] = value end
function service.answer(request)
  local reply = real.answer(request)
  if request.op == "decide" then
    for at, item in ipairs(request.items) do
      local answer = reply.items[at]
      %s
    end
  end
  return reply
end
return service
]]

  local function library(lie)
    local folder = site.folder()
    local made = assert(process.run({ "sh", "-c", ("mkdir -p %s/build/test && cp %s %s/build/test/duban"
      .. " && cp -rL scripts schema templates %s/ && cd %s/scripts/engine && mv service.lua honest.lua"):format(folder,
      trial.BINARY, folder, folder, folder), env = { "PATH=/usr/bin:/bin" } }))
    assert.equal(0, made.code, made.err)
    site.write(folder .. "/scripts/engine/service.lua", SERVICE:format(lie))
    return folder
  end

  for word, lie in pairs({
    wake = "if item[3] then answer[3] = item[3] end",
    timer = "if item[3] then for _, row in ipairs(answer[1]) do"
      .. " if row[2] == 'timer' then row[4] = item[3] + 1 end end end",
  }) do
    it("costs the case alone: " .. word, function()
      local here = office("spec/data/climb.lua")
      here:must("open", "climb", "starts=2026-03-02", "matter=甲", "--by", "P04")
      local folder = library(lie)
      local done = site.duban({ "-C", here.path, "tick", "--until", "2026-03-25" },
        { binary = folder .. "/build/test/duban", ms = 20000 })
      assert.equal(0, done.code, done.err)
      assert.equal(1, aside(here))
      assert.matches("工作进程的答复有误：" .. word, tables.value(here, "SELECT set_aside FROM cases"), 1, true)
      trial.remove(here)
    end)
  end
end)
