-- What stands in a site's database: rows counted table by table, questions, and rows that only a spec puts there.
local store = require("raw.store")

local tables = {}

local function with(site, mode, work)
  local handle = assert(store.open("sqlite:" .. site.path .. "/duban.db", mode))
  local result = work(handle)
  store.close(handle)
  return result
end

--- The rows of a question.
---@param site table
---@param sql string
---@param values? any[]
---@return table[]
function tables.rows(site, sql, values)
  return with(site, "read", function(handle)
    return assert(store.rows(handle, sql, values))
  end)
end

--- The first value of the first row.
---@return any
function tables.value(site, sql, values)
  local row = tables.rows(site, sql .. " LIMIT 1", values)[1]
  local _, value = next(row or {})
  return value
end

--- How many rows each table holds, as one text that two states can be compared by. What a refusal for want of a role
--- leaves in the audit does not count: nothing else may be written by it.
---@return string
function tables.counts(site)
  return with(site, "read", function(handle)
    local lines = {}
    local names = assert(store.rows(handle,
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"))
    for _, row in ipairs(names) do
      local count = assert(store.rows(handle, ("SELECT COUNT(*) AS n FROM %s%s"):format(row.name,
        row.name == "audit" and " WHERE act <> 'denied'" or "")))
      lines[#lines + 1] = row.name .. " " .. count[1].n
    end
    return table.concat(lines, "\n")
  end)
end

--- Writes what no command of this issue writes.
function tables.exec(site, sql)
  with(site, "write", function(handle)
    assert(store.exec(handle, sql))
  end)
end

--- Hangs an office below another, as the office command of a later issue will.
---@param site table
---@param code string
---@param name string
---@param level "city"|"county"
---@param parent string
function tables.office(site, code, name, level, parent)
  tables.exec(site, ("INSERT INTO offices (code, name, level, parent_id) SELECT '%s', '%s', '%s', office_id"
    .. " FROM offices WHERE code = '%s'"):format(code, name, level, parent))
end

return tables
