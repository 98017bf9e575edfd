-- One in the place of another: a person who hands over, a unit that another one succeeds. Only the
-- fields that the fact names change, and only where the old one stands.

local refusal = require("engine.refusal")
local words = require("words")

local passing = {}

local function field_of(def, name)
  return def.record.id[name] or def.record.id[(def.record.by_label or {})[name] or ""]
end

-- The list with the new one where the old one stood, and nobody twice; nil when it stood nowhere.
local function exchanged(list, from, to)
  local out, seen, any = {}, {}, false
  for _, one in ipairs(list) do
    local now = one == from and to or one
    any = any or one == from
    if not seen[now] then
      out[#out + 1], seen[now] = now, true
    end
  end
  return any and out or nil
end

--- The fields of the record that change, with what they become.
---@param def table
---@param record table
---@param form { from: string, to: string, fields: string[]? }
---@return table<string, string|string[]> fields
function passing.changes(def, record, form)
  local fields = {}
  for _, name in ipairs(form.fields or {}) do
    local field = field_of(def, name)
    local value = field and record[field.id]
    if value ~= nil and value == form.from then
      fields[field.id] = form.to
    elseif type(value) == "table" then
      fields[field.id] = exchanged(value, form.from, form.to)
    end
  end
  return fields
end

local function holds(field, kind)
  local item = type(field.item) == "table" and field.item.kind or field.item
  return field.kind == kind or (field.kind == "list" and item == kind)
end

--- A check of the form: the fields named stand in the record and hold such a thing.
---@param kind "person"|"unit"
---@return fun(w: table, form: table): table?
function passing.check(kind)
  return function(w, form)
    for _, name in ipairs(form.fields or {}) do
      local field = field_of(w.def, name)
      if not field or not holds(field, kind) then
        return refusal.say("invalid", "登记中的“%s”不是%s", "\"%s\" of the record is no %s",
          tostring(name), kind == "person" and words.say("人员", "person")
          or words.say("单位", "unit"))
      end
    end
    return nil
  end
end

return passing
