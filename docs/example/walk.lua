-- Half a year of an example office: lists are imported, the clock walks from September to March over 国庆 and
-- 春节, and officials record facts and sign, by rules that depend on the case alone, so that every run is the same.
-- Run by `make run`; everything it does goes through the commands that people type.
local calendar = require("calendar")
local officials = dofile("docs/example/officials.lua")
local json = require("raw.json")
local process = require("raw.process")
local text = require("raw.text")

local SITE = arg and arg[1] or "build/example"
local DUBAN = "build/duban"
local BEGIN, FINISH = "2025-09-01", "2026-03-06"
local ZH = (os.getenv("DUBAN_LANG") or "zh"):sub(1, 2) == "zh"

local function say(zh, en)
  print(ZH and zh or en)
end

local function environment()
  return { "PATH=/usr/bin:/bin", "HOME=/tmp", "DUBAN_LANG=" .. (ZH and "zh" or "en") }
end

local counts = { commands = 0, refused = 0, why = {} }

--- Runs one command on the site; what went wrong is part of the story and is counted, not hidden.
local function duban(...)
  local words = { DUBAN, "-C", SITE, env = environment(), timeout_ms = 120000, ... }
  counts.commands = counts.commands + 1
  local done = assert(process.run(words))
  return done
end

local function must(...)
  local done = duban(...)
  if done.code ~= 0 then
    error(table.concat({ ... }, " ") .. "\n" .. done.out .. done.err, 0)
  end
  return done.out
end

local function ask(...)
  return assert(json.decode(must("--json", ...)))
end

local function pad(words, width)
  return words .. (" "):rep(math.max(0, width - text.width(words)))
end

local function fit(words, width)
  if text.width(words) <= width then
    return words
  end
  local kept = ""
  for _, code in utf8.codes(words) do
    local longer = kept .. utf8.char(code)
    if text.width(longer) > width - 1 then
      break
    end
    kept = longer
  end
  return kept .. "…"
end

local function heading(zh, en)
  print()
  say("── " .. zh, "-- " .. en)
end

-- The site is always the same, so -C is left out of what is shown.
local function shown(words)
  print("$ duban " .. words)
end

-- ---- a new site -----------------------------------------------------------------------------------------------------

-- What an administrator does in an editor: the example's line about links loses its dashes.
local function set_link()
  local path = SITE .. "/duban.conf.lua"
  local file = assert(io.open(path))
  local conf = file:read("a"):gsub("%-%- (link = )", "%1")
  file:close()
  file = assert(io.open(path, "w"))
  file:write(conf)
  file:close()
end

local function make_site()
  assert(process.run({ "rm", "-rf", SITE, env = environment() }))
  heading("建站：省委编办，演练时钟", "a new site: a provincial office on a rehearsal clock")
  print("$ duban init " .. SITE .. " --office 430000 --clock virtual=" .. BEGIN)
  local done = assert(process.run({ DUBAN, "init", SITE, "--office", "430000", "--clock",
    "virtual=" .. BEGIN .. " 08:00", env = environment() }))
  assert(done.code == 0, done.err)
  set_link()
  for _, kind in ipairs({ "units", "people" }) do
    shown("import " .. kind .. " docs/example/" .. kind .. ".csv")
    io.write("  ", must("import", kind, "docs/example/" .. kind .. ".csv"):match("[^\n]*"), "\n")
  end
end

local function publish()
  heading("发布程序：一人起草，另一人批准", "procedures: one drafts, another approves")
  for _, name in ipairs({ "phone_reminder", "interview", "circular_notice", "transfer_part", "case_transfer",
    "rectification", "discipline_talk" }) do
    must("publish", "workflows/" .. name .. ".lua", "--approve-by", "rehearsal")
  end
  must("publish", "jobs/quarterly_reconciliation.lua", "--approve-by", "rehearsal")
  for line in must("versions"):gmatch("[^\n]+") do
    print("  " .. fit(line, 78))
  end
end

