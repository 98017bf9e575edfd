-- The documents made from the schema: docs/language.md for people and
-- scripts/meta/language.lua for the editor. Nothing about a word is written
-- by hand in either, so neither can fall behind.

local schema = require("language.schema")

local document = {}

local KINDS = {
  id = "代号 id", words = "文字 text", title = "名称 title", enum = "", boolean = "true / false",
  integer = "整数 integer", natural = "正整数 integer ≥ 1", time = "workdays / days / months",
  time_or_function = "时间或函数 time or function", events = "事实或状态 fact or state ids",
  facts = "事实 fact ids", form = "字段列表 list of fields", principals = "role / unit_of / person_of",
  effects = "动作列表 list of effects", budget = "时间、date、field、setting、函数",
  ["function"] = "函数 function(case)", was = "旧代号 old ids", value = "值 value",
    day = "\"2026-10-01\"",
  code = "大写字母 capitals", settings = "{ 代号 = 设置 } setting", signals = "{ 名称 = 信号 } signal_in",
  form_date = "表单日期字段 a date of the form", record_date = "field \"日期字段\"",
  recorded = "{ paper }",
  returned = "{ by, clock }", extends = "{ by, times, total }", pauses = "{ by }",
  repeats = "{ every, times }", deadline = "期限代号 deadline id", step = "步骤代号 step id",
  step_or_function = "步骤代号或函数 step id or function", step_target = "choose",
  approve = "role / sign / 列表 list", schedule = "daily … yearly", data = "{ 名称 = 值 }",
  clock = "\"continue\" / \"restart\" / 时间 time", strings = "文字列表 texts",
  setting_value = "时间、整数、文字、是否", limit = "整数、时间、日期", plain_words = "字段代号 field id",
  weekday = "1–7", month = "1–12",
  transitions = "{ 事件 = \"状态\" 或 choose }", passes = "{ 期限 = \"状态\" }", clock_time = "\"09:00\"",
}

local TYPES = {
  boolean = "boolean", integer = "integer", natural = "integer", limit = "any", value = "any",
  ["function"] = "fun(case: duban.Case, form: table?): any", kind = "any",
}
for _, name in ipairs({ "id", "code", "words", "enum", "form_date", "record_date", "deadline",
  "step",
  "clock_time", "day", "moment", "title", "role", "record_field", "setting_name", "template",
  "document", "workflow_id", "plain_words", "fact", "state", "signal_name", "unit_field",
  "person_field", "record_list", "string" }) do
  TYPES[name] = "string"
end

local function key_text(key)
  if key.shape then
    return key.shape
  elseif key[2] == "enum" then
    return "`\"" .. table.concat(key.values, "\"` `\"") .. "\"`"
  end
  return KINDS[key[2]] or key[2]
end

