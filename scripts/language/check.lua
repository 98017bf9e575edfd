-- What the schema alone cannot say: names nobody knows, tables that hold a key
-- twice, functions that write to what was made while loading; and, on the
-- definition, whether the procedure can be walked from its first state to an
-- end and whether its deadlines and ladders make sense together.

local flow = require("language.flow")
local words = require("words")

local check = {}

local function note(findings, file, node, text, author)
  findings[#findings + 1] = { file = file, line = node.line, column = node.column,
    level = "error", text = text, words = author }
end

local function either(known, declared)
  local out = {}
  for _, names in ipairs({ known, declared }) do
    for name in pairs(names) do
      out[name] = true
    end
  end
  return out
end

local function unknown_names(found, file, findings, known)
  local written = {}
  for _, write in ipairs(found.writes) do
    written[write.node] = true
  end
  for _, node in ipairs(found.free) do
    if known[node.name] == nil and not written[node] then
      note(findings, file, node, words.sayf("不认识“%s”这个词%s", "unknown word \"%s\"%s", node.name,
        words.hint(node.name, either(known, found.declared))), node.name)
    end
  end
end

local function duplicate_keys(found, file, findings)
  for _, node in ipairs(found.tables) do
    local seen = {}
    for _, entry in ipairs(node.entries) do
      local key = entry.key
      if key ~= nil and seen[key] then
        note(findings, file, entry, words.sayf("“%s”在同一个表里写了两次（第%d行已有）",
          "\"%s\" stands twice in one table (see line %d)", tostring(key), seen[key].line),
            tostring(key))
      elseif key ~= nil then
        seen[key] = entry
      end
    end
  end
end

local function impure_writes(found, file, findings)
  for _, write in ipairs(found.writes) do
    local name = write.node.name
    if write.kind == "global" then
      note(findings, file, write.node, words.sayf("给“%s”赋值前要先写 local",
        "write local before assigning \"%s\"", name), name)
    else
      note(findings, file, write.node, words.sayf(
        "函数不能改写装载时建立的“%s”，脚本不能在案件之间留下状态",
        "a function may not write to \"%s\", which was made while loading: a script keeps no state",
        name), name)
    end
  end
end

--- Note what is wrong with the names of a text.
---@param found table outline
---@param file string
---@param findings table[]
---@param known table<string, any> the names the text may use
function check.names(found, file, findings, known)
  unknown_names(found, file, findings, known)
  duplicate_keys(found, file, findings)
  impure_writes(found, file, findings)
end

local function shared_names(r, def)
  for _, id in ipairs(def.states.order) do
    local state, fact = def.states.id[id], def.facts.id[id]
    if fact and not fact.builtin then
      r:complain(r.places[state], words.sayf("“%s”既是事实又是状态（第%d行），请改其中一个",
        "\"%s\" is both a fact and a state (line %d); rename one", id, fact.line), id)
    end
  end
end

local function time_kind(def, value)
  if type(value) == "table" and value.ref == "setting" then
    local setting = def.settings[value.name]
    value = setting and setting.value
  end
  return type(value) == "table" and value.kind or nil
end

local function check_kinds(r, def, deadline)
  local own = time_kind(def, deadline.budget)
  local total = deadline.extends and deadline.extends.total
  if own and own ~= "date" and total and total.kind ~= own then
    r:complain(r.places[deadline], words.sayf("期限“%s”以 %s 计，延期 total 却以 %s 计",
      "the deadline \"%s\" counts %s, but its extension counts %s", deadline.title, own,
      total.kind), "total")
  end
end

local function check_deadline(r, def, deadline)
  local place = r.places[deadline]
  for _, key in ipairs({ "counts", "lands" }) do
    if not deadline[key] then
      r:complain(place, words.sayf("期限“%s”没有写 %s，程序里也没有写",
        "the deadline \"%s\" states no %s, nor does the workflow",
        deadline.title, key), key)
    end
  end
  if next(deadline.submitted) and not deadline.returned then
    r:complain(place, words.sayf("期限“%s”写了 submitted，就要写 returned（退回后时钟怎么走）",
      "the deadline \"%s\" has submitted, so it needs returned (how the clock goes on)",
      deadline.title), "submitted")
  elseif deadline.returned and not next(deadline.submitted) then
    r:complain(place, words.sayf("期限“%s”写了 returned，却没有 submitted",
      "the deadline \"%s\" has returned but no submitted", deadline.title), "returned")
  end
  check_kinds(r, def, deadline)
