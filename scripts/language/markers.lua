-- The constructors of a script. Each call only builds a marker that remembers
-- the word, its arguments and its table; what is wrong with it is found later,
-- so that everything wrong is told at once. A word nobody knows is a marker
-- too, which lets itself be called and indexed without stopping the load.

local schema = require("language.schema")

local markers = {}

local function make(meta, args, body, extra)
  return setmetatable({ args = args, body = body, extra = extra }, meta)
end

local function is_plain_table(value)
  return type(value) == "table" and getmetatable(value) == nil
end

local function call(self, ...)
  local meta = getmetatable(self)
  local row = meta.row
  local first, count = (...), select("#", ...)
  if self.body == nil and row.body and (self.args or #row.args == 0 or is_plain_table(first))
    and count == 1 then
    return make(meta, self.args, first, self.extra)
  elseif self.args or self.body ~= nil then
    return make(meta, self.args, self.body, true)
  end
  return make(meta, table.pack(...))
end

local function metatable_for(row)
  local meta = { word = row.word, row = row, __call = call }
  if row.time then
    meta.__call = function(_, n)
      return setmetatable({ kind = row.word, n = n }, meta)
    end
  elseif row.ref then
    meta.__call = function(_, name, extra)
      return setmetatable({ ref = row.word, name = name, extra = extra ~= nil or nil }, meta)
    end
  elseif row.word == "date" then
    meta.__call = function(_, text)
      return setmetatable({ kind = "date", date = text == nil and false or text }, meta)
    end
  end
  return meta
end

--- The constructors by name, new for each script.
---@param rows table<string, table>? rows of the schema by word; nil: those of procedures and jobs
---@return table<string, table>
function markers.constructors(rows)
  local out = {}
  for word, row in pairs(rows or schema.words) do
    out[word] = setmetatable({}, metatable_for(row))
  end
  return out
end

--- The word a marker was made with; nil for anything that is no marker.
---@param value any
---@return string?
function markers.word(value)
  local meta = type(value) == "table" and getmetatable(value)
  return meta and meta.word or nil
end

--- What the schema says about a marker's word.
---@param value table
---@return table
function markers.row(value)
  return getmetatable(value).row
end

local Unknown = { word = "?" }

local function again(self)
  return self
end

for _, event in ipairs({ "call", "concat", "add", "sub", "mul", "div", "mod", "pow", "unm",
  "idiv" }) do
  Unknown["__" .. event] = function(left, right)
    return getmetatable(left) == Unknown and left or right
  end
end

Unknown.__index = function(self, key)
  return type(key) == "string" and again(self) or nil
end

--- A marker for a word nobody knows.
---@param name string
---@return table
function markers.unknown(name)
  return setmetatable({ name = name }, Unknown)
end

--- Whether a value came from a word nobody knows.
---@param value any
---@return boolean
function markers.is_unknown(value)
  return type(value) == "table" and getmetatable(value) == Unknown
end

return markers
