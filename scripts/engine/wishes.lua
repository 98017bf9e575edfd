-- What a channel script gave back, read with suspicion: a request becomes a plain tree of bounded
-- size, a verdict becomes one of the seven outcomes. The courier reads the tree again as hostile;
-- the sentences here are for the author.

local nodes = require("language.nodes")
local words = require("words")

local wishes = {}

local DEPTH, NODES, BYTES = 30, 10000, 256 * 1024
local METHODS = { GET = true, POST = true, PUT = true }
local REQUEST = { method = true, url = true, headers = true, body = true }
local VERDICT = { outcome = true, code = true, text = true, ref = true, after = true }

wishes.OUTCOMES = { accepted = true, throttled = true, transient = true, auth_refresh = true,
  bad_content = true, bad_channel = true, unknown = true }

local function refuse(zh, en, ...)
  error(words.sayf(zh, en, ...), 0)
end

local function shown(value)
  local kind = type(value)
  if value == nil then
    return words.say("没有值（nil）", "nothing (nil)")
  elseif nodes.is_node(value) then
    return rawget(value, "$")
  elseif kind == "table" or kind == "function" then
    return words.say(kind == "table" and "一个表" or "一个函数", "a " .. kind)
  elseif kind == "string" and not utf8.len(value) then
    return words.say("不是 UTF-8 的文字", "a text that is not UTF-8")
  end
  return words.quote(words.short(value))
end

local function count(state, path, depth, bytes)
  state.nodes, state.bytes = state.nodes + 1, state.bytes + bytes
  if depth > DEPTH then
    refuse("%s 嵌套太深（或绕回了自己）", "%s is nested too deep (or holds itself)", path)
  elseif state.nodes > NODES or state.bytes > BYTES then
    refuse("请求太大：%s 处已超过 10000 项或 256 KB", "the request is too large: at %s it is over "
      .. "10000 items or 256 KB", path)
  end
end

local function number(value, path)
  if value ~= value or value == math.huge or value == -math.huge then
    refuse("%s 不是有限的数", "%s is no finite number", path)
  end
  return value
end

local walk

