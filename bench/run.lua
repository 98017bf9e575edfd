-- The benches: `make bench` runs them all, `build/duban lua bench/run.lua NAME…` some. Each measure is the median
-- of three runs beside its floor in the same minutes, and is printed as one JSON line.
local clock = require("raw.clock")
local process = require("raw.process")
local store = require("raw.store")

local HERE = arg and arg[0] and arg[0]:match("^(.*)/bench/run%.lua$") or "."
local ROOT = HERE .. "/build/bench"
local DRIVE, FLOOR, DUBAN = ROOT .. "/drive", ROOT .. "/floor", HERE .. "/build/duban"
local BATCH = 256
local CLIENTS = 64 -- of serve; as many clerks, P2 is no clerk
local SCALE = tonumber(os.getenv("DUBAN_BENCH_SCALE") or "1")

local function shell(command)
  local done = assert(process.run({ "sh", "-c", command, timeout_ms = 900000 }))
  if done.code ~= 0 then
    error(("%s\n%s%s"):format(command, done.out, done.err), 0)
  end
  return done.out
end

--- One flat JSON object of numbers, as drive and floor print it.
local function figures(text)
  local found = {}
  for name, value in text:gmatch('"([%w_]+)":([-%w.]+)') do
    found[name] = tonumber(value) or value == "true"
  end
  return found
end