local function key_table(out, keys)
  if not keys or #keys == 0 then
    return
  end
  out[#out + 1] = ""
  out[#out + 1] = "| 键 key | 值 value | 不写时 default | 说明 meaning |"
  out[#out + 1] = "|---|---|---|---|"
  for _, key in ipairs(keys) do
    out[#out + 1] = ("| `%s` | %s | %s | %s · %s |"):format(key[1], key_text(key),
      key.required and "**必填 mandatory**" or key.default or "", key[3], key[4])
  end
end

local function heading(row)
  local shape = row.word
  if row.args and #row.args > 0 then
    shape = shape .. "(" .. table.concat(row.args, ", ") .. ")"
  end
  if row.body then
    shape = shape .. (row.body == "effect" and " (…)" or " { … }")
  end
  return shape
end

local function word_section(out, row)
  out[#out + 1] = ""
  out[#out + 1] = "### `" .. heading(row) .. "`"
  out[#out + 1] = ""
  out[#out + 1] = row.zh .. "。 " .. row.en:sub(1, 1):upper() .. row.en:sub(2) .. "."
  if row.items and #row.items > 0 then
    out[#out + 1] = ""
    out[#out + 1] = "里面可以列 items: `" .. table.concat(row.items, "` `") .. "`"
  end
  key_table(out, row.keys)
  if schema.samples[row.word] then
    out[#out + 1] = "\n```lua\n" .. schema.samples[row.word] .. "\n```"
  end
end

local function sorted_names(of)
  local list = {}
  for name in pairs(of) do
    list[#list + 1] = name
  end
  table.sort(list)
  return list
end

local function tables_section(out)
  out[#out + 1] = ""
  out[#out + 1] = "## 小表 small tables"
  for _, name in ipairs(sorted_names(schema.tables)) do
    local row = schema.tables[name]
    out[#out + 1] = ""
    out[#out + 1] = ("### `%s`（%s）"):format(name, row.zh)
    if row.positions then
      out[#out + 1] = ""
      out[#out + 1] = "先依次写 in order: `" .. table.concat(row.positions, "` `") .. "`"
    end
    key_table(out, row.keys)
  end
end

local function builtin_section(out)
  out[#out + 1] = ""
  out[#out + 1] = "## 每个案件都有的事实 facts of every case"
  out[#out + 1] = ""
  out[#out + 1] = "| 代号 id | 名称 title | 表单 form（* 必填） |"
  out[#out + 1] = "|---|---|---|"
  for _, fact in ipairs(schema.builtins.facts) do
    local fields = {}
    for index, field in ipairs(fact.form) do
      fields[index] = ("%s%s `%s` %s"):format(field[2], field.required and "*" or "", field[1],
        field[3])
    end
    out[#out + 1] = ("| `%s` | %s | %s |"):format(fact[1], fact[2], table.concat(fields, "，"))
  end
end

local function roles_section(out)
  out[#out + 1] = ""
  out[#out + 1] = "## 角色 roles"
  out[#out + 1] = ""
  out[#out + 1] = "| 代号 id | 名称 title | |"
  out[#out + 1] = "|---|---|---|"
  for _, role in ipairs(schema.roles) do
    out[#out + 1] = ("| `%s` | %s | %s |"):format(role[1], role[2], role[3])
  end
end

local function guides_section(out)
  for _, guide in ipairs(schema.guides) do
    out[#out + 1] = ""
    out[#out + 1] = ("## %s %s"):format(guide.zh, guide.en)
    for _, paragraph in ipairs(guide) do
      out[#out + 1] = ""
      out[#out + 1] = paragraph[1] .. " " .. paragraph[2]
    end
    out[#out + 1] = "\n```" .. guide.kind .. "\n" .. guide.sample .. "\n```"
  end
end

-- A language of its own, for the folder channels/ alone.
local function channels_section(out)
  out[#out + 1] = ""
  out[#out + 1] = "## 渠道脚本 scripts of channels"
  out[#out + 1] = ""
  out[#out + 1] = "只在 `channels/` 的脚本里有这些词，写法见 `scripts/channels/mas.lua`。 "
    .. "Known in the scripts of `channels/` alone; see `scripts/channels/mas.lua`."
  for _, row in ipairs(schema.channels) do
    word_section(out, row)
  end
end

local function notes_section(out)
  out[#out + 1] = ""
  out[#out + 1] = "## 约定 conventions"
  for _, note in ipairs(schema.notes) do
    out[#out + 1] = ""
    out[#out + 1] = "- " .. note[1] .. "\n  " .. note[2]
  end
end

--- The text of docs/language.md.
---@return string
function document.markdown()
  local out = { "# 脚本语言 The script language", "",
    "本页由 `scripts/language/schema/` 生成，不要手改。Generated from the schema; do not edit.",
    "", "不在本页的词、键和值都会在检查时指出文件、行、列和最接近的词。" }
  for _, group in ipairs(schema.groups) do
    out[#out + 1] = ""
    out[#out + 1] = ("## %s %s"):format(group.zh, group.en)
    for _, row in ipairs(group.rows) do
      word_section(out, row)
    end
  end
  tables_section(out)
  builtin_section(out)
  roles_section(out)
  guides_section(out)
  channels_section(out)
  notes_section(out)
  return table.concat(out, "\n") .. "\n"
end

local function lua_type(key)
  if key.type then
    return key.type
  elseif key[2] == "enum" then
    return "\"" .. table.concat(key.values, "\"|\"") .. "\""
  end
  return TYPES[key[2]] or "table|string"
end

local function class(out, row)
  out[#out + 1] = ""
  out[#out + 1] = "---@class duban." .. row.word
  for _, key in ipairs(row.keys) do
    out[#out + 1] = ("---@field %s%s %s %s"):format(key[1], key.required and "" or "?",
      lua_type(key), key[3])
  end
  out[#out + 1] = "---@field [integer] any"
  if row.any then
    out[#out + 1] = "---@field [string] any"
  end
end

local function called(row)
  local last = row.body == "effect" and "duban.Marker"
    or row.keys and "duban." .. row.word or "any[]"
  return row.body and #row.args > 0 and ("fun(given: %s): duban.Marker"):format(last)
    or "duban.Marker",
    last
end

local function stub(out, row)
  local gives, last = called(row)
  out[#out + 1] = ""
  out[#out + 1] = "--- " .. row.zh .. " · " .. row.en
  if row.bare and #(row.args or {}) == 0 then
    out[#out + 1] = "---@type duban.Marker"
    out[#out + 1] = row.word .. " = {}"
    return
  end
  local names = {}
  for index, kind in ipairs(row.args) do
    local may = index > #row.args - (row.optional or 0) and "?" or ""
    names[index] = "arg" .. index
    out[#out + 1] = ("---@param arg%d%s %s %s"):format(index, may, TYPES[kind] or "any", kind)
  end
  if #row.args == 0 then
    names[1] = "given"
    out[#out + 1] = "---@param given " .. last
  end
  out[#out + 1] = "---@return " .. gives
  out[#out + 1] = ("function %s(%s) end"):format(row.word, table.concat(names, ", "))
end

--- The text of scripts/meta/language.lua.
---@return string
function document.stubs()
  local out = { "---@meta", "-- Generated from scripts/language/schema/; do not edit.", "",
    "---@class duban.Marker", "", "---@class duban.Case", "---@field number string",
    "---@field state string", "---@field title string", "---@field record table<string, any>",
    "---@field facts table<string, table>", "---@field deadlines table<string, table>",
    "---@field rungs table<string, integer>", "---@field children table[]",
      "---@field parent table?" }
  for _, group in ipairs(schema.groups) do
    for _, row in ipairs(group.rows) do
      if row.keys then
        class(out, row)
      end
      stub(out, row)
    end
  end
  for _, row in ipairs(schema.channels) do
    if row.keys then
      class(out, row)
    end
    stub(out, row)
  end
  return table.concat(out, "\n") .. "\n"
end

return document
