-- Reads markers by the schema, beside the outline that knows where each of
-- them stands. One walk both finds what is wrong and gives the plain tables
-- of the definition; it never stops at the first mistake.

local markers = require("language.markers")
local outline = require("language.outline")
local places = require("language.places")
local schema = require("language.schema")
local words = require("words")

local Reader = {}
Reader.__index = Reader

local reader = {}

--- A reader for one script.
---@param options table file, kinds, index, and what is known of others, roles and templates
---@return table
function reader.new(options)
  return setmetatable({ file = options.file, kinds = options.kinds, index = options.index,
    others = options.others, roles = options.roles, templates = options.templates,
    findings = {}, here = { line = 1, column = 1 } }, Reader)
end

--- The place of a node, or the nearest known one.
---@param node table?
---@return { line: integer, column: integer? }
function Reader:place(node)
  return node and node.line and node or self.here
end

--- Note something wrong.
---@param node table? where; nil for the nearest known place
---@param text string one sentence
---@param author string? the words the author wrote
---@param level "error"|"warning"|nil
function Reader:complain(node, text, author, level)
  local place = self:place(node)
  self.findings[#self.findings + 1] = { file = self.file, line = place.line,
    column = place.column or 1, level = level or "error", text = text, words = author }
end

--- A value in the author's words, for a sentence.
---@param value any
---@return string
function reader.shown(value)
  local word = markers.word(value)
  if word then
    return word
  elseif type(value) == "string" then
    return words.quote(value)
  elseif type(value) == "table" then
    return words.say("一个表", "a table")
  elseif type(value) == "function" then
    return words.say("一个函数", "a function")
  end
  return tostring(value)
end

--- Note that a value is of the wrong kind.
---@param node table?
---@param key table? the key row
---@param value any
---@param zh string
---@param en string
function Reader:wrong(node, key, value, zh, en)
  local name = key and key[1] or words.say("这里", "this")
  self.unsure = true
  self:complain(node, words.sayf("%s应当是%s，而不是%s", "%s must be %s, not %s",
    name, words.say(zh, en), reader.shown(value)), reader.shown(value))
end

--- Read one value of a kind; unknown words have been told already.
---@param kind string
---@param value any
---@param node table?
---@param key table?
---@return any
function Reader:read(kind, value, node, key)
  if markers.is_unknown(value) then
    return nil
  end
  local found = outline.resolve(node)
  local before = self.here
  self.here = self:place(node)
  local out = self.kinds[kind](self, value, found or node, key)
  self.here = before
  return out
end

--- Where the entry of a table stands: its value's node and the entry itself.
---@param node table?
---@param key any
---@return table? value
---@return table? entry
function Reader.entry(_, node, key)
  return places.entry(node, key)
end

--- The nodes of a marker's arguments and of its table.
---@param marker table
---@param node table?
---@return table[] args
---@return table? body
function Reader.nodes(_, marker, node)
  return places.nodes(marker, node)
end

--- The keys of a table in the author's order where it is known, else sorted.
---@param given table
---@param node table?
---@return string[]
function Reader.order(_, given, node)
  return places.order(given, node)
end

--- The largest integer key, so that holes are seen.
---@param given table
---@return integer
function reader.length(given)
  local last = 0
  for key in next, given do
    if math.type(key) == "integer" and key > last then
      last = key
    end
  end
  return math.min(last, 10000)
end

-- A word of the language stands apart from the Chinese that follows it.
local function label(row)
  return row.word and row.word .. words.say(" ", "") or words.say(row.zh, row.en)
end

local function meant(name, known)
  local best = words.nearest(name, known)
  return best and words.sayf("，是不是想写 %s？", "; did you mean \"%s\"?", best) or ""
end

local function unknown_key(self, row, name, node)
  self.unsure = true
  self:complain(node, words.sayf("%s里没有“%s”这一项%s", "%s has no key \"%s\"%s", label(row), name,
    meant(name, row.key or {})), name)
end

local function named_keys(self, row, given, node, out)
  local known = row.key or {}
  for _, name in ipairs(self:order(given, node)) do
    local value_node, entry = self:entry(node, name)
    if known[name] then
      out[name] = self:read(known[name][2], given[name], value_node or node, known[name])
    elseif row.any then
      out.given = out.given or {}
      out.given[name] = self:read(row.any, given[name], value_node or node, { name })
    else
      unknown_key(self, row, name, entry or node)
    end
  end
end

