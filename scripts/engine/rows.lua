-- Rows of a case's history as the fold hands them out: lists of seven, in the
-- order of the protocol. Kept in one place so that nobody counts positions.

local rows = {}

--- Add a decision.
---@param w table
---@param kind string
---@param name string
---@param body table
---@param line integer?
function rows.decide(w, kind, name, body, line)
  local out = w.out.rows
  out[#out + 1] = { false, kind, name, w.at, body, line or 0, w.out.after or 0 }
end

--- Add the row of an input the engine itself made: a timer.
---@param out table
---@param input table
function rows.input(out, input)
  local list = out.rows
  list[#list + 1] = { true, input.kind, input.name, input.at, input.body, 0, out.after or 0 }
end

return rows