local function leaf(state, value, path, depth)
  local kind = type(value)
  count(state, path, depth, kind == "string" and #value or 8)
  if kind == "number" then
    return number(value, path)
  elseif kind == "string" or kind == "boolean" then
    return value
  end
  refuse("%s 应是文字、数或 secret、concat 这样的词，而不是%s",
    "%s is a text, a number or a word such as secret or concat, not %s", path, shown(value))
end

local function refuse_mixture(of, path)
  for key in next, of do
    if type(key) == "string" or key < 1 or key > #of then
      refuse("%s 既列了项又写了键，JSON 里只能用一种", "%s mixes items and keys, which JSON cannot",
        path)
    end
  end
end

local function data(state, value, path, depth)
  local out = {}
  count(state, path, depth, 0)
  for key, inner in next, value do
    local is_position = math.type(key) == "integer"
    if not is_position and type(key) ~= "string" or key == "$" then
      refuse("%s 的键应是文字或序号", "%s has a key that is no text and no position", path)
    end
    count(state, path, depth, #tostring(key))
    out[key] = walk(state, inner, path .. (is_position and "[" .. key .. "]"
      or "." .. words.short(key)), depth + 1, true)
  end
  if #out > 0 then
    refuse_mixture(out, path)
  end
  return out
end

local function inside(state, value, path, depth)
  local word = rawget(value, "$")
  local out = {}
  count(state, path, depth, 0)
  for key, inner in next, value do
    if key == "parts" then
      out.parts = {}
      for at, part in ipairs(inner) do
        out.parts[at] = walk(state, part, path .. "." .. word .. "[" .. at .. "]", depth + 1)
      end
    elseif key == "of" or key == "key" or key == "value" then
      out[key] = walk(state, inner, path .. "." .. word, depth + 1, key == "value")
    else
      out[key] = inner
    end
  end
  return out
end

function walk(state, value, path, depth, may_be_data)
  if nodes.is_node(value) then
    return inside(state, value, path, depth)
  elseif may_be_data and type(value) == "table" then
    return data(state, value, path, depth)
  end
  return leaf(state, value, path, depth)
end

local function closed(what, given, known)
  for key in next, given do
    if not known[key] then
      refuse("%s里没有“%s”这一项%s", "%s has no key \"%s\"%s", what, words.short(key),
        words.hint(key, known))
    end
  end
end

local function headers_of(state, given)
  local out = {}
  if type(given) ~= "table" or nodes.is_node(given) then
    refuse("headers 应是一个表 { [\"Content-Type\"] = … }，而不是%s",
      "headers are a table { [\"Content-Type\"] = … }, not %s", shown(given))
  end
  for name, value in next, given do
    if type(name) ~= "string" then
      refuse("headers 的每一项都要写名字", "every header has a name")
    end
    out[name] = walk(state, value, "headers." .. words.short(name), 2)
  end
  return out
end

local function read_request(given)
  local state = { nodes = 0, bytes = 0 }
  if type(given) ~= "table" or nodes.is_node(given) then
    refuse("request 应返回 { method = …, url = …, body = … }，而不是%s",
      "request returns { method = …, url = …, body = … }, not %s", shown(given))
  end
  closed(words.say("请求", "the request"), given, REQUEST)
  if not METHODS[given.method] then
    refuse("method 应写 \"GET\"、\"POST\" 或 \"PUT\"，而不是%s",
      "method is \"GET\", \"POST\" or \"PUT\", not %s", shown(given.method))
  elseif type(given.body) == "table" and not nodes.is_node(given.body) then
    refuse("body 是一个表；要写成 JSON 请用 json { … }", "body is a table; json { … } makes it a text")
  end
  return { method = given.method, url = walk(state, given.url, "url", 1),
    headers = given.headers ~= nil and headers_of(state, given.headers) or nil,
    body = given.body ~= nil and walk(state, given.body, "body", 1) or nil }
end

local function text_of(given, key)
  local value = given[key]
  if math.type(value) == "integer" then
    value = tostring(value)
  end
  if value ~= nil and (type(value) ~= "string" or not utf8.len(value)) then
    refuse("%s 应是文字，而不是%s", "%s is a text, not %s", key, shown(value))
  end
  return value and value:sub(1, utf8.offset(value, 401) and utf8.offset(value, 401) - 1 or -1)
end

local function read_verdict(given)
  if type(given) ~= "table" or nodes.is_node(given) then
    refuse("answer 应返回 { outcome = \"accepted\" } 这样的表，而不是%s",
      "answer returns a table such as { outcome = \"accepted\" }, not %s", shown(given))
  end
  closed(words.say("结论", "the verdict"), given, VERDICT)
  if not wishes.OUTCOMES[given.outcome] then
    refuse("outcome 应写 %s，而不是%s%s", "outcome is one of %s, not %s%s",
      table.concat(words.sorted(wishes.OUTCOMES), " "), shown(given.outcome),
      words.hint(given.outcome, wishes.OUTCOMES))
  elseif given.after ~= nil and (math.type(given.after) ~= "integer" or given.after < 0) then
    refuse("after 应是毫秒数（整数），而不是%s", "after is a whole number of milliseconds, not %s",
      shown(given.after))
  end
  return { outcome = given.outcome, code = text_of(given, "code"), text = text_of(given, "text"),
    ref = text_of(given, "ref"), after = given.after }
end

local function tried(read, given)
  local ok, value = pcall(read, given)
  if not ok then
    return nil, value
  end
  return value
end

--- A request as the courier takes it.
---@param given any what the script returned
---@return table? tree
---@return string? why
function wishes.request(given)
  return tried(read_request, given)
end

--- A verdict as the keeper takes it.
---@param given any what the script returned
---@return table? verdict
---@return string? why
function wishes.verdict(given)
  return tried(read_verdict, given)
end

--- The secrets a request names, sorted.
---@param tree table a plain tree
---@return string[]
function wishes.secrets(tree)
  local found = {}
  local function look(value)
    if type(value) ~= "table" then
      return
    elseif value["$"] == "secret" then
      found[value.name] = true
    end
    for _, inner in next, value do
      look(inner)
    end
  end
  look(tree)
  return words.sorted(found)
end

return wishes
