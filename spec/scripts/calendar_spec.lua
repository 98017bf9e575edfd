local calendar = require("calendar")
local words = require("words")

-- Weekdays off and weekend days worked, as the four notices give them.
local NOTICES = {
  [2023] = { "国办发明电〔2022〕16号",
    "01-02 01-23 01-24 01-25 01-26 01-27 04-05 05-01 05-02 05-03 06-22 06-23 09-29 10-02 10-03"
      .. " 10-04 10-05 10-06",
    "01-28 01-29 04-23 05-06 06-25 10-07 10-08", "18 20 23 20 21 21 21 23 20 19 22 21" },
  [2024] = { "国办发明电〔2023〕7号",
    "01-01 02-12 02-13 02-14 02-15 02-16 04-04 04-05 05-01 05-02 05-03 06-10 09-16 09-17 10-01"
      .. " 10-02 10-03 10-04 10-07",
    "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12", "22 18 21 22 21 19 23 22 21 19 21 22" },
  [2025] = { "国办发明电〔2024〕12号",
    "01-01 01-28 01-29 01-30 01-31 02-03 02-04 04-04 05-01 05-02 05-05 06-02 10-01 10-02 10-03"
      .. " 10-06 10-07 10-08",
    "01-26 02-08 04-27 09-28 10-11", "19 19 21 22 19 20 23 21 23 18 20 23" },
  [2026] = { "国办发明电〔2025〕7号",
    "01-01 01-02 02-16 02-17 02-18 02-19 02-20 02-23 04-06 05-01 05-04 05-05 06-19 09-25 10-01"
      .. " 10-02 10-05 10-06 10-07",
    "01-04 02-14 02-28 05-09 09-20 10-10", "21 16 22 21 19 21 23 21 22 18 21 23" },
}

