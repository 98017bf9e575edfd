-- The record of a case: how it begins when the case is opened, and what another
-- case that is added to it brings along.

local builtins = require("engine.builtins")
local rows = require("engine.rows")
local values = require("language.values")
local view = require("engine.view")

local records = {}

-- A case that another one opened comes as the script wrote it: labels become
-- ids, and what was not given takes its default.
local function full_record(w, given)
  local form, out = w.def.record, {}
  for key, value in next, given do
    out[form.by_label and form.by_label[key] or key] = view.copy(value)
  end
  return values.fill(form, out, { today = w.day, settings = view.settings(w.def, w.ctx) })
end

local function same_keys(a, b)
  for key in next, a do
    if b[key] == nil then
      return false
    end
  end
  for key in next, b do
    if a[key] == nil then
      return false
    end
  end
  return true
end

--- Begin the record; the keeper is told when it is not what was handed in.
---@param w table
---@param given table
function records.open(w, given)
  w.s.record = full_record(w, given)
  w.out.record = w.out.record or not same_keys(w.s.record, given)
end

local function has(list, value)
  for _, one in ipairs(list) do
    if one == value then
      return true
    end
  end
  return false
end

--- What another case brings to this one when it is added to it: its lists, each value once.
---@param w table
---@param body table { from, data }
function records.join(w, body)
  local data, record = body.data or {}, w.s.record
  for _, id in ipairs(w.def.record.order) do
    local list = view.copy(record[id] or {})
    if w.def.record.id[id].kind == "list" and type(data[id]) == "table" then
      for _, value in ipairs(data[id]) do
        list[#list + 1] = not has(list, value) and view.copy(value) or nil
      end
      record[id] = list
    end
  end
  rows.decide(w, "noted", "joined", { reason = "joined", from = (body.from or {}).number })
  builtins.record_changed(w, {})
end

return records
