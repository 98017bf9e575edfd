-- A ladder run that is stopped again and again: the keeper, its zygote or its workers are ended from outside at
-- random instants, the run is continued, and in the end every row is what an undisturbed run leaves.
-- DUBAN_TRIALS says how often, DUBAN_SEED repeats a run.
local clock = require("raw.clock")
local process = require("raw.process")
local site = require("spec.support.site")
local tables = require("spec.support.tables")
local trial = require("spec.crash.trial")

local TRIALS = tonumber(os.getenv("DUBAN_TRIALS") or "") or 20
local SEED = tonumber(os.getenv("DUBAN_SEED") or "") or os.time()
local CASES = 2000
local TICK = { "--json", "tick", "--until", "2026-03-01" }
local VICTIMS = { "keeper", "worker", "zygote" }

--- 2,000 open cases whose start days spread over forty days, so that rungs fall on many days.
local function ready_site()
  local made = site.make({ clock = "2025-09-01 08:00", workflows = { "spec/data/climb.lua" } })
  local lines = { "起算日,事项" }
  for i = 1, CASES do
    local day = os.time({ year = 2025, month = 9, day = 1 + (i * 7919) % CASES * 40 // CASES, hour = 12 })
    lines[#lines + 1] = ("%s,事项%d"):format(os.date("%Y-%m-%d", day), i)
  end
  site.write(made.path .. "/cases.csv", table.concat(lines, "\n") .. "\n")
  made:must("import", "climb", made.path .. "/cases.csv", "--by", "P04")
  return made
end

local function run_whole(of)
  local began = clock.steady()
  local done = trial.wait(trial.start(of, TICK))
  assert(done.code == 0, done.err)
  return clock.steady() - began
end

--- Kills what the dice chose. What was hit, or nil when the run had ended before.
local function strike(running, roll)
  local victim = VICTIMS[roll(#VICTIMS)]
  local pid = process.pid(running)
  if victim == "keeper" then
    process.kill(running)
    return victim
  end
  local zygote, workers = trial.family(pid)
  local target = victim == "zygote" and zygote or workers[1] and workers[roll(#workers)]
  return target and trial.kill(target) and victim or nil
end

describe("a ladder run that is killed #slow", function()
  local ready, undisturbed, duration

  setup(function()
    ready = ready_site()
    local whole = trial.copy(ready)
    duration = run_whole(whole)
    undisturbed = trial.rows(whole)
    trial.remove(whole)
  end)

  -- Runs until the end, struck as long as trials are left and time is; how often it was.
  local function disturbed(here, roll, left, hits)
    local struck, remaining = 0, duration
    while true do
      local running, began, hit = trial.start(here, TICK), clock.steady(), nil
      if struck < left and not process.wait(running, roll(remaining)) then
        hit = strike(running, roll)
      end
      local ended = trial.wait(running)
      assert(ended.code == 0 or hit and hit ~= "worker", hit or ended.err)
      if hit then
        struck = struck + 1
        hits[hit] = hits[hit] + 1
        here:must("verify")
      end
      if ended.code == 0 then
        return struck
      end
      remaining = math.max(20, remaining - (clock.steady() - began) + 50)
    end
  end

  it(("leaves the rows of an undisturbed run, %d times, seed %d"):format(TRIALS, SEED), function()
    local roll = trial.dice(SEED)
    local hits = { keeper = 0, zygote = 0, worker = 0 }
    local began = clock.steady()
    local done, runs = 0, 0
    while done < TRIALS do
      local here = trial.copy(ready)
      local struck = disturbed(here, roll, TRIALS - done, hits)
      done, runs = done + struck, runs + 1
      if struck > 0 then
        assert.equal(0, tables.value(here, "SELECT COUNT(*) AS n FROM cases WHERE set_aside IS NOT NULL"))
        assert.equal(0, tables.value(here, "SELECT COUNT(*) AS n FROM faults"))
        local difference = trial.difference(trial.rows(here), undisturbed)
        assert(not difference, ("run %d, seed %d: %s"):format(runs, SEED, tostring(difference)))
      end
      trial.remove(here)
    end
    print(("\ncrash: %d trials in %d runs of %d cases, seed %d, %.1f s; keeper %d, zygote %d, worker %d"):format(
      done, runs, CASES, SEED, (clock.steady() - began) / 1000, hits.keeper, hits.zygote, hits.worker))
  end)

  teardown(function()
    if ready then
      trial.remove(ready)
    end
  end)
end)

describe("a planned job whose worker is killed #slow", function()
  it("is nobody's fault, stays planned and runs at the next tick", function()
    local here = site.make({ clock = "2026-03-02 08:30", workflows = { "spec/data/slow.lua" } })
    local tick = { "tick", "--until", "2026-03-06" }
    local running = trial.start(here, tick)
    local workers = {}
    while #workers == 0 do
      local _, found = trial.family(process.pid(running))
      workers = found
      assert(not process.wait(running, 20), "the job ended before it could be killed")
    end
    assert.is_true(trial.kill(workers[1]))
    assert.equal(1, trial.wait(running).code)
    here:must("verify")
    assert.equal("planned", tables.value(here, "SELECT status FROM occurrences"))
    here:must(table.unpack(tick))
    assert.equal(1, tables.value(here, "SELECT COUNT(*) AS n FROM occurrences WHERE status = 'done'"))
    assert.equal(1, tables.value(here, "SELECT COUNT(*) AS n FROM outbox"))
    trial.remove(here)
  end)
end)