local function listed(year, text)
  local out = {}
  for day in text:gmatch("%S+") do
    out[#out + 1] = { date = year .. "-" .. day, name = "节" }
  end
  return out
end

local function years()
  local out = {}
  for year, notice in pairs(NOTICES) do
    out[year] = { year = year, notice = notice[1], off = listed(year, notice[2]),
      on = listed(year, notice[3]) }
  end
  return out
end

local cal = calendar.new({ years = years() })

local function due(start, budget, opts)
  return calendar.text((cal:add(calendar.day(start), calendar.budget(budget), opts)))
end

describe("calendar days", function()
  it("go to text and back over four centuries", function()
    for day = calendar.day("1900-01-01"), calendar.day("2300-01-01"), 13 do
      assert.are.equal(day, calendar.day(calendar.text(day)))
    end
    assert.are.equal(0, calendar.day("1970-01-01"))
    assert.are.equal(4, calendar.weekday(0))
  end)

  for _, text in ipairs({ "2026-02-29", "2026-13-01", "2026-00-10", "2026-1-1", "x",
    "2026-04-31" }) do
    it("refuse " .. text, function()
      assert.is_nil(calendar.day(text))
    end)
  end
end)

describe("calendar.budget", function()
  local cases = { { "5wd", "workdays", 5 }, { "15d", "days", 15 }, { "2m", "months", 2 },
    { "-3wd", "workdays", -3 } }
  for _, case in ipairs(cases) do
    it("reads " .. case[1], function()
      assert.are.same({ kind = case[2], n = case[3] }, calendar.budget(case[1]))
    end)
  end
  for _, text in ipairs({ "", "5", "wd", "5x", "1.5d", "99999d", "5 wd" }) do
    it("refuses " .. ("%q"):format(text), function()
      local budget, why = calendar.budget(text)
      assert.is_nil(budget)
      assert.is_string(why)
    end)
  end
end)

describe("Calendar:add", function()
  local vectors = {
    { "2023-01-19", "5wd", "2023-01-31" }, { "2024-02-07", "5wd", "2024-02-20" },
    { "2024-09-27", "10wd", "2024-10-16" }, { "2025-01-24", "5wd", "2025-02-07" },
    { "2025-09-26", "3wd", "2025-09-30" }, { "2025-09-30", "1wd", "2025-10-09" },
    { "2025-07-03", "3m", "2025-10-09" }, { "2025-12-15", "2m", "2026-02-24" },
    { "2026-02-13", "10wd", "2026-03-05" }, { "2026-04-30", "5wd", "2026-05-11" },
    { "2026-09-30", "3wd", "2026-10-10" }, { "2025-08-31", "6m", "2026-02-28" },
    { "2025-11-30", "3m", "2026-02-28" }, { "2024-12-31", "2m", "2025-02-28" },
    { "2023-10-29", "4m", "2024-02-29" }, { "2025-09-16", "15d", "2025-10-09" },
    { "2026-09-29", "5wd", "2026-10-12" },
    { "2026-10-12", "-3wd", "2026-10-08" }, { "2026-10-12", "-5d", "2026-09-30" },
    { "2026-10-03", "0wd", "2026-10-08" }, { "2026-09-29", "0wd", "2026-09-29" },
    { "2026-03-31", "-1m", "2026-02-28" },
    { "2025-07-03", "3m", "2025-10-03", { lands = "as_is" } },
    { "2025-07-03", "3m", "2025-09-30", { lands = "previous_workday" } },
    { "2026-09-29", "5wd", "2026-10-10", { counts = "from_same_day" } },
    { "2026-09-29", "1wd", "2026-09-29", { counts = "from_same_day" } },
    { "2026-10-03", "1wd", "2026-10-08", { counts = "from_same_day" } },
    { "2026-03-02", "3d", "2026-03-04", { counts = "from_same_day" } },
    { "2026-03-03", "1m", "2026-04-02", { counts = "from_same_day" } },
    { "2025-01-31", "1m", "2025-02-28", { counts = "from_same_day" } },
    { "2026-10-12", "-2wd", "2026-10-10", { counts = "from_same_day" } },
  }
  for _, case in ipairs(vectors) do
    it(("adds %s to %s%s"):format(case[2], case[1], case[4] and " otherwise" or ""), function()
      assert.are.equal(case[3], due(case[1], case[2], case[4]))
    end)
  end

  it("takes a stated date as it is", function()
    local day = cal:add(calendar.day("2026-01-01"), { kind = "date", date = "2026-10-03" })
    assert.are.equal("2026-10-03", calendar.text(day))
  end)

  it("marks what touches an unknown year as provisional", function()
    local _, trace = cal:add(calendar.day("2026-12-30"), calendar.budget("5wd"))
    assert.is_true(trace.provisional)
    _, trace = cal:add(calendar.day("2026-12-01"), calendar.budget("5wd"))
    assert.is_false(trace.provisional)
    assert.are.equal("2026-12-31", calendar.text(cal:known_until()))
    assert.is_nil(calendar.new({ years = {} }):known_until())
  end)

  it("knows weekends only without notices", function()
    local bare = calendar.new({ years = {} })
    assert.are.equal("2026-10-06",
      calendar.text((bare:add(calendar.day("2026-09-29"), calendar.budget("5wd")))))
  end)

  it("agrees with the count of workdays a month", function()
    for year, notice in pairs(NOTICES) do
      local month = 0
      for count in notice[4]:gmatch("%d+") do
        month = month + 1
        local first = calendar.from_civil(year, month, 1)
        local got = cal:between(first - 1, first + calendar.month_length(year, month) - 1)
        assert.are.equal(tonumber(count), got, year .. "-" .. month)
      end
    end
  end)

  it("agrees with walking day by day", function()
    local seed = os.time()
    math.randomseed(seed)
    for _ = 1, 2000 do
      local start = calendar.day("2022-06-01") + math.random(0, 1900)
      local n = math.random(-80, 80)
      local same = math.random(2) == 1
      local day, left = start, math.abs(n)
      local step = n < 0 and -1 or 1
      if same and n ~= 0 then
        day = day - step
      end
      while left > 0 do
        day = day + step
        left = left - (cal:is_workday(day) and 1 or 0)
      end
      local got = cal:add(start, { kind = "workdays", n = n },
        { lands = "as_is", counts = same and "from_same_day" or "from_next_day" })
      assert.are.equal(day, got, ("seed %d: %s %+d"):format(seed, calendar.text(start), n))
    end
  end)

  it("lands on the nearest workday in either direction", function()
    for day = calendar.day("2022-12-01"), calendar.day("2027-02-01") do
      local after, before = day, day
      while not cal:is_workday(after) do after = after + 1 end
      while not cal:is_workday(before) do before = before - 1 end
      assert.are.equal(after, cal:land(day, "next_workday"))
      assert.are.equal(before, cal:land(day, "previous_workday"))
      assert.are.equal(day, cal:land(day, "as_is"))
    end
  end)
end)

describe("calendar.new", function()
  it("takes maps as well as the lists of the files, and an office's own days", function()
    local own = calendar.new({
      years = { ["2026"] = { notice = "甲", off = { ["2026-10-01"] = "国庆" },
        work = { ["2026-10-10"] = "国庆" } } },
      extra = { notice = "乙", off = { { date = "2026-10-12", name = "雪灾" } } },
    })
    assert.is_false(own:is_workday(calendar.day("2026-10-01")))
    assert.is_true(own:is_workday(calendar.day("2026-10-10")))
    assert.are.equal("乙", own:special_day(calendar.day("2026-10-12")).notice)
  end)

  it("refuses a day that does not exist", function()
    assert.has_error(function()
      calendar.new({ years = { [2026] = { off = { ["2026-02-30"] = "x" } } } })
    end, "历表中的日期“2026-02-30”不存在")
  end)
end)

describe("Calendar:explain", function()
  after_each(function()
    words.set_language("zh")
  end)

  it("names the start, each day, each notice and the roll", function()
    local lines, day, provisional = cal:explain(calendar.day("2025-09-28"), calendar.budget("3d"))
    assert.are.same({
      "起算 2025-09-28（星期日），当日不计",
      "3日，到 2025-10-01（星期三）",
      "不是工作日 2025-10-01（星期三），节放假，依据国办发明电〔2024〕12号",
      "不是工作日 2025-10-02（星期四），节放假，依据国办发明电〔2024〕12号",
      "不是工作日 2025-10-03（星期五），节放假，依据国办发明电〔2024〕12号",
      "不是工作日 2025-10-04（星期六），周末",
      "不是工作日 2025-10-05（星期日），周末",
      "不是工作日 2025-10-06（星期一），节放假，依据国办发明电〔2024〕12号",
      "不是工作日 2025-10-07（星期二），节放假，依据国办发明电〔2024〕12号",
      "不是工作日 2025-10-08（星期三），节放假，依据国办发明电〔2024〕12号",
      "顺延到 2025-10-09（星期四）",
      "到期日 2025-10-09（星期四）",
    }, lines)
    assert.are.equal("2025-10-09", calendar.text(day))
    assert.is_false(provisional)
  end)

  it("counts each working day, make-up days included, in English too", function()
    words.set_language("en")
    local lines = cal:explain(calendar.day("2026-10-09"), calendar.budget("2wd"))
    assert.are.same({
      "start 2026-10-09 (Fri), this day is not counted",
      "working day 1: 2026-10-10 (Sat), make-up workday for 节, by 国办发明电〔2025〕7号",
      "not counted: 2026-10-11 (Sun), weekend",
      "working day 2: 2026-10-12 (Mon)",
      "due 2026-10-12 (Mon)",
    }, lines)
  end)

  it("says when the notice of a year is missing", function()
    local lines = cal:explain(calendar.day("2026-12-30"), calendar.budget("3wd"))
    assert.are.equal("2027年的放假通知尚未录入，日期为暂定", lines[#lines])
  end)
end)
