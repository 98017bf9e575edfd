-- Lua's own messages, said as one readable sentence: a syntax error of the
-- compiler, or what a script ran into while loading.

local words = require("words")

local faults = {}

local WHATS = { ["global"] = "全局名", ["local"] = "局部名", field = "字段", upvalue = "外层名",
  method = "方法", constant = "常量" }
local DOINGS = { { "call", "调用" }, { "index", "取其中的项" }, { "perform arithmetic on", "计算" },
  { "concatenate", "拼接" }, { "compare", "比较" }, { "get length of", "求长度" } }
local SYNTAX = {
  { "unfinished string", "字符串没有结束" }, { "unfinished long string", "长字符串没有结束" },
  { "unexpected symbol", "有不该出现的符号" }, { "malformed number", "数字写错了" },
  { "expected near", "缺少符号" }, { "attempt to assign to const variable", "不能改写常量" },
  { "too many local variables", "局部变量太多" }, { "invalid escape sequence", "字符串里的 \\ 写错了" },
}

local function near(message)
  local text = message:match("near (.+)$")
  return text and "（在 " .. text:gsub("<eof>", "文件末尾") .. " 附近）" or ""
end

local function in_chinese(message)
  local kind, name = message:match("%((%a+) '([^']*)'%)")
  for _, doing in ipairs(DOINGS) do
    if message:find("attempt to " .. doing[1], 1, true) then
      local what = name and (WHATS[kind] or "") .. "“" .. name .. "”" or ""
      local value = message:find("nil value", 1, true) and "没有值（nil）" or "不是这种值"
      return "不能" .. doing[2] .. "：" .. what .. value
    end
  end
  for _, rule in ipairs(SYNTAX) do
    if message:find(rule[1], 1, true) then
      return rule[2] .. near(message)
    end
  end
  return message
end

--- A message of Lua, without its place, in the reader's language.
---@param message string
---@return string
function faults.say(message)
  return words.say(in_chinese(message), message)
end

--- The line a message of Lua names, and the rest of it.
---@param message any
---@return integer line
---@return string text
function faults.split(message)
  if type(message) ~= "string" then
    return 1, words.say("脚本用 error 抛出的不是文字", "the script raised something that is no text")
  end
  local line, text = message:match("^[^\n]-:(%d+): (.*)")
  return tonumber(line) or 1, text or message
end

return faults