end

local function check_keeps(r, def)
  for _, id in ipairs(def.facts.order) do
    local fact = def.facts.id[id]
    for _, name in ipairs(fact.builtin and {} or fact.form.order) do
      local field, kept = fact.form.id[name], def.record.id[name]
      if field.keeps and (not kept or kept.kind ~= field.kind) then
        r:complain(field, words.sayf("字段“%s”写了 keeps，但登记里没有同名同类的字段%s",
          "the field \"%s\" keeps, but the record has no such field of that kind%s", name,
          kept and "" or words.hint(name, def.record.id)), name)
      end
    end
  end
end

local function check_steps(r, ladder)
  local seen = {}
  for _, id in ipairs(ladder.steps.order) do
    local step = ladder.steps.id[id]
    local place = r.places[step]
    if step.after and not seen[step.after] then
      r:complain(place, words.sayf("步骤“%s”的 after 应当是本阶梯里前面的步骤，而不是“%s”",
        "the after of step \"%s\" must be an earlier step of this ladder, not \"%s\"", id,
          step.after),
        step.after)
    end
    local at = type(step.at) == "table" and step.at.n or 0
    if at < 0 and step.after then
      r:complain(place, words.sayf("步骤“%s”在“%s”之后，at 不能是负数",
        "the step \"%s\" stands after \"%s\", so its at cannot be negative", id, step.after), id)
    elseif at < 0 and not step.early then
      r:complain(place, words.sayf("步骤“%s”在到期之前，要写 early = \"skip\" 或 \"now\"",
        "the step \"%s\" lies before the due day, so it needs early = \"skip\" or \"now\"", id), id)
    end
    seen[id] = true
  end
end

local function named_steps(ladder)
  local named = { type(ladder.enter_at) == "string" and ladder.enter_at or nil }
  for _, step in pairs(ladder.steps.id) do
    local jumps = step.jumps or {}
    for _, id in ipairs(jumps.among or { jumps.to }) do
      named[#named + 1] = id
    end
  end
  table.sort(named)
  return named
end

local function check_ladder(r, ladder)
  local place = r.places[ladder]
  check_steps(r, ladder)
  if #ladder.steps.order == 0 then
    r:complain(place, words.sayf("阶梯“%s”没有步骤", "the ladder \"%s\" has no steps",
      ladder.title), ladder.id)
  end
  for _, id in ipairs(named_steps(ladder)) do
    if not ladder.steps.id[id] and r.index.steps[id] then
      r:complain(place, words.sayf("步骤“%s”不在阶梯“%s”里", "the step \"%s\" is not in the ladder \"%s\"",
        id, ladder.title), id)
    end
  end
end

-- A message waits for the number of the paper it carries, so there must be one to come.
local function check_papers(r)
  for _, one in ipairs(r.papers and r.papers.carried or {}) do
    if not r.papers.numbered[one.name] then
      r:complain(one.node, words.sayf("消息所附的“%s”不是本程序里带文号（series）的文书%s",
        "the message carries \"%s\", which is no paper with a series of this procedure%s", one.name,
        words.hint(one.name, r.papers.numbered)), one.name)
    end
  end
end

--- Note what is wrong with a definition as a whole.
---@param r table reader
---@param def table
function check.meaning(r, def)
  shared_names(r, def)
  flow.check(r, def)
  check_keeps(r, def)
  check_papers(r)
  for _, id in ipairs(def.deadlines.order) do
    check_deadline(r, def, def.deadlines.id[id])
  end
  for _, id in ipairs(def.ladders.order) do
    check_ladder(r, def.ladders.id[id])
  end
end

local function before(one, other)
  if one.file ~= other.file then
    return one.file < other.file
  elseif one.line ~= other.line then
    return one.line < other.line
  elseif one.column ~= other.column then
    return one.column < other.column
  end
  return one.text < other.text
end

--- Findings in the order of the text, each said once.
---@param findings table[]
---@return table[]
function check.sorted(findings)
  table.sort(findings, before)
  local out, last = {}, nil
  for _, one in ipairs(findings) do
    if not last or before(last, one) then
      out[#out + 1] = one
    end
    last = one
  end
  return out
end

return check
