-- Deciding one case of a batch: inputs already recorded, then what is asked, then
-- the timers due. Whatever a script's function does wrong becomes the refusal of
-- this one case, with its place; the batch goes on.

local fold = require("engine.fold")
local view = require("engine.view")
local words = require("words")

local decide = {}

local NOTHING = {}

--- The snapshot a case stands at; one that cannot be read is never taken for a case not yet open.
---@param loaded { decode: function }
---@param bytes string
---@return table
function decide.snapshot(loaded, bytes)
  local s = loaded.decode(bytes)
  if type(s) ~= "table" or type(s.dl) ~= "table" then
    error({ refused = { kind = "internal", text = words.say("案件的现状已损坏，请运行 duban verify，并从备份恢复",
      "what the case stands at is damaged: run duban verify and restore a backup") } }, 0)
  end
  return s
end

local function take_ask(loaded, s, ask, now, out)
  local def, ctx = loaded.def, loaded.ctx
  fold.advance(def, ctx, s, ask.at - 1, now or ask.now or ask.at, out)
  ask.cal = ask.cal or ctx.calendar
  return fold.take(def, ctx, s, ask, out)
end

local function fold_item(loaded, item, out)
  local def, ctx = loaded.def, loaded.ctx
  local s = item[2] and decide.snapshot(loaded, item[2]) or fold.open()
  local at, now, inputs, ask = item[3], item[4], item[5], item[6]
  for index, input in ipairs(inputs or NOTHING) do
    out.after = index
    fold.apply(def, ctx, s, input, out)
  end
  out.after, out.s = 0, s
  local refused = ask and take_ask(loaded, s, ask, now, out)
  if refused then
    return refused
  end
  if at then
    fold.advance(def, ctx, s, at, now or at, out)
  end
  return nil
end

local function line_of(text)
  return math.tointeger(tonumber(text:match(":(%d+): ")))
end

--- The fault of a script's function, as a refusal of the kind "internal".
---@param loaded table
---@param number string?
---@param why any
---@return table
function decide.fault(loaded, number, why)
  local text, title, line = words.raised(why), view.place()
  if type(why) == "table" and why.refused then
    return why.refused
  end
  line = line_of(text) or line or 0
  return { kind = "internal", text = words.sayf("脚本 %s 第%d行出错（%s，案件 %s）：%s",
    "the script %s failed at line %d (%s, case %s): %s", loaded.name, line,
    title or words.say("未知处", "no step"), tostring(number), text),
    fault = { text = text, line = line, where = title or "" } }
end

local function refusal(item, refused)
  return { {}, item[2], false, false, false, false, {}, refused, false, false }
end

-- A whole history folded again is compared with what stands, so there the record always comes.
local function record_of(item, s, out)
  local is_history = not (item[2] or item[3] or item[6])
  return (out.record or is_history) and s.record or false
end

--- Decide one case.
---@param loaded { def: table, ctx: table, name: string, encode: function, decode: function }
---@param item table the list of six
---@return table result the list of ten
function decide.item(loaded, item)
  local out = { rows = {}, effects = {}, after = 0 }
  loaded.ctx.number = item[1]
  local ok, refused = pcall(fold_item, loaded, item, out)
  if not ok then
    return refusal(item, decide.fault(loaded, item[1], refused))
  elseif refused then
    return refusal(item, refused)
  end
  local s = out.s
  return { out.rows, loaded.encode(s), fold.wake(s), s.state, fold.due(loaded.def, s),
    s.closed or false, out.effects, false, record_of(item, s, out), fold.late(loaded.def, s) }
end

return decide