local function positions(self, row, given, node, out)
  for index, kind in ipairs(row.positions or {}) do
    local value_node = self:entry(node, index)
    if given[index] == nil and out[index] == nil then
      self:complain(node, words.sayf("%s的第%d项没有写", "%s lacks its item %d",
        words.say(row.zh, row.en), index))
    elseif given[index] ~= nil then
      out[index] = self:read(kind, given[index], value_node or node,
        { label(row) })
    end
  end
end

local function missing_keys(self, row, given, node)
  for _, key in ipairs(row.keys or {}) do
    if key.required and given[key[1]] == nil then
      self:complain(node, words.sayf("%s缺少必填的 %s（%s）", "%s lacks the mandatory %s (%s)",
        label(row), key[1], words.say(key[3], key[4])), key[1])
    end
  end
end

--- Read a closed table: known keys, mandatory keys, nothing else.
---@param row table of the schema
---@param given any
---@param node table?
---@param out table
---@return table out
function Reader:closed(row, given, node, out)
  if type(given) ~= "table" or markers.word(given) then
    self:wrong(node, { label(row) }, given, "一个表 { … }", "a table { … }")
    return out
  end
  named_keys(self, row, given, node, out)
  positions(self, row, given, node, out)
  missing_keys(self, row, given, node)
  local listed = #(row.positions or {})
  if not row.items and reader.length(given) > listed then
    self:complain(self:entry(node, listed + 1) or node, words.sayf("%s里不能再列别的东西",
      "%s takes no further items", label(row)))
  end
  return out
end

local function missing_argument(self, row, kind, index, node)
  if kind == "title" then
    self:complain(node, words.sayf("%s后面要先写名称：%s \"名称\" { … }",
      "%s needs its title first: %s \"title\" { … }", row.word, row.word), row.word)
  elseif index <= #row.args - (row.optional or 0) then
    self:complain(node, words.sayf("%s缺少第%d个参数（%s）", "%s lacks its argument %d (%s)",
      row.word, index, words.say(row.zh, row.en)), row.word)
  end
end

local function arguments(self, marker, row, nodes, out, node)
  local args = marker.args or marker.ref and { marker.name, n = 1 } or { n = 0 }
  local kinds = row.args or {}
  for index, kind in ipairs(kinds) do
    if args[index] ~= nil then
      out[index] = self:read(kind, args[index], nodes[index] or node, { row.word })
    else
      missing_argument(self, row, kind, index, node)
    end
  end
  if args.n > #kinds then
    self:complain(nodes[#kinds + 1] or node, words.sayf("%s的参数太多", "%s has too many arguments",
      row.word), row.word)
  end
end

local function table_of(self, marker, row, node, body, out)
  if marker.body ~= nil then
    if row.body ~= "effect" then
      self:closed(row, marker.body, body or node, out)
    end
  elseif row.body == "required" or row.body == "effect" then
    self:complain(node, words.sayf("%s后面缺少 { … }", "%s lacks its table { … }", row.word), row.word)
  end
end

--- Read a marker by its row: arguments into out[1…], its table's keys by name.
---@param marker table
---@param node table?
---@param out table
---@return table out
---@return table? body node
function Reader:marker(marker, node, out)
  local row = markers.row(marker)
  local nodes, body = self:nodes(marker, node)
  out.line = self:place(node).line
  if not (row.positions and marker.body and not marker.args) then
    arguments(self, marker, row, nodes, out, node)
  end
  if marker.extra then
    self:complain(node, words.sayf("%s后面多跟了一个表或参数", "%s is called once too often", row.word))
  end
  table_of(self, marker, row, node, body, out)
  return out, body
end

--- The items listed in a table, each with its node; holes and other things are told.
---@param given table
---@param node table?
---@param fits fun(value: any): boolean
---@param expected string[] the words that fit, for the sentence
---@return table[] list of { value, node }
function Reader:items(given, node, fits, expected)
  local list = {}
  for index = 1, type(given) == "table" and reader.length(given) or 0 do
    local value, value_node = given[index], self:entry(node, index)
    if value ~= nil and fits(value) then
      list[#list + 1] = { value, value_node or node }
    elseif not markers.is_unknown(value) then
      self:complain(value_node or node, words.sayf("这里只能列 %s，而不是%s",
        "only %s may be listed here, not %s", words.join(expected), reader.shown(value)))
    end
  end
  return list
end

--- The schema's row for a plain table.
---@param name string
---@return table
function reader.table_row(name)
  return schema.tables[name]
end

return reader
