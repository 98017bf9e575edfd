-- The timers of a case: ready-made instants in order of (at, o), so that what
-- is due next is always the first one and firing it needs no arithmetic.
-- `o` follows the order of the script, which makes equal instants unambiguous.

local timers = {}

--- Put a timer in its place.
---@param s table snapshot
---@param timer table { at, k, l, s, a, r, o }
function timers.add(s, timer)
  local list = s.timers
  local index = #list + 1
  local at, o = timer.at, timer.o
  while index > 1 do
    local before = list[index - 1]
    if before.at < at or (before.at == at and before.o <= o) then
      break
    end
    list[index] = before
    index = index - 1
  end
  list[index] = timer
end

local function keep(s, test)
  local list, kept = s.timers, 0
  local count = #list
  for index = 1, count do
    local timer = list[index]
    if test(timer) then
      kept = kept + 1
      list[kept] = timer
    end
  end
  for index = kept + 1, count do
    list[index] = nil
  end
end

--- Take away the timers of one kind that belong to one deadline or ladder.
---@param s table
---@param kind "rung"|"pass"
---@param id string
function timers.remove(s, kind, id)
  keep(s, function(timer)
    return timer.k ~= kind or timer.l ~= id
  end)
end

--- Take away the timer of a proposal.
---@param s table
---@param key string
function timers.remove_key(s, key)
  keep(s, function(timer)
    return timer.key ~= key
  end)
end

return timers
