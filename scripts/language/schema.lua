-- The one schema of the script language: every word, the table it takes, the
-- kind of each key, and what it means in Chinese and English. The checker,
-- docs/language.md and the editor's stubs are all made from it, so that a
-- word cannot exist in one of them only.

local builtins = require("language.schema.builtins")
local channels = require("language.schema.channels")
local definitions = require("language.schema.definitions")
local effects = require("language.schema.effects")
local examples = require("language.schema.examples")
local guides = require("language.schema.guides")
local notes = require("language.schema.notes")
local roles = require("language.schema.roles")
local samples = require("language.schema.samples")
local values = require("language.schema.values")

local schema = {}

schema.groups = {
  { id = "definitions", rows = definitions, zh = "程序的各部分", en = "the parts of a procedure" },
  { id = "effects", rows = effects, zh = "动作", en = "effects" },
  { id = "values", rows = values, zh = "值、字段类型和人", en = "values, field kinds and people" },
  { id = "examples", rows = examples, zh = "示例", en = "examples" },
}
schema.builtins = builtins
schema.guides = guides
schema.notes = notes
schema.roles = roles
schema.samples = samples
schema.tables = definitions.tables
schema.channels = channels

local function key_index(keys)
  local by_name = {}
  for _, key in ipairs(keys or {}) do
    by_name[key[1]] = key
  end
  return by_name
end

local function index_words()
  local by_word = {}
  for _, group in ipairs(schema.groups) do
    for _, row in ipairs(group.rows) do
      row.key = key_index(row.keys)
      by_word[row.word] = row
    end
  end
  for _, row in pairs(definitions.tables) do
    row.key = key_index(row.keys)
  end
  return by_word
end

-- The words of channel scripts, apart from those of procedures.
local function index_channels()
  local by_word = {}
  for _, row in ipairs(channels) do
    row.key = key_index(row.keys)
    by_word[row.word] = row
  end
  return by_word
end

schema.words = index_words()
schema.channel_words = index_channels()

--- What the schema says about a word.
---@param word string
---@return table? row
function schema.word(word)
  return schema.words[word]
end

return schema
