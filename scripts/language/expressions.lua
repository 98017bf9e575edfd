-- Reads Lua expressions from tokens into a small tree with positions. Calls,
-- tables, names and functions are kept, since the checker asks about them;
-- operators keep only their operands.

local cursor = require("language.cursor")
local words = require("words")

local expressions = {}

local accept, expect, fail, is = cursor.accept, cursor.expect, cursor.fail, cursor.is
local peek, shown, take, watch = cursor.peek, cursor.shown, cursor.take, cursor.watch

local PRIORITY = {
  ["or"] = { 1, 1 }, ["and"] = { 2, 2 },
  ["<"] = { 3, 3 }, [">"] = { 3, 3 }, ["<="] = { 3, 3 }, [">="] = { 3, 3 }, ["~="] = { 3, 3 },
  ["=="] = { 3, 3 }, ["|"] = { 4, 4 }, ["~"] = { 5, 5 }, ["&"] = { 6, 6 }, ["<<"] = { 7, 7 },
  [">>"] = { 7, 7 }, [".."] = { 9, 8 }, ["+"] = { 10, 10 }, ["-"] = { 10, 10 },
  ["*"] = { 11, 11 }, ["/"] = { 11, 11 }, ["//"] = { 11, 11 }, ["%"] = { 11, 11 },
  ["^"] = { 14, 13 },
}
local UNARY = { ["not"] = true, ["-"] = true, ["#"] = true, ["~"] = true }
local UNARY_PRIORITY = 12
local DEEPEST = 150

local function node(t, token)
  return { t = t, line = token.line, column = token.column }
end

local expression

local function entry(p)
  local token = peek(p)
  local item = { line = token.line, column = token.column }
  local after = p.tokens[p.at + 1]
  if token.kind == "name" and after and after.kind == "op" and after.text == "=" then
    p.at = p.at + 2
    item.key, item.named = token.text, true
  elseif accept(p, "[") then
    item.keyed = expression(p, 0)
    item.key = item.keyed.value
    expect(p, "]", token)
    expect(p, "=")
  end
  item.value = expression(p, 0)
  return item
end

local function table_end(p, open)
  if accept(p, ",") or accept(p, ";") then
    return
  end
  local token = peek(p)
  if is(p, "}") then
    return
  elseif token.kind == "eof" then
    expect(p, "}", open)
  end
  fail(token, words.sayf("%s前面缺少逗号（第%d行的 { 里）",
    "a comma is missing before %s (inside the { of line %d)", shown(token), open.line))
end

local function table_constructor(p)
  local opened, open = p.at, expect(p, "{")
  local out, count = node("table", open), 0
  out.entries = {}
  while not is(p, "}") do
    if peek(p).kind == "eof" then
      expect(p, "}", open)
    end
    local item = entry(p)
    if item.key == nil and not item.keyed then
      count = count + 1
      item.index = count
    end
    out.entries[#out.entries + 1] = item
    table_end(p, open)
  end
  watch(p, opened, open)
  take(p)
  p.scope.tables[#p.scope.tables + 1] = out
  return out
end

local function arguments(p)
  local token = peek(p)
  if token.kind == "string" then
    take(p)
    local text = node("string", token)
    text.value = token.value
    return { text }
  elseif is(p, "{") then
    return { table_constructor(p) }
  end
  local open, list = expect(p, "("), {}
  while not is(p, ")") do
    list[#list + 1] = expression(p, 0)
    if not accept(p, ",") then
      break
    end
  end
  expect(p, ")", open)
  return list
end

local function primary(p)
  local token = peek(p)
  if token.kind == "name" then
    take(p)
    local out = node("name", token)
    out.name = token.text
    p.scope:use(out)
    return out
  elseif accept(p, "(") then
    local out = node("paren", token)
    out.inner = expression(p, 0)
    expect(p, ")", token)
    return out
  end
  fail(token, words.sayf("这里不该出现%s", "%s should not stand here", shown(token)))
end

local function is_call(p)
  return peek(p).kind == "string" or is(p, "(") or is(p, "{")
end

local function call(p, from, method)
  local out = { t = "call", line = from.line, column = from.column, callee = from,
    method = method }
  out.args = arguments(p)
  p.scope:call(out)
  return out
end

--- Read a name with everything indexed and called after it.
---@param p table
---@return table node
function expressions.suffixed(p)
  local left = primary(p)
  while true do
    if accept(p, ".") then
      left = { t = "index", line = left.line, column = left.column, object = left,
        key = cursor.name(p).text }
    elseif is(p, "[") then
      local open = take(p)
      left = { t = "index", line = left.line, column = left.column, object = left,
        keyed = expression(p, 0) }
      expect(p, "]", open)
    elseif accept(p, ":") then
      left = call(p, left, cursor.name(p).text)
    elseif is_call(p) then
      left = call(p, left)
    else
      return left
    end
  end
end

local LITERALS = { ["nil"] = true, ["true"] = true, ["false"] = true, ["..."] = true }

local function simple(p)
  local token = peek(p)
  if token.kind == "string" or token.kind == "number" then
    take(p)
    local out = node(token.kind, token)
    out.value = token.value
    return out
  elseif token.kind ~= "name" and LITERALS[token.text] then
    take(p)
    return node(token.text, token)
  elseif is(p, "{") then
    return table_constructor(p)
  elseif is(p, "function") then
    take(p)
    return p.read_function(p, token)
  end
  return expressions.suffixed(p)
end

local function operand(p, depth)
  local token = peek(p)
  if token.kind ~= "string" and token.kind ~= "name" and UNARY[token.text] then
    take(p)
    local out = node("op", token)
    out[1] = expression(p, UNARY_PRIORITY, depth)
    out.sign = token.text
    return out
  end
  return simple(p)
end

function expression(p, limit)
  p.depth = p.depth + 1
  if p.depth > DEEPEST then
    fail(peek(p), words.say("嵌套太深", "nested too deeply"))
  end
  local left = operand(p)
  while true do
    local token = peek(p)
    local priority = token.kind ~= "string" and token.kind ~= "name" and PRIORITY[token.text]
    if not priority or priority[1] <= limit then
      break
    end
    take(p)
    local out = { t = "op", line = left.line, column = left.column, left, nil, sign = token.text }
    out[2] = expression(p, priority[2])
    left = out
  end
  p.depth = p.depth - 1
  return left
end

--- Read one expression.
---@param p table
---@return table node
function expressions.read(p)
  return expression(p, 0)
end

return expressions
