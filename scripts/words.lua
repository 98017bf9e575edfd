-- The words duban speaks: one language per message, Chinese or English,
-- the nearest right word for a wrong one, and lists joined the way each
-- language joins them. Every text a person reads passes through here, so
-- that no module decides for itself which language the reader wants.

local words = {}

local speech = { language = "zh" }

--- Choose the language of all following messages.
---@param language "zh"|"en"
function words.set_language(language)
  speech.language = language == "en" and "en" or "zh"
end

--- The language in which messages are said at present.
---@return "zh"|"en"
function words.language()
  return speech.language
end

--- Say one thing in the reader's language.
---@param zh string
---@param en string
---@return string
function words.say(zh, en)
  if speech.language == "en" then
    return en
  end
  return zh
end

--- Say one thing with values put in; both texts take the same values in the same order.
---@param zh string format text
---@param en string format text
---@return string
function words.sayf(zh, en, ...)
  return string.format(words.say(zh, en), ...)
end

--- Split text into characters; bytes that are not UTF-8 stand alone.
---@param text string
---@return string[]
function words.characters(text)
  local out = {}
  if not utf8.len(text) then
    for index = 1, #text do
      out[index] = text:sub(index, index)
    end
    return out
  end
  for _, code in utf8.codes(text) do
    out[#out + 1] = utf8.char(code)
  end
  return out
end

local function next_row(older, row, left, right, i)
  local new = { [0] = i }
  for j = 1, #right do
    local change = left[i] == right[j] and 0 or 1
    new[j] = math.min(row[j] + 1, new[j - 1] + 1, row[j - 1] + change)
    if older and j > 1 and left[i] == right[j - 1] and left[i - 1] == right[j] then
      new[j] = math.min(new[j], older[j - 2] + 1)
    end
  end
  return new
end

--- How many characters must be changed, added, dropped or swapped to turn one word into another.
---@param one string
---@param other string
---@return integer
function words.distance(one, other)
  local left, right = words.characters(one), words.characters(other)
  local older, row = nil, {}
  for j = 0, #right do
    row[j] = j
  end
  for i = 1, #left do
    older, row = row, next_row(older, row, left, right, i)
  end
  return row[#right]
end

local function contains(one, other)
  return #one > 2 and #other > 2
    and (one:find(other, 1, true) ~= nil or other:find(one, 1, true) ~= nil)
end

--- The candidate nearest to a word, if one is near enough to have been meant.
---@param word string
---@param candidates string[] or a table whose string keys are the candidates
---@return string?
function words.nearest(word, candidates)
  if type(word) ~= "string" or #word > 200 then
    return nil
  end
  local list = words.sorted(candidates)
  local length = #words.characters(word)
  local limit = length <= 4 and 1 or math.max(2, length // 3)
  local best, least = nil, limit + 1
  for _, candidate in ipairs(list) do
    local far = words.distance(word, candidate)
    if far >= least and contains(word, candidate) then
      far = limit
    end
    if far < least then
      best, least = candidate, far
    end
  end
  return best
end

--- The candidates as a sorted list, whether given as a list or as keys.
---@param candidates table
---@return string[]
function words.sorted(candidates)
  local list = {}
  for key, value in next, candidates do
    if type(key) == "string" then
      list[#list + 1] = key
    elseif type(value) == "string" then
      list[#list + 1] = value
    end
  end
  table.sort(list)
  return list
end

--- The end of a sentence that names the nearest right word, or nothing.
---@param word string
---@param candidates table
---@return string
function words.hint(word, candidates)
  local best = words.nearest(word, candidates)
  if not best then
    return ""
  end
  return words.sayf("，是不是“%s”？", "; did you mean \"%s\"?", best)
end

--- A word as it is told back: one that goes on and on by its beginning.
---@param value any
---@return string
function words.short(value)
  local text = tostring(value)
  local after = #text > 40 and utf8.offset(text, 41)
  return after and after <= #text and text:sub(1, after - 1) .. "…" or text
end

--- The words of whatever was raised: an error object may be a trap of its own.
---@param why any
---@return string
function words.raised(why)
  local ok, text = pcall(tostring, why)
  return ok and text or words.say("抛出的错误没有文字", "the error has no words")
end

--- Join items the way the language joins a list.
---@param items string[]
---@return string
function words.join(items)
  return table.concat(items, words.say("、", ", "))
end

--- Put a word between the quotation marks of the language.
---@param text any
---@return string
function words.quote(text)
  return words.sayf("“%s”", "\"%s\"", tostring(text))
end

return words
