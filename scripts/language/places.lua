-- Where things stand: from a marker or a table back to the nodes of the
-- outline that wrote it. Values that came out of a local or of another module
-- have no node of their own, and the caller falls back to the nearest one.

local markers = require("language.markers")
local outline = require("language.outline")
local words = require("words")

local places = {}

local function entries(node)
  if not node or node.t ~= "table" then
    return nil
  end
  if not node.by then
    node.by = {}
    for _, entry in ipairs(node.entries) do
      local name = entry.key
      if name == nil then
        name = entry.index
      end
      if name ~= nil then
        node.by[name] = entry
      end
    end
  end
  return node.by
end

--- Where the entry of a table stands: its value's node and the entry itself.
---@param node table?
---@param key any
---@return table? value
---@return table? entry
function places.entry(node, key)
  local by = entries(outline.resolve(node))
  local entry = by and by[key]
  if not entry then
    return nil, nil
  end
  return entry.value, entry
end

--- The nodes of a marker's arguments and of its table.
---@param marker table
---@param node table?
---@return table[] args
---@return table? body
function places.nodes(marker, node)
  local calls, at = {}, outline.resolve(node)
  while at and at.t == "call" do
    table.insert(calls, 1, at)
    at = at.callee
  end
  if not at or at.name ~= markers.word(marker) or #calls == 0 then
    return {}, nil
  elseif marker.args or marker.kind or marker.ref then
    return calls[1].args, calls[2] and calls[2].args[1]
  end
  return {}, calls[1].args[1]
end

--- The keys of a table in the author's order where it is known, else sorted.
---@param given table
---@param node table?
---@return string[]
function places.order(given, node)
  local list, seen = {}, {}
  local function add(name)
    if type(name) == "string" and given[name] ~= nil and not seen[name] then
      seen[name] = true
      list[#list + 1] = name
    end
  end
  local found = outline.resolve(node) or {}
  for _, entry in ipairs(found.entries or {}) do
    add(entry.key)
  end
  for _, name in ipairs(words.sorted(given)) do
    add(name)
  end
  return list
end

return places
