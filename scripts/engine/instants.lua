-- Instants and days: the one place that knows the office lives at UTC+08:00.
-- An instant is UTC milliseconds, a day counts from 1970-01-01. Kept apart so
-- that no other module of the engine repeats the arithmetic.

local calendar = require("calendar")

local instants = {}

local DAY = 86400000
local EAST = 8 * 3600000

instants.DAY = DAY

--- The day an instant belongs to.
---@param at integer
---@return integer
function instants.day(at)
  return (at + EAST) // DAY
end

--- The instant at which a day begins.
---@param day integer
---@return integer
function instants.start(day)
  return day * DAY - EAST
end

--- The instant of the office's opening hour on a day.
---@param day integer
---@param opens_at integer? minutes after midnight
---@return integer
function instants.opening(day, opens_at)
  return day * DAY - EAST + (opens_at or 540) * 60000
end

--- The text of an instant, such as "2026-09-29 09:00".
---@param at integer
---@return string
function instants.text(at)
  local minutes = (at + EAST) % DAY // 60000
  return string.format("%s %02d:%02d", calendar.text(instants.day(at)), minutes // 60, minutes % 60)
end

--- The instant a text names; a bare date means the given minutes of that day.
---@param text string
---@param minutes integer?
---@return integer?
function instants.read(text, minutes)
  local date, hour, minute = text:match("^(%S+)%s+(%d%d?):(%d%d)$")
  local day = calendar.day(date or text)
  if not day then
    return nil
  end
  local past = hour and tonumber(hour) * 60 + tonumber(minute) or minutes or 600
  return instants.start(day) + math.tointeger(past) * 60000
end

return instants
