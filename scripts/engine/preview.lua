-- A request of a channel script as a person reads it: every step by its name, so that a digest
-- shows what it is of, and every secret as «name».

local words = require("words")

local preview = {}

local show

local function quoted(text)
  return '"' .. text:gsub('[\\"]', "\\%0"):gsub("\n", "\\n") .. '"'
end

local function key_order(of)
  local list = {}
  for key in next, of do
    list[#list + 1] = key
  end
  table.sort(list, function(one, other)
    return tostring(one) < tostring(other)
  end)
  return list
end

local data

local function lines_of(value, indent)
  local lines, is_list = {}, #value > 0
  for _, key in ipairs(is_list and value or key_order(value)) do
    local at = is_list and #lines + 1 or key
    lines[#lines + 1] = indent .. (is_list and "" or quoted(tostring(key)) .. ": ")
      .. data(value[at], indent)
  end
  return lines
end

function data(value, indent)
  if type(value) == "string" then
    return quoted(value)
  elseif type(value) ~= "table" then
    return tostring(value)
  elseif value["$"] then
    return value.number and show(value) or quoted(show(value))
  elseif next(value) == nil then
    return "[]"
  end
  local inner = table.concat(lines_of(value, indent .. "  "), ",\n")
  if #value > 0 then
    return "[\n" .. inner .. "\n" .. indent .. "]"
  end
  return "{\n" .. inner .. "\n" .. indent .. "}"
end

local SHOWN = {
  secret = function(node)
    return "«" .. node.name .. "»"
  end,
  timestamp = function(node)
    return ("timestamp(%s)"):format(node.unit)
  end,
  concat = function(node)
    local parts = {}
    for at, part in ipairs(node.parts) do
      parts[at] = show(part)
    end
    return table.concat(parts)
  end,
  json = function(node)
    return data(node.value, "")
  end,
  hmac = function(node)
    return ("hmac(%s, key %s, %s)"):format(show(node.of), show(node.key), node.as or "hex")
  end,
}

function show(node)
  if type(node) ~= "table" then
    return tostring(node)
  elseif SHOWN[node["$"]] then
    return SHOWN[node["$"]](node)
  end
  return node["$"] .. "(" .. show(node.of) .. ")"
end

local function harmless(text)
  text = utf8.len(text) and text or text:gsub("[\128-\255]", "?")
  return (text:gsub("[%z\1-\9\11-\31\127]", "?"))
end

--- The text of a request.
---@param tree table as wishes.request gives it
---@return string
function preview.text(tree)
  local lines = { tree.method .. " " .. show(tree.url) }
  for _, name in ipairs(words.sorted(tree.headers or {})) do
    lines[#lines + 1] = name .. ": " .. show(tree.headers[name])
  end
  if tree.body ~= nil then
    lines[#lines + 1] = ""
    lines[#lines + 1] = show(tree.body)
  end
  return harmless(table.concat(lines, "\n"))
end

return preview
