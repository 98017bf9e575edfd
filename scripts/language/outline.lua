-- The outline of a script: its statements read just far enough to know what
-- it returns, where each constructor and table entry stands, which names are
-- free, and what its functions write to. Lua itself still decides what the
-- script means; this only knows where.

local cursor = require("language.cursor")
local expressions = require("language.expressions")
local scope = require("language.scope")
local tokens = require("language.tokens")
local words = require("words")

local outline = {}

local accept, expect, is, peek = cursor.accept, cursor.expect, cursor.is, cursor.peek
local take, read, name_of = cursor.take, expressions.read, cursor.name

local ENDS = { ["end"] = true, ["else"] = true, ["elseif"] = true, ["until"] = true }

local statement

local function block(p)
  p.scope:open()
  while true do
    local token = peek(p)
    if token.kind == "eof" or token.kind == "keyword" and ENDS[token.text] then
      break
    end
    statement(p)
  end
  p.scope:close()
end

local function expression_list(p)
  local list = { read(p) }
  while accept(p, ",") do
    list[#list + 1] = read(p)
  end
  return list
end

local function parameters(p)
  local open = expect(p, "(")
  while not is(p, ")") do
    if not accept(p, "...") then
      p.scope:declare(name_of(p).text)
    end
    if not accept(p, ",") then
      break
    end
  end
  expect(p, ")", open)
end

local function read_function(p, token, has_self)
  local out = { t = "function", line = token.line, column = token.column }
  out.free_from = #p.scope.free + 1
  p.scope:enter()
  if has_self then
    p.scope:declare("self")
  end
  parameters(p)
  block(p)
  p.scope:leave()
  out.free_to, out.free = #p.scope.free, p.scope.free
  expect(p, "end", token)
  return out
end

local function local_names(p)
  local names = { name_of(p).text }
  if accept(p, "<") then
    name_of(p)
    expect(p, ">")
  end
  return names
end

local function local_statement(p, token)
  take(p)
  if accept(p, "function") then
    local declared = p.scope:declare(name_of(p).text)
    declared.init = read_function(p, token)
    return
  end
  local names = local_names(p)
  while accept(p, ",") do
    names[#names + 1] = local_names(p)[1]
  end
  local values = accept(p, "=") and expression_list(p) or {}
  for index, name in ipairs(names) do
    p.scope:declare(name).init = values[index]
  end
end

local function function_statement(p, token)
  take(p)
  local target = name_of(p)
  local node = { t = "name", name = target.text, line = target.line, column = target.column }
  p.scope:use(node)
  local assigned, has_self = node, false
  while is(p, ".") or is(p, ":") do
    has_self = take(p).text == ":"
    name_of(p)
    assigned = { t = "index", object = assigned, line = target.line, column = target.column }
  end
  p.scope:assign(assigned)
  read_function(p, token, has_self)
end

local function if_statement(p, token)
  take(p)
  read(p)
  expect(p, "then")
  block(p)
  while accept(p, "elseif") do
    read(p)
    expect(p, "then")
    block(p)
  end
  if accept(p, "else") then
    block(p)
  end
  expect(p, "end", token)
end

local function loop_body(p, token)
  expect(p, "do")
  block(p)
  expect(p, "end", token)
end

local function for_statement(p, token)
  take(p)
  local names = { name_of(p).text }
  while accept(p, ",") do
    names[#names + 1] = name_of(p).text
  end
  if not accept(p, "=") then
    expect(p, "in")
  end
  expression_list(p)
  p.scope:open()
  for _, name in ipairs(names) do
    p.scope:declare(name)
  end
  loop_body(p, token)
  p.scope:close()
end

local STATEMENTS = {
  ["local"] = local_statement,
  ["function"] = function_statement,
  ["if"] = if_statement,
  ["for"] = for_statement,
  ["while"] = function(p, token)
    take(p)
    read(p)
    loop_body(p, token)
  end,
  ["do"] = function(p, token)
    take(p)
    block(p)
    expect(p, "end", token)
  end,
  ["repeat"] = function(p, token)
    take(p)
    block(p)
    expect(p, "until", token)
    read(p)
  end,
  ["break"] = take,
  ["goto"] = function(p)
    take(p)
    name_of(p)
  end,
  ["return"] = function(p)
    local token = take(p)
    local following = peek(p)
    local empty = following.kind == "eof" or following.text == ";" or ENDS[following.text]
    local list = empty and {} or expression_list(p)
    accept(p, ";")
    if p.scope.level == 0 then
      p.returned = list[1] or { t = "nil", line = token.line, column = token.column }
    end
  end,
}

local function other_statement(p)
  local first = peek(p)
  local target = expressions.suffixed(p)
  if not (is(p, "=") or is(p, ",")) then
    if target.t ~= "call" then
      cursor.fail(first, words.sayf("“%s”单独写在这里没有意义，是不是漏了 = 或 return？",
        "\"%s\" means nothing on its own here; is a = or a return missing?", first.text))
    end
    return
  end
  local targets = { target }
  while accept(p, ",") do
    targets[#targets + 1] = expressions.suffixed(p)
  end
  expect(p, "=")
  expression_list(p)
  for _, each in ipairs(targets) do
    p.scope:assign(each)
  end
end

function statement(p)
  local token = peek(p)
  p.depth = 0
  if accept(p, ";") then
    return
  elseif accept(p, "::") then
    name_of(p)
    expect(p, "::")
    return
  end
  local rule = token.kind == "keyword" and STATEMENTS[token.text]
  if rule then
    rule(p, token)
    return
  end
  other_statement(p)
end

--- Read a script's outline.
---@param source string
---@return table outline returned, free, writes, tables, declared, issues, failure, source
function outline.parse(source)
  source = source:gsub("^\u{FEFF}", "")
  local list, issues, scan = tokens.scan(source)
  local p = { tokens = list, at = 1, depth = 0, scope = scope.new(),
    read_function = read_function }
  local ok, failure = pcall(function()
    block(p)
    if peek(p).kind ~= "eof" then
      cursor.fail(peek(p), words.sayf("多了一个 %s", "one %s too many", peek(p).text))
    end
  end)
  if not ok and type(failure) ~= "table" then
    failure = { line = 1, column = 1, text = tostring(failure), words = "" }
  end
  return { returned = p.returned, free = p.scope.free, writes = p.scope.writes,
    tables = p.scope.tables, declared = p.scope.declared, issues = issues,
    failure = not ok and failure or nil, broken = scan.broken,
    source = #scan.repairs > 0 and tokens.repaired(source, scan.repairs) or source }
end

--- The expression behind a local that is assigned once, and behind parentheses.
---@param node table?
---@return table?
function outline.resolve(node)
  for _ = 1, 20 do
    if node and node.t == "paren" then
      node = node.inner
    elseif node and node.t == "name" and node.declared and node.declared.init
      and not node.declared.assigned then
      node = node.declared.init
    else
      return node
    end
  end
  return node
end

return outline
