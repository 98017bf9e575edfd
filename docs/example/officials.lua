-- What the officials of the example do, twice a week: for each state of each procedure, who records what after how
-- many weeks. A case's own number decides whether its people are quick, slow or silent; nothing is random.
local officials = {}

-- The people of docs/example/people.csv who act for the office.
officials.people = { director = "P0001", deputy = "P0002", section_head = "P0004", clerk = "P0007", registry = "P0013",
  commission = "P0015", archivist = "P0018" }

local people = officials.people
local EVIDENCE = "@docs/example/evidence.txt"

local function character(number)
  local digits = tonumber(number:match("(%d+)$"))
  return digits * 7 % 10
end

local function after(day, count)
  local year, month, date = day:match("(%d+)-(%d+)-(%d+)")
  local at = os.time({ year = tonumber(year), month = tonumber(month), day = tonumber(date) + count, hour = 12 })
  return os.date("%Y-%m-%d", at)
end

-- by workflow and state: what is done, by whom, when the state has lasted `weeks`; only when is_so says so.
local habits = {
  ["机构编制纪律谈话"] = {
    ["待谈"] = {
      { fact = "outlined", by = people.section_head, weeks = 1, form = { "points=三定规定与编制纪律" } },
      { fact = "deferred", by = people.section_head, weeks = 2, form = { "reason=出差" },
        is_so = function(c) return c == 9 end },
      { fact = "cancelled", by = people.section_head, weeks = 2, form = { "reason=再次调整" },
        is_so = function(c) return c == 8 end },
      { fact = "written", by = people.clerk, weeks = 2, form = { "sent_on=$today", "receipt=" .. EVIDENCE },
        is_so = function(c) return c == 7 end },
      { fact = "notified", by = people.clerk, weeks = 2, form = { "talk_on=$soon", "place=编办会议室" },
        is_so = function(c) return c < 5 end },
      { fact = "notified", by = people.clerk, weeks = 6, form = { "talk_on=$soon", "place=编办会议室" } },
    },
    ["已通知"] = { { fact = "talked", by = people.section_head, weeks = 1,
      form = { "talked_on=$today", "host=编办主任", "content=通报三定与编制纪律", "attitude=严格遵守" } } },
    ["延期待谈"] = { { fact = "available", by = people.clerk, weeks = 3, form = {} } },
    ["已谈"] = { { fact = "signed_by", by = people.clerk, weeks = 1, form = { "pledge=是" } },
      { fact = "filed", by = people.archivist, weeks = 1, form = {} } },
  },
  ["巡视建议移交督办"] = {
    ["拟稿"] = { { fact = "issued", by = people.director, weeks = 1, form = {} } },
    ["已送达"] = { { fact = "signed", by = people.clerk, weeks = 0.5, form = { "signed_on=$today" },
      is_so = function(c) return c ~= 6 end },
      { fact = "signed", by = people.clerk, weeks = 2, form = { "signed_on=$today" } } },
    ["办理中"] = {
      { fact = "interim", by = "liaison", weeks = 3, form = { "text=已制定方案，正在清理" } },
      { fact = "extension_granted", by = people.director, weeks = 5, form = { "workdays=10", "reason=等待批复" },
        is_so = function(c) return c == 4 end },
      { fact = "reported", by = "liaison", weeks = 6, form = { "text=已按要求办结", "files=" .. EVIDENCE },
        is_so = function(c) return c < 5 end },
      { fact = "reported", by = "liaison", weeks = 13, form = { "text=逾期办结", "files=" .. EVIDENCE },
        is_so = function(c) return c < 8 end },
    },
    ["审核中"] = {
      { fact = "sent_back", by = people.section_head, weeks = 1, form = { "reason=佐证不足" },
        is_so = function(c, seen) return c == 3 and not seen.sent_back end },
      { fact = "accepted", by = people.section_head, weeks = 1, form = {} },
    },
  },
  ["移交事项分办"] = {
    ["待签收"] = { { fact = "signed", by = people.clerk, weeks = 1, form = { "signed_on=$today" } } },
    ["办理中"] = { { fact = "reported", by = "liaison", weeks = 4, form = { "text=分办事项已办结" } } },
    ["审核中"] = { { fact = "accepted", by = people.section_head, weeks = 1, form = {} } },
  },
  ["问题整改台账"] = {
    ["已登记"] = {
      { fact = "corrected", by = people.clerk, weeks = 1, is_so = function(c) return c == 1 end,
        form = { "fact=opened", "reason=补填依据", 'data={"basis":"《机构编制工作条例》"}' } },
      { fact = "confirmed", by = people.deputy, weeks = 1, form = {} },
    },
    ["已认定"] = { { fact = "issued", by = people.clerk, weeks = 1, form = {} } },
    ["已下发"] = { { fact = "planned", by = people.clerk, weeks = 2,
      form = { "measures=逐项清理", "holder=分管负责人" } } },
    ["整改中"] = {
      { fact = "progressed", by = people.clerk, weeks = 3, form = { "text=已完成过半" },
        is_so = function(c) return c % 3 == 0 end },
      { fact = "prolonged", by = people.director, weeks = 4, form = { "reason=政策性安置", "next_on=2026-06-30" },
        is_so = function(c) return c == 6 end },
      { fact = "applied", by = people.clerk, weeks = 4, form = { "result=已整改到位", "files=" .. EVIDENCE },
        is_so = function(c) return c < 4 end },
      { fact = "applied", by = people.clerk, weeks = 14, form = { "result=已整改到位", "files=" .. EVIDENCE },
        is_so = function(c) return c < 8 end },
    },
    ["待核查"] = {
      { fact = "sent_back", by = people.section_head, weeks = 1, form = { "reason=缺少人员名册" },
        is_so = function(c, seen) return c == 2 and not seen.sent_back end },
      { fact = "verified", by = people.section_head, weeks = 1, form = { "checkers=王核、李查", "on_site=是" } },
    },
    ["待批销号"] = { { fact = "struck", by = people.director, weeks = 1, form = {} } },
  },
  ["电话提醒"] = {
    ["待拨打"] = { { fact = "called", by = people.clerk, weeks = 0.5,
      form = { "callee=单位联络员", "called_on=$today", "answer=抓紧办理" } } },
    ["待见效"] = {
      { fact = "settled", by = people.section_head, weeks = 2, form = { "result=已报送进展" },
        is_so = function(c) return c < 7 end },
      { fact = "in_vain", by = people.section_head, weeks = 2, form = { "reason=仍无进展" } },
    },
  },
  ["约谈"] = {
    ["待安排"] = { { fact = "arranged", by = people.clerk, weeks = 1, form = { "talk_on=$later", "place=编办会议室" } } },
    ["待通知"] = { { fact = "served", by = people.clerk, weeks = 1, form = { "served_on=$today" } } },
    ["已通知"] = { { fact = "talked", by = people.section_head, weeks = 1,
      form = { "talked_on=$today", "content=通报问题，提出要求", "signed=是" } } },
    ["已约谈"] = { { fact = "minuted", by = people.section_head, weeks = 1, form = { "summary=限期整改" } } },
    ["督促整改"] = { { fact = "pledged", by = people.clerk, weeks = 1, form = { "pledge=按期整改", "by_day=$later" } },
      { fact = "reported", by = "liaison", weeks = 3, form = { "text=已整改", "files=" .. EVIDENCE } } },
    ["审核中"] = { { fact = "accepted", by = people.section_head, weeks = 1, form = {} } },
  },
  ["通报"] = {
    ["待拟稿"] = { { fact = "drafted", by = people.clerk, weeks = 1, form = { "topic=逾期不办典型问题", "facts=经约谈仍不办结" } } },
    ["会签审定"] = { { fact = "approved_notice", by = people.commission, weeks = 1,
      form = { "meeting=编委会2026年第1次会议" } } },
    ["已印发"] = { { fact = "reported", by = people.clerk, weeks = 2, form = { "text=已整改" } },
      { fact = "finished", by = people.section_head, weeks = 3, form = {} } },
  },
}

