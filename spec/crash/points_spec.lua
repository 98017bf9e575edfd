-- Every named crash point: each command that writes is stopped there, the site is proven, and the same command again
-- under its key leaves exactly the rows of a command that nobody disturbed.
local file = require("raw.file")
local site = require("spec.support.site")
local tables = require("spec.support.tables")
local trial = require("spec.crash.trial")

--- An office in the middle of its work: open cases with children, two proposals, a catch-up list, a planned job.
local function office()
  local made = site.make({ clock = "2026-03-02 08:30" })
  made:must("publish", "spec/data/mother.lua", "spec/data/daughter.lua", "spec/data/climb.lua", "spec/data/tally.lua",
    "--approve-by", "rehearsal")
  for _ = 1, 2 do
    made:must("open", "mother", "unit=S001", "helpers=省财政厅、省水利厅", "--by", "P04")
  end
  made:must("tick", "--until", "2026-03-20 10:00")
  made:must("open", "mother", "unit=S002", "--by", "P04")
  for i = 1, 4 do
    made:must("open", "climb", "starts=2026-05-0" .. i, "matter=事项", "--by", "P04")
  end
  tables.exec(made, "UPDATE site SET value = value + 30 * 86400000 WHERE name = 'now'") -- nobody was there for a month
  made:must("tick")
  return made
end

local function longer_holiday(folder)
  local year = assert(file.read("schema/data/calendar/2026.json"))
  local changed, count = year:gsub('"off": %[', '"off": [{"date": "2026-05-11", "name": "调休"},', 1)
  assert.equal(1, count)
  return site.write(folder .. "/2026.json", changed)
end

local function changed_script(folder)
  local source, count = assert(file.read("spec/data/climb.lua")):gsub("workdays%(5%)", "workdays(6)", 1)
  assert.equal(1, count)
  return site.write(folder .. "/climb.lua", source)
end

local function more_cases(folder)
  return site.write(folder .. "/more.csv", "起算日,事项\n2026-04-20,甲\n2026-04-21,乙\n2026-04-22,丙\n")
end

local function script(folder)
  return site.write(folder .. "/acts.lua", 'ctx.case.open("mother", { unit = "S003" })\n'
    .. 'ctx.case.fact("430000-2026-QT-0002", "moved_on", {})\nreturn "好"\n')
end

-- Words of each command; a function makes its file in the site's folder.
local COMMANDS = {
  { "tick", "--until", "2026-06-01" },
  { "fact", "430000-2026-QT-0001", "reported", "text=已办", "--by", "P08", "--key", "k1" },
  { "fact", "430000-2026-FB-0001", "answered", "--by", "P10", "--key", "k2" },
  { "fact", "430000-2026-ZJ-0001", "430000-2026-ZJ-0002", "430000-2026-ZJ-0003", "remarked", "text=记", "--by", "P04",
    "--key", "k3" },
  { "open", "mother", "unit=S001", "helpers=省财政厅", "--by", "P04", "--key", "k4" },
  { "import", "climb", more_cases, "--by", "P04" },
  { "approve", "P1", "--opinion", "同意", "--by", "P01", "--key", "k5" },
  { "reject", "P2", "--opinion", "不同意", "--by", "P01", "--key", "k6" },
  { "plan", "sign", "--all", "--reason", "补办", "--by", "P01", "--key", "k7" },
  { "calendar", "import", longer_holiday, "--accept", "--by", "P01", "--key", "k8" },
  { "publish", changed_script, "--approve-by", "rehearsal", "--key", "k9" },
  { "setting", "mother.limit", "7wd", "--key", "k10" },
  { "run", "--by", "P03", script },
}
local UNKEYED = { run = true } -- such a command is whole or nothing, and does its work once more when repeated

local function words_of(command, here)
  local words = {}
  for i, word in ipairs(command) do
    words[i] = type(word) == "function" and word(here.path) or word
  end
  return words
end

local function lines_of(path)
  local list = {}
  local log = io.open(path)
  for line in log and log:lines() or function() end do
    list[#list + 1] = line
  end
  return list
end

-- Which passages of each point are worth a trial: the first, the second, one in the middle, the last.
local function trials_of(passed)
  local counts, list = {}, {}
  for _, name in ipairs(passed) do
    counts[name] = (counts[name] or 0) + 1
  end
  for name, count in pairs(counts) do
    local done = {}
    for _, nth in ipairs({ 1, 2, (count + 1) // 2, count }) do
      if nth <= count and not done[nth] then
        done[nth] = true
        list[#list + 1] = { name = name, nth = nth }
      end
    end
  end
  table.sort(list, function(a, b)
    return a.name < b.name or a.name == b.name and a.nth < b.nth
  end)
  return list
end

describe("a crash point #slow", function()
  local ready
  local reached = {}

  setup(function()
    ready = office()
  end)

  local function undisturbed(command)
    local here = trial.copy(ready)
    local log = here.path .. "/points"
    local done = trial.wait(trial.start(here, words_of(command, here), { DUBAN_CRASH_LOG = log }))
    assert(done.code == 0, done.out .. done.err)
    local rows, passed = trial.rows(here), lines_of(log)
    trial.remove(here)
    return rows, passed
  end

  local function stopped(command, point)
    local here = trial.copy(ready)
    local words = words_of(command, here)
    local where = ("%s, %s:%d"):format(table.concat(command, " ", 1, 1), point.name, point.nth)
    local done = trial.wait(trial.start(here, words, { DUBAN_CRASH = ("%s:%d"):format(point.name, point.nth) }))
    assert.equal(9, done.signal, where .. "\n" .. done.err)
    here:must("verify")
    return here, words, where
  end

  for _, command in ipairs(COMMANDS) do
    local title = table.concat(command[1] == "plan" and { "plan sign" } or { command[1] }, " ")
    it("inside " .. title .. " leaves no trace when the command is repeated", function()
      local before = trial.rows(ready)
      local rows, passed = undisturbed(command)
      for _, point in ipairs(trials_of(passed)) do
        local here, words, where = stopped(command, point)
        reached[point.name] = true
        if UNKEYED[command[1]] then
          local left = trial.rows(here)
          local as_before, as_after = trial.difference(left, before), trial.difference(left, rows)
          assert(not as_before or not as_after, where .. ": half of it was done: " .. tostring(as_before))
        else
          for _ = 1, 2 do
            here:must(table.unpack(words))
            local difference = trial.difference(trial.rows(here), rows)
            assert(not difference, where .. ": " .. tostring(difference))
          end
        end
        here:must("verify")
        trial.remove(here)
      end
    end)
  end

  it("is reached by one of these commands", function()
    for _, name in ipairs(trial.points()) do
      -- Old sites are for spec/cli/upgrade_spec.lua; what deliver leaves depends on when each answer came, and its
      -- points have spec/host/serve/deliver_spec.lua, the courier's spec/host/net/courier_spec.lua, and those of
      -- letters and their release spec/host/serve/digest_spec.lua.
      local part = name:match("^%a+")
      local is_elsewhere = ("upgrade deliver courier letters release"):find(part, 1, true) ~= nil
      assert.is_true(is_elsewhere or reached[name], "nothing reaches " .. name)
    end
  end)

  teardown(function()
    if ready then
      trial.remove(ready)
    end
  end)
end)
