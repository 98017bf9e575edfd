-- The words that build the request of a channel script. Each gives a node of a tree that nobody
-- evaluates here: the script may know no secret, so a secret is only its name, and what is made
-- out of one can only be made where it is known. What a script does wrong it is told at its line.

local schema = require("language.schema")
local words = require("words")

local nodes = {}

local UNITS = { "s", "ms", "iso", "compact" }
local FORMS = { "hex", "base64", "raw" }

local function say_kind(value)
  local kind = type(value)
  if value == nil then
    return words.say("没有值（nil）", "nothing (nil)")
  elseif kind == "table" then
    return words.say("一个表", "a table")
  elseif kind == "function" then
    return words.say("一个函数", "a function")
  end
  return tostring(value)
end

-- Both raise at the line of whoever called the word, two frames up.
local function refuse(zh, en, ...)
  error(words.sayf(zh, en, ...), 3)
end

local Node = {}

Node.__concat = function()
  error(words.say("不能用 .. 连接密钥或由它算出的内容，请写 concat(…)",
    "what is made of secrets is joined with concat(…), not with .."), 2)
end
Node.__tostring = function()
  error(words.say("密钥和由它算出的内容，脚本看不到，也不能当文字用",
    "what is made of secrets cannot be seen by a script, nor used as text"), 0)
end
Node.__newindex = function()
  error(words.say("这个值不能修改", "this value cannot be changed"), 2)
end

local function node(fields)
  return setmetatable(fields, Node)
end

--- Whether a value is a node.
---@param value any
---@return boolean
function nodes.is_node(value)
  return type(value) == "table" and getmetatable(value) == Node
end

local function is_textual(value)
  local kind = type(value)
  return kind == "string" or kind == "boolean" or kind == "number" and value == value
    and value ~= math.huge and value ~= -math.huge or nodes.is_node(value)
end

local function need(word, what, value)
  if type(value) == "table" and not nodes.is_node(value) then
    error(words.sayf("%s 的%s是一个表；要写成文字请用 json(…) 或 concat(…)",
      "%s: %s is a table; write json(…) or concat(…) to make it a text", word, what), 3)
  elseif not is_textual(value) then
    error(words.sayf("%s 的%s应是文字、数或别的词，而不是%s",
      "%s: %s is a text, a number or another word, not %s", word, what, say_kind(value)), 3)
  end
end

local function one_of(value, list)
  for _, one in ipairs(list) do
    if one == value then
      return true
    end
  end
  return false
end

local function keys_of(word, given, known)
  for key in next, given do
    if not known[key] then
      error(words.sayf("%s 里没有“%s”这一项%s", "%s has no key \"%s\"%s", word,
        words.short(tostring(key)), words.hint(key, known)), 3)
    end
  end
end

local function secret_word(names, seen)
  return function(name)
    if type(name) ~= "string" or name == "" or #name > 40 then
      refuse("secret 要写密钥的名字，如 secret \"key\"", "secret takes the name of one, as secret \"key\"")
    elseif names and not names[name] then
      refuse("渠道没有名为“%s”的密钥%s", "the channel has no secret \"%s\"%s", name,
        words.hint(name, names))
    end
    seen[name] = true
    return node({ ["$"] = "secret", name = name })
  end
end

local function timestamp(given)
  local unit, number = given, nil
  if type(given) == "table" and not nodes.is_node(given) then
    keys_of("timestamp", given, { true, number = true })
    unit, number = given[1], given.number
  end
  if not one_of(unit, UNITS) then
    refuse("timestamp 应写 \"s\"、\"ms\"、\"iso\" 或 \"compact\"，而不是%s",
      "timestamp is \"s\", \"ms\", \"iso\" or \"compact\", not %s", say_kind(unit))
  elseif number ~= nil and type(number) ~= "boolean"
    or number and unit ~= "s" and unit ~= "ms" then
    refuse("timestamp 的 number = true 只用于 \"s\" 和 \"ms\"",
      "number = true of timestamp goes with \"s\" and \"ms\" alone")
  end
  return node({ ["$"] = "timestamp", unit = unit, number = number or nil })
end

local function concat(...)
  local given = table.pack(...)
  if given.n == 1 and type(given[1]) == "table" and not nodes.is_node(given[1]) then
    given = given[1]
    given = table.pack(table.unpack(given, 1, math.min(#given, 1000)))
  end
  local parts = {}
  for at = 1, given.n do
    need("concat", words.sayf("第 %d 项", "item %d", at), given[at])
    parts[at] = given[at]
  end
  return node({ ["$"] = "concat", parts = parts })
end

local function json(value)
  if value == nil then
    refuse("json 后面没有写内容", "json is given nothing")
  end
  return node({ ["$"] = "json", value = value })
end

local function coder(word)
  return function(value)
    need(word, words.say("内容", "its content"), value)
    return node({ ["$"] = word, of = value })
  end
end

local function hmac(given)
  if type(given) ~= "table" or nodes.is_node(given) then
    refuse("hmac 要写成 hmac { key = …, of = … }", "hmac is written hmac { key = …, of = … }")
  end
  keys_of("hmac", given, { key = true, of = true, as = true })
  need("hmac", " key ", given.key)
  need("hmac", " of ", given.of)
  if given.as ~= nil and not one_of(given.as, FORMS) then
    refuse("hmac 的 as 应写 \"hex\"、\"base64\" 或 \"raw\"，而不是%s",
      "hmac's as is \"hex\", \"base64\" or \"raw\", not %s", say_kind(given.as))
  end
  return node({ ["$"] = "hmac", key = given.key, of = given.of, as = given.as })
end

--- The words a channel script finds, new for each.
---@param names string[]? the secrets its channel has; nil: any
---@param seen table<string, boolean> filled with those the script names
---@return table<string, function>
function nodes.constructors(names, seen)
  local known
  for _, name in ipairs(names or {}) do
    known = known or {}
    known[name] = true
  end
  known = names and (known or {}) or nil
  local out = { secret = secret_word(known, seen), timestamp = timestamp, concat = concat,
    json = json, hmac = hmac }
  for _, word in ipairs({ "base64", "urlencode", "md5" }) do
    out[word] = coder(word)
  end
  for word in next, out do
    assert(schema.channel_words[word], word)
  end
  return out
end

return nodes