local since = {} -- number to { state, day count in weeks, facts already recorded }
local liaisons   -- unit name to the code of its liaison, read once from the list that was imported

local function read_liaisons()
  local found = {}
  for line in io.lines("docs/example/people.csv") do
    local code, _, unit, role, from, to = line:match("^([^,]*),([^,]*),([^,]*),([^,]*),([^,]*),([^,]*)")
    if role == "liaison" then
      found[unit] = found[unit] or {}
      table.insert(found[unit], { code = code, from = from, to = to ~= "" and to or "9999" })
    end
  end
  return found
end

local function liaison_of(unit, day)
  liaisons = liaisons or read_liaisons()
  for _, one in ipairs(liaisons[unit] or {}) do
    if one.from <= day and day <= one.to then
      return one.code
    end
  end
end

local function note(row)
  local seen = since[row.number]
  if not seen or seen.state ~= row.state then
    seen = { state = row.state, visits = 0, done = {}, sent_back = seen and seen.sent_back }
    since[row.number] = seen
  end
  seen.visits = seen.visits + 1
  return seen
end

--- The first thing this case's people would do now, or nil.
local function habit_of(row, seen)
  local list = habits[row.title] and habits[row.title][row.state] or {}
  for _, habit in ipairs(list) do
    if seen.visits >= habit.weeks * 2 and not seen.done[habit.fact]
      and (not habit.is_so or habit.is_so(character(row.number), seen)) then
      return habit
    end
  end
