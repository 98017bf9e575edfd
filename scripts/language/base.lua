-- The part of Lua's own library a script may use, built up from nothing: no
-- randomness, no addresses, no clock, one order for every walk through a
-- table, and nothing that loops in C without a bound. Jobs and chunks stand on
-- the same base as procedures.

local words = require("words")

local base = {}

local LONGEST = 1 << 20

local function refuse(zh, en, level)
  error(words.say(zh, en), (level or 1) + 1)
end

local RANK = { number = 1, string = 2, boolean = 3 }

local function comes_before(one, other)
  local left, right = type(one), type(other)
  if left ~= right then
    return RANK[left] < RANK[right]
  elseif left == "boolean" then
    return not one and other
  end
  return one < other
end

local function merge(list, from, middle, to, before, spare)
  local left, right = from, middle + 1
  for index = from, to do
    if left <= middle and (right > to or not before(list[right], list[left])) then
      spare[index] = list[left]
      left = left + 1
    else
      spare[index] = list[right]
      right = right + 1
    end
  end
  for index = from, to do
    list[index] = spare[index]
  end
end

local function sort_range(list, from, to, before, spare)
  if from >= to then
    return
  end
  local middle = (from + to) // 2
  sort_range(list, from, middle, before, spare)
  sort_range(list, middle + 1, to, before, spare)
  if before(list[middle + 1], list[middle]) then
    merge(list, from, middle, to, before, spare)
  end
end

local function less(one, other)
  return one < other
end

--- Sort a list in place; equal items keep their order.
---@param list table
---@param before (fun(one: any, other: any): boolean)?
function base.sort(list, before)
  sort_range(list, 1, #list, before or less, {})
end

--- The keys of a table, numbers ascending first, then strings bytewise.
---@param of table
---@return any[]
function base.keys(of)
  local list = {}
  for key in pairs(of) do
    if not RANK[type(key)] then
      refuse("pairs 只能用于键是数或文字的表", "pairs needs keys that are numbers or strings", 2)
    end
    list[#list + 1] = key
  end
  base.sort(list, comes_before)
  return list
end

--- Walk through a table in its one order.
---@param of table
---@return function, table, nil
function base.pairs(of)
  local keys, at = base.keys(of), 0
  return function()
    local value
    repeat
      at = at + 1
      if keys[at] == nil then
        return nil
      end
      value = of[keys[at]]
    until value ~= nil
    return keys[at], value
  end, of, nil
end

--- The key after a key, in the one order, with its value.
---@param of table
---@param key any
---@return any, any
function base.next(of, key)
  local best
  for candidate in next, of do
    if not RANK[type(candidate)] then
      refuse("next 只能用于键是数或文字的表", "next needs keys that are numbers or strings", 1)
    end
    if (key == nil or comes_before(key, candidate))
      and (best == nil or comes_before(candidate, best)) then
      best = candidate
    end
  end
  if best == nil then
    return nil
  end
  return best, of[best]
end

--- Text for a value, without addresses.
---@param value any
---@return string
function base.tostring(value)
  local kind = type(value)
  if kind == "table" or kind == "userdata" then
    local meta = getmetatable(value)
    if type(meta) == "table" and meta.__tostring then
      return tostring(value)
    end
    return kind
  elseif kind == "function" or kind == "thread" then
    return kind
  end
  return tostring(value)
end

local function format(pattern, ...)
  local args = table.pack(...)
  if pattern:gsub("%%%%", ""):find("%%[^%a]*p") then
    refuse("string.format 不能用 %p", "string.format knows no %p", 2)
  end
  for index = 1, args.n do
    if type(args[index]) ~= "number" and type(args[index]) ~= "string" then
      args[index] = base.tostring(args[index])
    end
  end
  return string.format(pattern, table.unpack(args, 1, args.n))
end

local function rep(text, count, separator)
  local size = (#text + #(separator or "")) * math.max(count, 0)
  if size > LONGEST then
    refuse("string.rep 的结果太长", "the result of string.rep is too long", 2)
  end
  return string.rep(text, count, separator)
end

local function move(from, first, last, to, into)
  if last - first > LONGEST then
    refuse("table.move 的范围太大", "the range of table.move is too large", 2)
  end
  return table.move(from, first, last, to, into)
end

local FORBIDDEN = { __gc = true, __mode = true, __metatable = true, __close = true }

local function set_metatable(of, meta)
  if type(of) ~= "table" or getmetatable(of) ~= nil then
    refuse("不能改变它的元表", "its metatable cannot be changed", 2)
  end
  for key in next, meta or {} do
    if FORBIDDEN[key] then
      error(words.sayf("元表里不能有 %s", "a metatable may not hold %s", key), 2)
    end
  end
  return setmetatable(of, meta)
end

local function pick(from, names)
  local out = {}
  for name in names:gmatch("%a[%w_]*") do
    out[name] = from[name]
  end
  return out
end

--- A read-only face of a library table.
---@param of table
---@return table
function base.frozen(of)
  return setmetatable({}, {
    __index = of,
    __newindex = function()
      refuse("这个表不能修改", "this table cannot be changed", 2)
    end,
    __pairs = function()
      return base.pairs(of)
    end,
    __metatable = false,
  })
end

local function caught(before, ...)
  words.set_language(before)
  return ...
end

--- pcall as scripts have it. What is caught may become part of a row, so the house says it in one
--- language whoever reads.
---@return boolean, any
function base.pcall(...)
  local before = words.language()
  words.set_language("zh")
  return caught(before, pcall(...))
end

local function strings()
  local out = pick(string, "byte char find gmatch gsub len lower match reverse sub upper")
  out.format, out.rep = format, rep
  return out
end

local function tables()
  local out = pick(table, "concat insert remove pack unpack")
  out.sort, out.move = base.sort, move
  return out
end

--- The base every script starts from: names to values, not yet frozen.
---@return table<string, any>
function base.build()
  return {
    assert = assert, error = error, ipairs = ipairs, next = base.next, pairs = base.pairs,
    pcall = base.pcall, select = select, tonumber = tonumber, tostring = base.tostring, type = type,
    setmetatable = set_metatable,
    string = base.frozen(strings()),
    table = base.frozen(tables()),
    math = base.frozen(pick(math,
      "abs ceil floor fmod huge max maxinteger min mininteger modf tointeger type ult sqrt")),
    utf8 = base.frozen(pick(utf8, "char charpattern codepoint codes len offset")),
  }
end

--- Let ("x"):rep and its like reach the bounded functions too. The host calls this in a worker,
--- never in a process that also runs specs.
function base.lock_strings()
  local meta = getmetatable("")
  meta.__index = strings()
  meta.__metatable = false
end

--- An environment that knows these names and cannot be changed.
---@param names table<string, any>
---@param unknown (fun(name: string): any)? what an unknown name is
---@param assigned (fun(name: string))? told of an assignment to a global
---@return table
function base.environment(names, unknown, assigned)
  return setmetatable({}, {
    __index = function(_, name)
      local value = names[name]
      if value == nil and unknown then
        return unknown(name)
      end
      return value
    end,
    __newindex = function(_, name)
      if assigned then
        assigned(name)
        return
      end
      error(words.sayf("不能给全局变量“%s”赋值，请在前面写 local",
        "the global \"%s\" cannot be assigned; write local before it", tostring(name)), 2)
    end,
    __metatable = false,
  })
end

return base
