-- What the built-in facts are checked for before they are taken: a pause needs a
-- deadline that may be paused, an extension stays within its limits, a correction
-- names a fact that was recorded and fields it has.

local again = require("engine.again")
local builtins = require("engine.builtins")
local calendar = require("calendar")
local index = require("engine.index")
local passing = require("engine.passing")
local refusal = require("engine.refusal")

--- Checks by built-in fact: each takes the work and the form and gives a refusal or nil.
local checks = { of = {} }

function checks.of.paused(w, form)
  if #builtins.meant(w, form, "pauses") == 0 then
    return refusal.say("conflict", "没有可以暂停的期限", "there is no deadline that may be paused")
  end
  return nil
end

function checks.of.resumed(w, form)
  for _, id in ipairs(builtins.meant(w, form, "pauses")) do
    for _, pause in ipairs(w.s.dl[id].pauses) do
      if not pause.to then
        return nil
      end
    end
  end
  return refusal.say("conflict", "没有暂停中的期限", "no deadline is paused")
end

local function over_limit(w, deadline, dl, ext)
  local limits = deadline.extends
  if limits.times and #dl.ext >= limits.times then
    return refusal.say("conflict", "期限“%s”最多延期 %d 次，已延 %d 次",
      "the deadline \"%s\" may be extended %d times and has been %d times", deadline.title,
      limits.times, #dl.ext)
  end
  local lands = deadline.lands or "next_workday"
  local due = w.cal:add(dl.due, ext, { counts = "from_next_day", lands = ext.lands or lands })
  local most = limits.total
    and w.cal:add(dl.chain[1], limits.total, { counts = "from_next_day", lands = lands })
  if most and due > most then
    return refusal.say("conflict", "期限“%s”最迟可延至 %s，不能延至 %s",
      "the deadline \"%s\" may be extended to %s at most, not to %s", deadline.title,
      calendar.text(most), calendar.text(due))
  end
  if due <= dl.due then
    return refusal.say("invalid", "延期后的日期 %s 不晚于现在的期限 %s",
      "the extended date %s is not after the present one, %s", calendar.text(due), dl.text)
  end
  return nil
end

function checks.of.extension_granted(w, form)
  local meant = builtins.meant(w, form, "extends")
  if #meant == 0 then
    return refusal.say("conflict", "没有可以延期的期限", "there is no deadline that may be extended")
  elseif #meant > 1 then
    return refusal.say("invalid", "有多个期限可以延期，请写明 deadline",
      "several deadlines may be extended: name one in `deadline`")
  end
  local dl = w.s.dl[meant[1]]
  local ext = builtins.extension(dl, form)
  if not ext then
    return refusal.say("invalid", "请写明延至哪一天（to）或延长几个工作日（workdays）",
      "say until when (to) or by how many workdays (workdays)")
  end
  return over_limit(w, w.def.deadlines.id[meant[1]], dl, ext)
end

local function named_fact(def, name)
  for _, id in ipairs(def.facts.order) do
    if id == name or def.facts.id[id].title == name then
      return id
    end
  end
  return name
end

local function unknown_field(target, title, data)
  for _, key in ipairs(index.sorted_keys(data)) do
    if not target.id[key] and not (target.by_label and target.by_label[key]) then
      return refusal.say("invalid", "“%s”没有“%s”这一项", "\"%s\" has no field \"%s\"", title,
        tostring(key))
    end
  end
  return nil
end

-- Only the fields that were given are read; the others stay as recorded.
local function changed_part(target, data)
  local part = { order = {}, id = {}, by_label = target.by_label }
  for _, id in ipairs(target.order) do
    local field = target.id[id]
    if data[id] ~= nil or data[field.label] ~= nil then
      part.order[#part.order + 1], part.id[id] = id, field
    end
  end
  return part
end

local function corrected_form(w, form, fact)
  local def = w.def.facts.id[fact]
  local target, data = fact == "opened" and w.def.record or def.form, form.data or {}
  local why = unknown_field(target, def and def.title or fact, data)
  if why then
    return why
  end
  form.data, why = refusal.form(w, changed_part(target, data), data)
  return why
end

local function corrected_day(w, form)
  local def = w.def.facts.id[form.fact]
  local text = form.occurred or (def and def.occurred and form.data[def.occurred])
  return text and refusal.future(calendar.day(text), w.at) or nil
end

function checks.of.corrected(w, form)
  form.fact = named_fact(w.def, form.fact)
  if not w.s.facts[form.fact] or (form.fact ~= "opened" and not w.def.facts.id[form.fact]) then
    return refusal.say("missing", "还没有登记过“%s”，无从更正", "\"%s\" was never recorded",
      tostring(form.fact))
  end
  return corrected_form(w, form, form.fact) or corrected_day(w, form)
end

checks.of.handed_over = passing.check("person")
checks.of.succeeded = passing.check("unit")

function checks.of.proposed_again(w, form)
  local ladder, step = again.step(w.def, w.s, form.step)
  if not ladder then
    return refusal.say("conflict", "没有过期退回的“%s”可以重新提请",
      "no expired proposal \"%s\" waits to be proposed again", tostring(form.step))
  end
  form.step = ladder .. "/" .. step
  return nil
end

return checks