end

local function filled(form, day)
  local out = {}
  for at, words in ipairs(form) do
    out[at] = words:gsub("%$today", day):gsub("%$soon", after(day, 3)):gsub("%$later", after(day, 14))
  end
  return out
end

local function doer(habit, row, day)
  if habit.by == "liaison" then
    return liaison_of(row.unit, day)
  end
  return habit.by
end

-- Cases whose people do the same thing share one command.
local function gather(groups, row, day)
  local seen = note(row)
  local habit = habit_of(row, seen)
  local by = habit and doer(habit, row, day)
  if not by then
    return
  end
  seen.done[habit.fact] = true
  seen.sent_back = seen.sent_back or habit.fact == "sent_back"
  local key = row.title .. habit.fact .. by .. table.concat(habit.form, "|")
  if not groups[key] then
    groups[key] = { habit = habit, by = by, numbers = {} }
    groups[#groups + 1] = groups[key]
  end
  table.insert(groups[key].numbers, row.number)
end

--- The commands of one visit; there are two a week.
---@param day string
---@param cases table[] rows of `cases --open`
---@return string[][] commands
function officials.visit(day, cases)
  local groups, commands = {}, {}
  for _, row in ipairs(cases) do
    gather(groups, row, day)
  end
  for at, group in ipairs(groups) do
    local words = { "fact" }
    table.move(group.numbers, 1, #group.numbers, 2, words)
    words[#words + 1] = group.habit.fact
    local form = filled(group.habit.form, day)
    table.move(form, 1, #form, #words + 1, words)
    table.move({ "--by", group.by }, 1, 2, #words + 1, words)
    commands[at] = words
  end
  return commands
end

local SIGNERS = { { "编委", people.commission }, { "编办主任", people.director }, { "分管领导", people.deputy },
  { "处室负责人", people.section_head } }

local function signer_of(row)
  for _, pair in ipairs(SIGNERS) do
    if tostring(row.waits_for):find(pair[1], 1, true) then
      return pair[2]
    end
  end
end

--- Who signs what waits: most is approved, some is rejected, and some is left lying.
---@param day string
---@param waiting table[] rows of `proposals`
---@return string[][] commands
function officials.sign(day, waiting)
  local commands = {}
  for _, row in ipairs(waiting) do
    local digit, signer = character(row.number or "0"), signer_of(row)
    if signer and digit == 5 then
      commands[#commands + 1] = { "reject", tostring(row.id), "--opinion", "先电话了解情况", "--by", signer }
    elseif signer and digit ~= 9 then
      commands[#commands + 1] = { "approve", tostring(row.id), "--opinion", "同意", "--basis", "编委会议 " .. day,
        "--by", signer }
    end
  end
  return commands
end

return officials
