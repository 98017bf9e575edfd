-- What docs/messages.md lists out of the code: tables between marks, made here and compared, or with DUBAN_FILL=1
-- written into the page.
local net = require("raw.net")

local pages = {}

local OUTCOMES = { throttled = "平台限流", transient = "暂时失败", auth_refresh = "凭证过期", bad_content = "内容被拒",
  bad_channel = "渠道不可用", unknown = "结果不明" }
local ADDRESSES = { wecom = "企业微信账号", dingtalk = "钉钉账号", feishu = "飞书账号", mail = "邮箱", phone = "电话" }

local function words_of(row)
  return row.words and "文字含 " .. row.words:gsub("|", "、") or nil
end

local function code_of(row)
  if row.first then
    return row.first == row.last and tostring(row.first) or ("%d–%d"):format(row.first, row.last)
  elseif row.code and row.code:find("%.$") then
    return row.code .. "x"
  elseif row.code then
    return row.code .. (row.words and "，" .. words_of(row) or "")
  end
  return row.words and "任何码，" .. words_of(row) or "其他"
end

--- The codes that a platform refuses with; rows that follow each other and say the same are one.
---@param kind? string
---@return string lines of a table
function pages.codes(kind)
  local lines, before = { "| 码 | 结果 | 该做什么 |", "|---|---|---|" }, nil
  for _, row in ipairs(net.verdicts(kind)) do
    if row.outcome ~= "accepted" then
      local rest = (" | %s | %s |"):format(OUTCOMES[row.outcome], row.hint_zh)
      local code = code_of(row)
      if before and before.rest == rest then
        before.code = before.code .. "、" .. code
        lines[#lines] = "| " .. before.code .. rest
      else
        before = { rest = rest, code = code }
        lines[#lines + 1] = "| " .. code .. rest
      end
    end
  end
  return table.concat(lines, "\n")
end

local function seconds(ms)
  return ms % 60000 == 0 and ms > 0 and ms // 60000 .. " 分钟" or ms > 0 and ms // 1000 .. " 秒" or "—"
end

--- What each kind bears.
---@return string lines of a table
function pages.limits()
  local lines = { "| 种类 | 收件人要有 | 每分钟 | 正文上限 | 限流后停 | 认得重发 |", "|---|---|---|---|---|---|" }
  for _, one in ipairs(net.adapters()) do
    if one.kind ~= "lua" then
      local rate = one.per_minute > 0 and one.per_minute .. " 条" or "—"
      lines[#lines + 1] = ("| `%s` | %s | %s | %s | %s | %s |"):format(one.kind,
        one.is_group and "—（群里都看得到）" or ADDRESSES[one.address] or "—",
        one.per_second > 0 and rate .. "，每秒 " .. one.per_second .. " 条" or rate,
        one.body_limit > 0 and one.body_limit .. " 字节" or "—", seconds(one.pause), one.has_key and "是" or "否")
    end
  end
  return table.concat(lines, "\n")
end

-- The text between "<!-- 码 wecom-bot -->" and "<!-- 码完 -->", with the marks.
local function part(word, name)
  return "<!%-%- " .. word .. (name and " " .. name:gsub("%-", "%%-") or "") .. " %-%->\n(.-)<!%-%- " .. word
    .. "完 %-%->"
end

--- What stands between two marks of a page.
---@param text string
---@param word string
---@param name? string
---@return string?
function pages.part(text, word, name)
  return (text:match(part(word, name)))
end

--- The page with every table as the code has it.
---@param text string
---@param kinds string[]
---@return string
function pages.filled(text, kinds)
  local function put(word, name, made)
    local mark = "<!-- " .. word .. (name and " " .. name or "") .. " -->\n"
    local whole = mark .. made .. "\n<!-- " .. word .. "完 -->"
    text = text:gsub(part(word, name), (whole:gsub("%%", "%%%%")))
  end
  put("限制", nil, pages.limits())
  put("码", nil, pages.codes())
  for _, kind in ipairs(kinds) do
    put("码", kind, pages.codes(kind))
  end
  return text
end

return pages