--- Shows what an import says: its counts, and the first rows it would not take.
local function import(kind, file)
  local clerk = officials.people.clerk
  shown(("import %s docs/example/%s --by %s"):format(kind, file, clerk))
  local done = duban("import", kind, "docs/example/" .. file, "--by", clerk, "--skip-bad")
  local lines, left = {}, 0
  for line in (done.out .. done.err):gmatch("[^\n]+") do
    lines[#lines + 1] = line
  end
  for at, line in ipairs(lines) do
    if at <= 4 or at == #lines then
      print("  " .. fit(line, 76))
    else
      left = left + 1
    end
  end
  if left > 0 then
    say(("  （另有 %d 行说明）"):format(left), ("  (%d more lines)"):format(left))
  end
  if done.code ~= 0 then
    error(kind .. " was not imported: " .. done.err, 0)
  end
end

local function import_lists()
  heading("导入真实的表：GB18030、全角数字、两字姓名、重复行、“3月底前”", "real lists, with their mess")
  import("discipline_talk", "appointments.csv")
  import("case_transfer", "transfers.csv")
  import("rectification", "ledger.csv")
end

-- ---- half a year ----------------------------------------------------------------------------------------------------

local WEEKDAYS = ZH and { "周日", "周一", "周二", "周三", "周四", "周五", "周六" }
  or { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" }

local function weekday(day)
  local year, month, date = day:match("(%d+)-(%d+)-(%d+)")
  local at = os.time({ year = tonumber(year), month = tonumber(month), day = tonumber(date), hour = 12 })
  return WEEKDAYS[tonumber(os.date("%w", at)) + 1]
end

local rungs = {}  -- procedure and rung to how often it was reached, in the order of first times
local titles = {} -- letters in a case number to the title of its procedure
local told        -- the day whose heading was printed last

local WORTH = { rung = true, proposed = true, released = true, superseded = true, expired = true, skipped = true }

-- A list that finds its entries by key and keeps their order.
local function entry(list, key)
  if not list[key] then
    list[key] = { key = key }
    list[#list + 1] = list[key]
  end
  return list[key]
end

local function count_rung(row)
  local rung = entry(rungs, row.number:match("%-(%a+)%-") .. row.text:match("^[^ ]+"))
  rung.code, rung.title = row.number:match("%-(%a+)%-"), row.text:match("^[^ ]+")
  rung.count = (rung.count or 0) + 1
end

local function by_day_and_reason(timeline)
  local days = {}
  for _, row in ipairs(timeline) do
    if WORTH[row.kind] then
      table.insert(entry(entry(days, row.day), row.text), row)
    end
    if row.kind == "rung" then
      count_rung(row)
    end
  end
  return days
end

--- The words in lines of at most width columns, broken between characters as Chinese is.
local function wrapped(words, width)
  local lines, line = {}, ""
  for _, code in utf8.codes(words) do
    local letter = utf8.char(code)
    if text.width(line .. letter) > width then
      lines[#lines + 1], line = line, ""
    end
    line = line .. letter
  end
  lines[#lines + 1] = line
  return lines
end

local function short(reason)
  return (reason:gsub(" 触发：", "："):gsub(" is reached:", ":"))
end

-- The one case a reason befell, or how many they were.
local function whom(rows)
  if #rows > 1 then
    return #rows .. (ZH and " 件" or " cases")
  end
  return rows[1].number:sub(8) .. " " .. (rows[1].unit or "")
end

--- One entry for a day and a reason, however many cases it befell.
local function tell(timeline)
  for _, day in ipairs(by_day_and_reason(timeline)) do
    if day.key ~= told then
      print(("%s %s"):format(day.key, weekday(day.key)))
      told = day.key
    end
    for _, reason in ipairs(day) do
      local who = fit(whom(reason), 17)
      for _, line in ipairs(wrapped(short(reason.key), 60)) do
        print("  " .. pad(who, 18) .. line)
        who = ""
      end
    end
  end
end

-- The years of the shipped calendar that the walk passes through.
local function shipped_calendar()
  local years = {}
  for _, year in ipairs({ "2025", "2026" }) do
    local file = assert(io.open("schema/data/calendar/" .. year .. ".json"))
    years[year] = assert(json.decode(file:read("a")))
    file:close()
  end
  return calendar.new({ years = years })
end

--- Officials come in twice a week, never on a rest day.
local function next_visit(book, day, round)
  local at = calendar.day(day) + (round % 2 == 1 and 3 or 4)
  while not book:is_workday(at) do
    at = at + 1
  end
  return calendar.text(at)
end

--- One command of an official. A refusal is counted: guards and limits are there to refuse.
local function act(words)
  local done = duban(table.unpack(words))
  if done.code ~= 0 then
    counts.refused = counts.refused + 1
    local why = done.out:match("未办成：([^\n]+)") or done.out:match("refused: ([^\n]+)")
    counts.why[#counts.why + 1] = ("%s…：%s"):format(words[2], why or done.err:match("[^\n]+"))
  end
end

local function walk()
  heading("半年：哪天发生了什么，为什么", "half a year: what happened on which day, and why")
  local book, day, round = shipped_calendar(), BEGIN, 0
  while day < FINISH do
    round = round + 1
    day = next_visit(book, day, round)
    if day > FINISH then
      day = FINISH
    end
    tell(ask("tick", "--until", day .. " 17:00").timeline)
    must("deliver")
    local open = ask("cases", "--open", "--limit", "5000")
    for _, row in ipairs(open) do
      titles[row.number:match("%-(%a+)%-")] = row.title
    end
    for _, words in ipairs(officials.visit(day, open)) do
      act(words)
    end
    for _, words in ipairs(officials.sign(day, ask("proposals"))) do
      act(words)
    end
  end
end

-- ---- the end --------------------------------------------------------------------------------------------------------

local function ladder_summary()
  heading("每一级督办到达的次数", "how often each rung was reached")
  table.sort(rungs, function(a, b)
    return a.key < b.key
  end)
  for _, rung in ipairs(rungs) do
    print(("  %s%s%6d"):format(pad(titles[rung.code] or rung.code, 20), pad(fit(rung.title, 36), 38), rung.count))
  end
end

local function show(words, most)
  shown(table.concat(words, " "))
  local count = 0
  for line in must(table.unpack(words)):gmatch("[^\n]+") do
    count = count + 1
    if count <= most then
      print("  " .. fit(line, 77))
    end
  end
  if count > most then
    say(("  （另有 %d 行）"):format(count - most), ("  (%d more lines)"):format(count - most))
  end
end

-- ---- the messages -------------------------------------------------------------------------------------------------

local STATES = { { "sent", "已发" }, { "digested", "并入汇总" }, { "cancelled", "案件已结，不再发" },
  { "dead", "不达" }, { "waiting", "暂缓" } }

-- How many are in each state, and an urgent message of an official of the office, the newest that names a date.
local function look_at_messages()
  local states, urgent = {}, {}
  for _, row in ipairs(ask("outbox")) do
    states[row.status] = (states[row.status] or 0) + 1
    if row.status == "sent" and row.template == "talk_soon" then
      table.insert(urgent, 1, tostring(row.id))
    end
  end
  for _, id in ipairs(urgent) do
    if #ask("outbox", id).message.facts > 1 then
      return states, id
    end
  end
  return states, urgent[1]
end

--- A command and all it prints, below a line that says what it is.
local function show_whole(...)
  local words = { ... }
  shown(table.concat(words, " "))
  local out = must(table.unpack(words)):gsub("\n+$", "")
  local indent = out:find("^  ") and "" or "  "
  for line in (out .. "\n"):gmatch("(.-)\n") do
    print(line == "" and "" or indent .. line)
  end
end

--- On a rehearsal every message goes into a folder; what each platform would get can be looked at.
local function messages()
  heading("消息：演练站点只送到文件夹 " .. SITE .. "/sent", "messages: a rehearsal delivers to the folder " .. SITE
    .. "/sent")
  shown("deliver")
  print("  " .. must("deliver"):gsub("\n(.)", "\n  %1"):gsub("\n$", ""))
  local states, one = look_at_messages()
  local parts = {}
  for _, state in ipairs(STATES) do
    if states[state[1]] then
      parts[#parts + 1] = (ZH and state[2] or state[1]) .. " " .. states[state[1]]
    end
  end
  say("  半年合计：" .. table.concat(parts, "，"), "  in half a year: " .. table.concat(parts, ", "))
  say("\n一条消息，各平台收到的样子：", "\none message as each platform would get it:")
  show_whole("outbox", one)
  for _, kind in ipairs({ "wecom-bot", "dingtalk-bot", "feishu-bot", "smtp" }) do
    show_whole("outbox", one, "--as", kind)
  end
end

local function finish()
  ladder_summary()
  heading("等人签的事项", "what waits for a signature")
  show({ "proposals" }, 8)
  heading("统计：应办、办结、按期、超期", "the figures")
  show({ "report", "figures" }, 40)
  heading("定时作业", "jobs")
  for _, job in ipairs(ask("jobs")) do
    print("  " .. fit(("%s  %s  %s"):format(job.title, job.every, job.last or ""), 76))
    print("  " .. fit(job.result or "", 76))
  end
  heading("核对：链、重算、完整性", "the proof: chains, refold, integrity")
  show({ "verify" }, 6)
end

local function goodbye()
  heading("自己看看", "look around")
  for _, words in ipairs({ "todo --by 段远建", "cases --overdue", "case 430000-2025-YJ-0001",
    "explain 430000-2025-YJ-0001", "next 430000-2025-ZG-0027", "proposals", "outbox", "channel list",
    "doctor" }) do
    print("  build/duban -C " .. SITE .. " " .. words)
  end
  say(("\n共执行 %d 条命令，其中 %d 条因条件未满足被拒绝："):format(counts.commands, counts.refused),
    ("\n%d commands, %d of them refused because a condition was not met:"):format(counts.commands, counts.refused))
  for at = 1, math.min(#counts.why, 5) do
    print("  " .. fit(counts.why[at], 77))
  end
end

make_site()
publish()
import_lists()
walk()
finish()
messages()
goodbye()
