--- A database of a site, for tools and specs in the trusted interpreter: rows, one row, one value,
--- statements and transactions with bound values.

local fault = require("fault")
local raw = { store = require("raw.store") }

local store = {}

---@class Store
---@field private handle userdata
local Store = {}
Store.__index = Store

--- What stands for NULL among values.
store.null = raw.store.null

--- Open the database named by a URL such as "sqlite:duban.db".
---@param url string
---@param mode "create"|"write"|"read"|"question"|nil
---@return Store? store
---@return Fault? why
function store.open(url, mode)
  local handle, why = fault.lift("opening the store", raw.store.open(url, mode))
  if not handle then
    return nil, why
  end
  return setmetatable({ handle = handle }, Store)
end

--- All rows of a query, each a table by column name; NULL is absent.
---@param sql string with $1, $2 … for the values
---@param values any[]?
---@return table[]? rows
---@return Fault? why
function Store:rows(sql, values)
  return fault.lift("reading rows", raw.store.rows(self.handle, sql, values))
end

--- The first row, or nil when there is none.
---@param sql string
---@param values any[]?
---@return table? row
---@return Fault? why
function Store:one(sql, values)
  local rows, why = self:rows(sql, values)
  return rows and rows[1], why
end

--- The only column of the first row; the query names it "value".
---@param sql string
---@param values any[]?
---@return any value
---@return Fault? why
function Store:value(sql, values)
  local row, why = self:one(sql, values)
  return row and row.value, why
end

--- Run a statement that gives no rows.
---@param sql string
---@param values any[]?
---@return true? done
---@return Fault? why
function Store:exec(sql, values)
  return fault.lift("running a statement", raw.store.run(self.handle, sql, values))
end

--- Run several statements without values.
---@param sql string
---@return true? done
---@return Fault? why
function Store:script(sql)
  return fault.lift("running statements", raw.store.exec(self.handle, sql))
end

--- Call work inside one transaction: committed when it returns something true, else rolled back.
--- What work raises is raised again after the rollback.
---@param work fun(self: Store): any, Fault?
---@return any result
---@return Fault? why
function Store:transaction(work)
  local begun, why = fault.lift("beginning", raw.store.begin(self.handle))
  if not begun then
    return nil, why
  end
  local ok, result, problem = pcall(work, self)
  if not ok or not result then
    raw.store.rollback(self.handle)
    if not ok then
      error(result, 0)
    end
    return nil, problem
  end
  local done, refused = fault.lift("committing", raw.store.commit(self.handle))
  if not done then
    return nil, refused
  end
  return result
end

--- The key of the row inserted last.
---@return integer
function Store:last_id()
  return raw.store.last_id(self.handle)
end

--- Close; closing twice is harmless.
function Store:close()
  raw.store.close(self.handle)
end

Store.__close = Store.close

return store
