-- Whose line it was: what a script raised, as one sentence with its file and line.

local faults = require("language.faults")
local words = require("words")

local blame = {}

local LONGEST = 300 -- characters of a sentence

--- A handler for xpcall. A call that fails inside C says no place; its caller in the script is it.
---@param name string of the script
---@return fun(why: any): any
function blame.placed(name)
  return function(why)
    if type(why) ~= "string" or why:find("^[^\n]-:%d+: ") then
      return why
    end
    for level = 3, 12 do
      local _, place = pcall(error, "", level)
      if type(place) == "string" and place:sub(1, #name + 1) == name .. ":" then
        return place .. why
      end
    end
    return name .. ": " .. why
  end
end

local function cut(text)
  local after = utf8.len(text) and #text > LONGEST and utf8.offset(text, LONGEST + 1)
  if after and after <= #text then
    return text:sub(1, after - 1) .. "…"
  end
  return utf8.len(text) and text or (text:sub(1, LONGEST):gsub("[\128-\255]", "?"))
end

--- What was raised, in the reader's language.
---@param name string of the script
---@param why any
---@param line integer? where nothing better is known
---@return string
function blame.sentence(name, why, line)
  local raised = words.raised(why):sub(1, 4096)
  if raised:sub(1, #name + 2) == name .. ": " then
    raised = raised:sub(#name + 3)
  end
  local at, text = raised:match("^[^\n]-:(%d+): (.*)")
  at = tonumber(at) or line
  return name .. (at and ":" .. at or "") .. ": " .. cut(faults.say(text or raised))
end

return blame
