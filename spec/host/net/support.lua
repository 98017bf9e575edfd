-- A neutral message and small readers of what adapters make of it.
local json = require("raw.json")

local support = {}

support.NOW = 1767225600000 -- 2026-01-01 08:00 in UTC+08:00

--- A message with everything; changes replace fields, false removes one.
---@param changes? table
---@return table
function support.message(changes)
  local message = {
    id = "DB-2026-0001-3", number = "430000-2026-YJ-0001", title = "整改事项将到期",
    facts = { { "责任单位", "省教育厅" }, { "期限", "2026-03-31" } },
    body = "请按时报送整改情况。\n逾期将约谈。", link = "https://duban.example.gov.cn/case/1",
    severity = "normal", to = { name = "张三", address = "zhangsan" }, mention = "", type = "due_soon",
    at = support.NOW,
  }
  for key, value in pairs(changes or {}) do
    message[key] = value or nil
  end
  return message
end

--- The Lua text of a header in a request.
---@param request table
---@param name string
---@return string?
function support.header(request, name)
  for key, value in request.headers:gmatch("([^\n:]+): ([^\n]*)\n") do
    if key:lower() == name:lower() then
      return value
    end
  end
  return nil
end

--- The tree of a body, or an error of the spec.
---@param body string
---@return any
function support.tree(body)
  return assert(json.decode(body))
end

return support
