-- Quiet hours over the working calendar, against a walk minute by minute through two years with all their holidays.
local clock = require("raw.clock")
local file = require("raw.file")
local json = require("raw.json")
local letters = require("raw.letters")

local MINUTE, DAY, ZONE = 60000, 86400000, 28800000

local function years_of(list)
  local years = {}
  for _, year in ipairs(list) do
    local read = json.decode(assert(file.read(("schema/data/calendar/%d.json"):format(year), 262144)))
    local off, work = {}, {}
    for _, day in ipairs(read.off) do
      off[day.date] = day.name
    end
    for _, day in ipairs(read.on) do
      work[day.date] = day.name
    end
    years[tostring(year)] = { off = off, work = work }
  end
  return years
end

local YEARS = years_of({ 2025, 2026 })
local TEXT = json.encode(YEARS)

local function at(text)
  return assert(clock.parse_instant(text))
end

local function text_of(instant)
  return clock.format_instant(instant):sub(1, 16)
end

local function is_workday(instant)
  local date = os.date("!%Y-%m-%d", (instant + ZONE) // 1000)
  local weekday = tonumber(os.date("!%w", (instant + ZONE) // 1000))
  for _, year in pairs(YEARS) do
    if year.off[date] then
      return false
    elseif year.work[date] then
      return true
    end
  end
  return weekday ~= 0 and weekday ~= 6
end

local function is_quiet(from, to, workdays, instant)
  local minute = (instant + ZONE) % DAY // MINUTE
  if workdays and not is_workday(instant) then
    return true
  elseif from < 0 then
    return false
  elseif from < to then
    return minute >= from and minute < to
  end
  return minute >= from or minute < to
end

describe("quiet hours", function()
  for _, case in ipairs({
    { "2026-09-28 10:00", 1080, 510, true, "2026-09-28 10:00" },
    { "2026-09-28 18:00", 1080, 510, true, "2026-09-29 08:30" },
    { "2026-09-28 08:29", 1080, 510, true, "2026-09-28 08:30" },
    { "2026-09-30 18:00", 1080, 510, true, "2026-10-08 08:30" },  -- 国庆
    { "2026-09-30 18:00", 1080, 510, false, "2026-10-01 08:30" },
    { "2026-02-13 20:00", 1080, 510, true, "2026-02-14 08:30" },  -- 调班的周六
    { "2026-02-14 20:00", 1080, 510, true, "2026-02-24 08:30" },  -- 春节
    { "2026-03-02 12:30", 720, 840, true, "2026-03-02 14:00" },   -- 午休
    { "2026-03-07 11:00", -1, -1, true, "2026-03-09 00:00" },
    { "2026-03-07 11:00", -1, -1, false, "2026-03-07 11:00" },
  }) do
    it(("of %d to %d hold what comes at %s"):format(case[2], case[3], case[1]), function()
      assert.equal(case[5], text_of(letters.quiet_until(TEXT, case[2], case[3], case[4], at(case[1]))))
    end)
  end

  for _, hours in ipairs({ { 1080, 510, true }, { 720, 840, true }, { 0, 1439, true }, { 1320, 420, false } }) do
    it(("of %d to %d end as a walk through the year says"):format(hours[1], hours[2]), function()
      local last = at("2026-12-20 00:00")
      local open = {} -- the walk, backwards: the next minute that is not quiet
      local step = 7 * MINUTE
      local next_open
      for instant = last + 30 * DAY, at("2025-12-25 00:00"), -MINUTE do
        if not is_quiet(hours[1], hours[2], hours[3], instant) then
          next_open = instant
        end
        if instant <= last and (instant - last) % (step * 13) == 0 then
          open[instant] = next_open
        end
      end
      for instant, expected in pairs(open) do
        local got = letters.quiet_until(TEXT, hours[1], hours[2], hours[3], instant)
        if got ~= expected then
          error(("from %s to %s, not %s"):format(text_of(instant), text_of(expected), text_of(got)))
        end
      end
    end)
  end

  it("are written with any dash", function()
    for _, text in ipairs({ "18:00-08:30", "18:00 至 08:30", "１８：００－８：３０", "18:00—08:30", "18:00~8:30" }) do
      assert.same({ 1080, 510 }, { letters.span(text) }, text)
    end
    for _, text in ipairs({ "", "18:00", "18:00-18:00", "25:00-08:00", "18:00-08:30-09:00", "-" }) do
      assert.is_nil(letters.span(text), text)
    end
  end)

  it("leave digests to the next worked day", function()
    for _, case in ipairs({
      { "2026-09-30 08:00", true, "2026-09-30 09:00" }, { "2026-09-30 09:00", true, "2026-10-08 09:00" },
      { "2026-09-30 09:00", false, "2026-10-01 09:00" },
    }) do
      assert.equal(case[3], text_of(letters.quiet_next(TEXT, 1080, 510, case[2], 540, at(case[1]))))
    end
  end)
end)