local function median(list)
  table.sort(list)
  return list[(#list + 1) // 2]
end

local function report(measure)
  local line = {}
  for _, key in ipairs({ "bench", "value", "unit", "floor", "ratio", "bar", "ok" }) do
    local value = measure[key]
    if value ~= nil then
      local text = type(value) == "string" and ("%q"):format(value)
        or math.type(value) == "float" and ("%.4g"):format(value) or tostring(value)
      line[#line + 1] = ("%q:%s"):format(key, text)
    end
  end
  for _, extra in ipairs(measure.extra or {}) do
    line[#line + 1] = ("%q:%.4g"):format(extra[1], extra[2])
  end
  print("{" .. table.concat(line, ",") .. "}")
  io.flush()
  return measure.ok
end

--- A fresh site at build/bench/NAME with the procedure active and one clerk, or so many: each rung tells every one.
local function site(name, clerks)
  local folder = ROOT .. "/" .. name
  shell(("rm -rf %s && %s init %s --office 430000 --clock 'virtual=2025-09-01 08:00'"):format(
    folder, DUBAN, folder))
  for _, rung in ipairs({ "one", "two", "three", "four" }) do
    shell(("echo '# {{number}}' > %s/templates/bench_%s.md"):format(folder, rung))
  end
  local people = folder .. "/people.csv"
  local file = assert(io.open(people, "w"))
  file:write("编码,姓名,单位,角色,任职日期,离任日期,电话\nP1,张三,,clerk,2020-01-01,,\nP2,李四,,admin,2020-01-01,,\n")
  for i = 3, (clerks or 1) + 1 do
    file:write(("P%d,张三%d,,clerk,2020-01-01,,\n"):format(i, i))
  end
  file:close()
  shell(("%s -C %s import people %s"):format(DUBAN, folder, people))
  shell(("%s -C %s publish %s/bench/procedure.lua --approve-by rehearsal"):format(DUBAN, folder, HERE))
  return folder
end

local function drive(command, folder, ...)
  local words = { DRIVE, command, HERE, folder or "" }
  for _, word in ipairs({ ... }) do
    words[#words + 1] = "'" .. tostring(word) .. "'"
  end
  return figures(shell(table.concat(words, " ")))
end

local function settle(folder)
  shell(("%s -C %s version >/dev/null; sync"):format(DUBAN, folder))
end

local function copy_of(folder, name)
  shell(("cp %s/duban.db %s/%s.db; if [ -s %s/duban.db-wal ]; then cp %s/duban.db-wal %s/%s.db-wal; fi"):format(
    folder, ROOT, name, folder, folder, ROOT, name))
  return ROOT .. "/" .. name .. ".db"
end

--- The site as it was when the copy was made, so that its cases are opened once for three runs.
local function put_back(before, folder)
  shell(("rm -f %s/duban.db*; cp %s %s/duban.db; if [ -s %s-wal ]; then cp %s-wal %s/duban.db-wal; fi;"
    .. " chmod 600 %s/duban.db*; sync"):format(folder, before, folder, before, before, folder, folder))
end

local function floor(before, folder, batch)
  shell(("rm -f %s/floor.db*; cp %s %s/floor.db; if [ -s %s-wal ]; then cp %s-wal %s/floor.db-wal; fi"):format(
    ROOT, before, ROOT, before, before, ROOT))
  return figures(shell(("%s %s/floor.db %s/duban.db %d"):format(FLOOR, ROOT, folder, batch)))
end

local benches = {}
local climbed -- a site whose cases all went up the ladder, once there is one

local function ladder(name, seed)
  local count = math.floor(100000 * SCALE)
  local ratios, values, floors, extra, syncs = {}, {}, {}, {}, {}
  local folder = site(name)
  drive("open", folder, count, 40, seed)
  settle(folder)
  local before = copy_of(folder, "before")
  for _ = 1, 3 do
    put_back(before, folder)
    local ours = drive("tick", folder, "2026-03-01")
    local bare = floor(before, folder, BATCH)
    local rungs = count * 4
    assert(ours.messages == rungs, "the ladder did not climb all its rungs")
    values[#values + 1] = rungs / ours.seconds
    floors[#floors + 1] = rungs / bare.seconds
    ratios[#ratios + 1] = bare.seconds / ours.seconds
    syncs[#syncs + 1] = ours.syncs / rungs
    extra = { { "keeper_us", ours.keeper_ms * 1000 / rungs }, { "worker_us", ours.workers_ms * 1000 / rungs },
      { "rows_per_decision", (bare.rows or 0) / rungs } }
  end
  climbed = folder
  local ratio = median(ratios)
  report({ bench = name, value = median(values), unit = "decisions/s", floor = median(floors), ratio = ratio,
    bar = 0.5, ok = ratio >= 0.5, extra = extra })
  if name == "ladder" then
    local each = median(syncs)
    report({ bench = "fsyncs", value = each, unit = "fsyncs/decision", bar = 0.02, ok = each <= 0.02 })
  end
end

function benches.ladder()
  ladder("ladder", 0)
end

function benches.ladder_shuffled()
  ladder("ladder_shuffled", 20250901)
end

function benches.single()
  local count = math.floor(3000 * SCALE)
  local ratios, values, floors, extra = {}, {}, {}, {}
  local folder = site("single")
  drive("open", folder, count + 1, 40, 0)
  settle(folder)
  local before = copy_of(folder, "before")
  for _ = 1, 3 do
    put_back(before, folder)
    local ours = drive("single", folder, count)
    local bare = floor(before, folder, 1)
    values[#values + 1] = ours.facts / ours.seconds
    floors[#floors + 1] = bare.decisions / bare.seconds
    ratios[#ratios + 1] = values[#values] / floors[#floors]
    extra = { { "keeper_us", ours.keeper_ms * 1000 / ours.facts },
      { "worker_us", ours.workers_ms * 1000 / ours.facts } }
  end
  local ratio = median(ratios)
  report({ bench = "single", value = median(values), unit = "facts/s", floor = median(floors), ratio = ratio,
    bar = 0.75, ok = ratio >= 0.75, extra = extra })
end

--- Nine days on which 1,000 cases fall due, while all the others lie far ahead.
local function sweep_of(folder)
  local seen = { times = {}, pss = 0 }
  for run = 1, 9 do
    local before = run == 9 and copy_of(folder, "before")
    local day = os.date("%Y-%m-%d", os.time({ year = 2025, month = 9, day = 8 + run, hour = 12 }))
    local ours = drive("tick", folder, day .. " 12:00")
    if ours.cases > 0 then
      seen.times[#seen.times + 1] = ours.seconds
      seen.rows, seen.steps = ours.rows / ours.cases, ours.vm_steps / ours.cases
    end
    seen.pss = math.max(seen.pss, ours.pss_kb)
    if before then
      seen.pages, seen.floor = ours.pages, floor(before, folder, BATCH).pages
    end
  end
  return seen
end

function benches.sweep()
  local first
  for _, wished in ipairs({ 10000, 100000, 1000000 }) do
    local size = math.floor(wished * SCALE)
    local folder = site("sweep")
    drive("open", folder, size, size // 1000 * 2, 0)
    local seen = sweep_of(folder)
    first = first or seen
    local flat = math.max(seen.rows / first.rows, seen.steps / first.steps)
    local pages = seen.pages / math.max(seen.floor, 1)
    report({ bench = "sweep", value = median(seen.times) * 1000, unit = "ms", ratio = flat, bar = 1.3,
      ok = flat <= 1.3,
      extra = { { "open", size }, { "rows_per_case", seen.rows }, { "vm_steps_per_case", seen.steps } } })
    report({ bench = "sweep_pages", value = seen.pages, unit = "pages", floor = seen.floor, ratio = pages, bar = 1.5,
      ok = pages <= 1.5, extra = { { "open", size } } })
    if wished == 1000000 then
      report({ bench = "memory", value = seen.pss / 1024, unit = "MiB", bar = 100, ok = seen.pss / 1024 < 100 })
    end
  end
end

function benches.start()
  local times = {}
  for run = 1, 10 do
    local took = drive("start").milliseconds
    if run > 1 then
      times[#times + 1] = took
    end
  end
  local value = median(times)
  report({ bench = "start", value = value, unit = "ms", bar = 30, ok = value < 30 })
end

function benches.verify()
  local folder = climbed
  if not folder then
    folder = site("verify")
    drive("open", folder, math.floor(100000 * SCALE), 40, 0)
    drive("tick", folder, "2026-03-01")
  end
  local rates = {}
  for _ = 1, 3 do
    local done = drive("verify", folder)
    assert(done.clean, "verify found faults")
    rates[#rates + 1] = done.cases / done.seconds
  end
  report({ bench = "verify", value = median(rates), unit = "cases/s", ok = true })
end

function benches.lists()
  require("bench.lists").run({ root = HERE, folder = ROOT, duban = DUBAN, shell = shell, report = report })
end

-- ---- duban serve --------------------------------------------------------------------------------------------------

local function serve(folder)
  return assert(process.start({ DUBAN, "-C", folder, "serve", env = { "PATH=/usr/bin:/bin", "DUBAN_LANG=zh" } }))
end

local function stop(served)
  process.kill(served, 15)
  local ended = assert(process.wait(served, 30000))
  process.close(served)
  assert(ended.code == 0, ended.err)
end

local function record(folder, count, clients, first)
  local ours = figures(shell(("%s/clients %s %d %d %d"):format(ROOT, folder, count, clients, first)))
  return ours.facts / ours.seconds
end

--- CPU of the processes of serve, in ms: user and system, the supervisor and all below it.
local function cpu_of(served)
  local pids, total = { process.pid(served) }, 0
  local at = 1
  while pids[at] do
    local below = io.open(("/proc/%d/task/%d/children"):format(pids[at], pids[at])):read("a")
    for child in below:gmatch("%d+") do
      pids[#pids + 1] = tonumber(child)
    end
    local line = io.open(("/proc/%d/stat"):format(pids[at])):read("a")
    local user, system = line:match("^.*%) %a" .. (" %-?%d+"):rep(10) .. " (%d+) (%d+)")
    total = total + (user + system) * 10
    at = at + 1
  end
  return total
end

function benches.clients()
  local alone, together = math.floor(2000 * SCALE), math.floor(8000 * SCALE)
  local folder = site("crowd", CLIENTS)
  local ratios, values, floors, next_case = {}, {}, {}, 1
  drive("open", folder, (alone + together) * 3 + 10, 40, 0)
  settle(folder)
  local served = serve(folder)
  for _ = 1, 3 do
    floors[#floors + 1] = record(folder, alone, 1, next_case)
    next_case = next_case + alone + 1
    values[#values + 1] = record(folder, together, CLIENTS, next_case)
    next_case = next_case + together + 1
    ratios[#ratios + 1] = values[#values] / floors[#floors]
  end
  stop(served)
  local ratio = median(ratios)
  report({ bench = "clients", value = median(values), unit = "facts/s", floor = median(floors), ratio = ratio, bar = 8,
    ok = ratio >= 8, extra = { { "clients", CLIENTS } } })
end

--- Cases that wake one after the other on the real clock: how late the scheduler is, by the instants it leaves in
--- the audit when it is through, and what it costs while nothing is due.
function benches.wake()
  local count, apart = 20, 200
  local folder = site("wake")
  drive("open", folder, count, 40, 0)
  local handle = assert(store.open("sqlite:" .. folder .. "/duban.db", "write"))
  assert(store.exec(handle, "DELETE FROM site WHERE name IN ('clock', 'now');"
    .. " UPDATE cases SET wake_at = 4102416000000 WHERE wake_at IS NOT NULL"))
  store.close(handle)
  local served = serve(folder)
  shell(("timeout 10 sh -c 'until [ -S %s/duban.sock ]; do :; done'; %s -C %s cases --limit 1"):format(
    folder, DUBAN, folder))
  local before = cpu_of(served)
  assert(not process.wait(served, 5000), "serve ended")
  local idle = cpu_of(served) - before
  stop(served)
  handle = assert(store.open("sqlite:" .. folder .. "/duban.db", "write"))
  local first = clock.now() + 4000
  assert(store.exec(handle, ("UPDATE cases SET wake_at = %d + case_id * %d"):format(first, apart)))
  local mark = assert(store.rows(handle, "SELECT MAX(audit_id) AS id FROM audit"))[1].id
  store.close(handle)
  served = serve(folder)
  assert(not process.wait(served, 4000 + apart * (count + 3)), "serve ended")
  stop(served)
  handle = assert(store.open("sqlite:" .. folder .. "/duban.db", "read"))
  local late = {}
  for _, row in ipairs(assert(store.rows(handle,
    "SELECT at FROM audit WHERE act = 'tick' AND audit_id > " .. mark .. " ORDER BY audit_id"))) do
    late[#late + 1] = (row.at - first) % apart
  end
  store.close(handle)
  assert(#late >= count, "not every case woke by itself")
  table.sort(late)
  report({ bench = "wake", value = late[#late] / 1.0, unit = "ms late at most", bar = 50,
    ok = late[#late] < 50 and idle <= 10, extra = { { "median_ms", median(late) }, { "idle_cpu_ms", idle } } })
end

local order = { "start", "single", "ladder", "ladder_shuffled", "verify", "sweep", "clients", "wake", "lists" }
for _, name in ipairs(#arg > 0 and arg or order) do
  assert(benches[name], "no bench called " .. name)()
end
