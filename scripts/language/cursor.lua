-- The cursor over the tokens of a script: what stands here, what must stand
-- here, and one sentence when it does not. A forgotten brace is told at the
-- line that forgot it, which the indentation of later braces gives away.

local words = require("words")

local cursor = {}

--- The token being read.
---@param p table
---@return table
function cursor.peek(p)
  return p.tokens[p.at]
end

local peek = cursor.peek

--- Take the token being read.
---@param p table
---@return table
function cursor.take(p)
  local token = p.tokens[p.at]
  p.at = p.at + 1
  return token
end

local take = cursor.take

--- Whether the token being read is this sign or keyword.
---@param p table
---@param text string
---@return boolean
function cursor.is(p, text)
  local token = p.tokens[p.at]
  return token.text == text and (token.kind == "op" or token.kind == "keyword")
end

local is = cursor.is

--- Take the token if it is this sign or keyword.
---@param p table
---@param text string
---@return table? token
function cursor.accept(p, text)
  if is(p, text) then
    return take(p)
  end
  return nil
end

local accept = cursor.accept

--- Stop reading with one sentence at one token.
---@param token table
---@param text string
function cursor.fail(token, text)
  error({ line = token.line, column = token.column, text = text, words = token.text }, 0)
end

local fail = cursor.fail

--- A token in a sentence.
---@param token table
---@return string
function cursor.shown(token)
  if token.kind == "eof" then
    return words.say("文件末尾", "the end of the file")
  end
  return words.quote(token.text)
end

--- Take a sign that must stand here; opener is the token it closes.
---@param p table
---@param text string
---@param opener table?
---@return table token
function cursor.expect(p, text, opener)
  local token = accept(p, text)
  if token then
    return token
  end
  token = peek(p)
  if token.kind == "eof" and p.suspect then
    opener = p.suspect
  end
  if opener then
    fail(token, words.sayf("到%s还缺少 %s，它应当与第%d行的 %s 配对",
      "at %s a %s is missing that closes the one opened in line %d with %s",
      cursor.shown(token), text, opener.line, opener.text))
  end
  fail(token, words.sayf("%s前面缺少 %s", "before %s a %s is missing", cursor.shown(token), text))
end

--- Take a name that must stand here.
---@param p table
---@return table token
function cursor.name(p)
  local token = peek(p)
  if token.kind ~= "name" then
    fail(token, words.sayf("这里应当是一个名字，而不是%s", "a name should stand here, not %s",
      cursor.shown(token)))
  end
  return take(p)
end

local function line_start(p, at)
  while at > 1 and p.tokens[at - 1].line == p.tokens[at].line do
    at = at - 1
  end
  return p.tokens[at]
end

--- A brace that closes another line's indentation than its own shows where one was forgotten.
---@param p table
---@param opened integer index of the opening token
---@param open table the opening token
function cursor.watch(p, opened, open)
  local close = p.tokens[p.at]
  if close.line ~= open.line and line_start(p, p.at) == close
    and close.column ~= line_start(p, opened).column then
    p.suspect = p.suspect or open
  end
end

return cursor
