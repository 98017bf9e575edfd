-- The text of a cell as people type it: full-width digits and signs, blanks,
-- thousands separators, Chinese numerals. Everything that reads an input
-- starts from the plain form made here; the raw words are kept elsewhere.

local cells = {}

local WIDE = {
  ["\u{3000}"] = " ", ["\u{A0}"] = " ", ["．"] = ".", ["／"] = "/", ["－"] = "-", ["—"] = "-",
  ["–"] = "-", ["，"] = ",", ["：" ] = ":", ["（"] = "(", ["）"] = ")", ["＋"] = "+", ["％"] = "%",
}
local DIGITS = { ["〇"] = 0, ["零"] = 0, ["一"] = 1, ["二"] = 2, ["两"] = 2, ["三"] = 3, ["四"] = 4,
  ["五"] = 5, ["六"] = 6, ["七"] = 7, ["八"] = 8, ["九"] = 9 }

local function half(sign)
  local plain = WIDE[sign]
  if plain then
    return plain
  end
  local code = #sign == 3 and utf8.codepoint(sign) or 0
  if code >= 0xFF10 and code <= 0xFF19 or code >= 0xFF21 and code <= 0xFF3A
    or code >= 0xFF41 and code <= 0xFF5A then
    return string.char(code - 0xFEE0)
  end
  return nil
end

--- Text with half-width digits, letters and signs, and no blanks around it.
---@param raw string valid UTF-8
---@return string
function cells.plain(raw)
  local text = raw:gsub("[\xC2-\xF4][\x80-\xBF]+", half)
  return (text:match("^%s*(.-)%s*$"))
end

--- Text without any blanks.
---@param raw string
---@return string
function cells.tight(raw)
  return (cells.plain(raw):gsub("%s+", ""))
end

local function below_hundred(text)
  local tens, ones = text:match("^(.-)十(.*)$")
  if not tens then
    return DIGITS[text]
  end
  local ten = tens == "" and 1 or DIGITS[tens]
  local one = ones == "" and 0 or DIGITS[ones]
  return ten and one and ten * 10 + one or nil
end

--- A whole number in digits or Chinese numerals below one hundred.
---@param text string
---@return integer?
function cells.count(text)
  if text:find("^%d+$") and #text <= 9 then
    return math.tointeger(tonumber(text))
  end
  return below_hundred(text)
end

local COUNTED = { "人", "名", "件", "个", "位", "次", "项", "条", "家", "份", "处", "起", "户", "篇" }

-- 5人, 3名, 12件: the word that is counted is no part of the number.
local function uncounted(text)
  for _, word in ipairs(COUNTED) do
    if text:sub(-#word) == word then
      return text:sub(1, -#word - 1)
    end
  end
  return text
end

--- A whole number as typed: thousands separators allowed.
---@param raw any
---@return integer?
function cells.integer(raw)
  if type(raw) == "number" then
    return math.tointeger(raw)
  elseif type(raw) ~= "string" then
    return nil
  end
  local text = uncounted(cells.tight(raw))
  if text:find(",") and not text:find("^[+-]?%d%d?%d?,%d%d%d") then
    return nil
  end
  local sign, digits, zeros = text:gsub(",", ""):match("^([+-]?)(%d+)%.?(0*)$")
  if not digits or #digits > 15 or #zeros > 6 then
    return nil
  end
  return math.tointeger(tonumber(sign .. digits))
end

local SCALES = { ["万"] = 10000, ["亿"] = 100000000, [""] = 1 }

--- Money in fen: an integer is fen, text is yuan.
---@param raw any
---@return integer?
function cells.money(raw)
  if math.type(raw) == "integer" then
    return raw
  elseif type(raw) ~= "string" then
    return nil
  end
  local text = cells.tight(raw):gsub("^￥", ""):gsub("^¥", ""):gsub("人民币", ""):gsub(",", "")
  text = text:gsub("元整$", ""):gsub("元$", "")
  local number, unit = text:match("^([+-]?%d+%.?%d*)(.*)$")
  local scale = SCALES[unit or "?"]
  if not scale then
    return nil
  end
  local sign, whole, part = number:match("^([+-]?)(%d+)%.?(%d*)$")
  if #whole + #part > 15 then
    return nil
  end
  local fen, rest = tonumber(whole .. part) * 100 * scale, math.tointeger(10 ^ #part)
  if fen % rest ~= 0 then
    return nil
  end
  return (sign == "-" and -1 or 1) * (fen // rest)
end

local YES = { ["是"] = true, ["有"] = true, ["对"] = true, ["√"] = true, ["✓"] = true, ["y"] = true,
  yes = true, ["true"] = true, ["1"] = true, ["已"] = true }
local NO = { ["否"] = true, ["无"] = true, ["错"] = true, ["×"] = true, ["✗"] = true, ["n"] = true,
  no = true, ["false"] = true, ["0"] = true, ["未"] = true, ["不是"] = true }

--- Yes or no as typed.
---@param raw any
---@return boolean?
function cells.bool(raw)
  if type(raw) == "boolean" then
    return raw
  end
  local text = cells.tight(tostring(raw)):lower()
  if YES[text] then
    return true
  elseif NO[text] then
    return false
  end
  return nil
end

local NONE = { [""] = true, ["-"] = true, ["--"] = true, ["/"] = true, ["无"] = true }

--- Whether a cell says that there is nothing: 无, — or a stroke.
---@param raw any
---@return boolean
function cells.none(raw)
  return type(raw) == "string" and utf8.len(raw) ~= nil and NONE[cells.tight(raw)] == true
end

--- The parts of a cell that holds several things.
---@param raw string
---@return string[]
function cells.split(raw)
  local out = {}
  local text = raw:gsub("、", "\n"):gsub("，", "\n"):gsub("；", "\n"):gsub("[,;]", "\n")
  for part in text:gmatch("[^\r\n]+") do
    part = cells.plain(part)
    if part ~= "" then
      out[#out + 1] = part
    end
  end
  return out
end

return cells
