--- The failure of the world as one value: raw modules return nil, text, kind, friendly modules
--- return nil, Fault.

local fault = {}

---@class Fault
---@field kind string invalid, missing, conflict, busy, timeout, denied or internal
---@field text string one sentence
local Fault = {}
Fault.__index = Fault

function Fault:__tostring()
  return self.text
end

--- Make a failure.
---@param kind string
---@param text string
---@return Fault
function fault.new(kind, text)
  return setmetatable({ kind = kind, text = text }, Fault)
end

--- Whether a value is a failure made here.
---@param value any
---@return boolean
function fault.is(value)
  return getmetatable(value) == Fault
end

--- Pass on what a raw module returned, or turn its nil, text, kind into nil, Fault with the context
--- before it.
---@param context string what was being done, such as "opening the store"
---@param ... any
---@return any ...
function fault.lift(context, ...)
  local first, text, kind = ...
  if first ~= nil or text == nil then
    return ...
  end
  return nil, fault.new(kind or "internal", context .. ": " .. tostring(text))
end

return fault
