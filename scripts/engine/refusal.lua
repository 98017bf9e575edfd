-- Refusals: a kind and one sentence, said in the reader's language, and the two
-- questions every admission asks: is the form right, is the day in the past.

local calendar = require("calendar")
local instants = require("engine.instants")
local view = require("engine.view")
local values = require("language.values")
local words = require("words")

local refusal = {}

--- A refusal in one sentence.
---@param kind "invalid"|"denied"|"conflict"|"missing"
---@param zh string
---@param en string
---@param ... any
---@return { kind: string, text: string }
function refusal.say(kind, zh, en, ...)
  return { kind = kind, text = words.sayf(zh, en, ...) }
end

--- Canonical values of a form, or the refusal.
---@param w table
---@param form table? FORM
---@param given table?
---@return table? values
---@return table? refused
function refusal.form(w, form, given)
  local read, findings = values.form(form or { order = {}, id = {} }, given or {},
    { today = instants.day(w.at), settings = view.settings(w.def, w.ctx) })
  if read then
    return read
  end
  local texts = {}
  for at, finding in ipairs(findings) do
    texts[at] = finding.text
  end
  return nil, { kind = "invalid", text = table.concat(texts, words.say("；", "; ")) }
end

--- The refusal of a day that has not come yet.
---@param day integer
---@param at integer
---@return table?
function refusal.future(day, at)
  if day <= instants.day(at) then
    return nil
  end
  return refusal.say("invalid", "发生日期 %s 还没有到，不能预先登记",
    "%s lies in the future and cannot be recorded yet", calendar.text(day))
end

return refusal
