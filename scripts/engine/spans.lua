-- Spans of days that do not count: pauses, the time a submission lay with the
-- office, holds of a ladder. Due dates and rungs are counted around them here.
-- A span is { from, to }: its first day does not count, its end day does again;
-- a span without an end is still going on and shifts nothing yet.

local spans = {}

local ROUNDS = 24 -- each round reaches further days; more than a few is unheard of

local function by_start(left, right)
  if left.from ~= right.from then
    return left.from < right.from
  end
  return left.to < right.to
end

--- Closed spans of several lists, merged where they touch or overlap, in order of days.
---@param ... table lists of { from, to }
---@return table
function spans.merged(...)
  local all = {}
  for index = 1, select("#", ...) do
    for _, span in ipairs((select(index, ...)) or {}) do
      if span.to and span.to > span.from then
        all[#all + 1] = { from = span.from, to = span.to }
      end
    end
  end
  table.sort(all, by_start)
  local out = {}
  for _, span in ipairs(all) do
    local last = out[#out]
    if last and span.from <= last.to then
      last.to = math.max(last.to, span.to)
    else
      out[#out + 1] = span
    end
  end
  return out
end

-- How many days (or workdays) of the spans fall after base and not after day.
local function lost(cal, list, base, day, whole, workdays)
  local sum = 0
  for _, span in ipairs(list) do
    local from, to = span.from, span.to
    if not whole then
      from, to = math.max(from, base + 1), to
    end
    if from <= day and to > from then
      local works, plain = cal:between(from - 1, to - 1)
      sum = sum + (workdays and works or plain)
    end
  end
  return sum
end

local function step(cal, base, budget, extra, opts)
  if budget.kind == "workdays" then
    if budget.n + extra == 0 then
      return (cal:add(base, budget, opts))
    end
    return (cal:add(base, { kind = "workdays", n = budget.n + extra }, opts))
  end
  local day = cal:add(base, budget, extra > 0 and { counts = opts.counts, lands = "as_is" } or opts)
  if extra == 0 then
    return day
  end
  return cal:land(day + extra, opts.lands)
end

--- The day a budget reaches from base when the days of the spans do not count.
--- A budget counted back keeps its day, unless whole spans shift it.
---@param cal table
---@param base integer
---@param budget table TIME
---@param opts { counts: string, lands: string }
---@param list table merged spans
---@param whole boolean? spans count from their own start, not from the base
---@return integer
function spans.forward(cal, base, budget, opts, list, whole)
  local day = step(cal, base, budget, 0, opts)
  if #list == 0 then
    return day
  end
  if budget.n and budget.n < 0 then
    local off = whole and lost(cal, list, base, day, true, true) or 0
    return off == 0 and day or (cal:add(day, { kind = "workdays", n = off }, opts))
  end
  local workdays, extra = budget.kind == "workdays", 0
  for _ = 1, ROUNDS do
    local more = lost(cal, list, base, day, whole, workdays)
    if more == extra then
      break
    end
    extra = more
    day = step(cal, base, budget, extra, opts)
  end
  return day
end

return spans
