-- The examples of a script, run through the same fold with a clock of their own.
-- People act by the names of their roles, cases that are opened are only noted.
-- Each assertion that fails is one sentence: what was expected, what happened.

local assertions = require("engine.assertions")
local calendar = require("calendar")
local fold = require("engine.fold")
local index = require("engine.index")
local instants = require("engine.instants")
local view = require("engine.view")
local words = require("words")

local examples = {}

local OPENS = 9 * 60 -- minutes at which a case opens that does not say when

local Trial = {}
Trial.__index = Trial

local function note_children(self, from)
  for at = from, #self.out.effects do
    local effect = self.out.effects[at]
    if effect[2] == "open" then
      self.children = self.children + 1
      local number = effect[3].workflow .. "-" .. self.children
      self:fold({ kind = "child_opened", name = number,
        body = { workflow = effect[3].workflow, key = effect[1] } })
    end
  end
end

function Trial:fold(input)
  local from = #self.out.effects + 1
  input.at, input.now = self.now, self.now
  fold.apply(self.def, self.ctx, self.s, input, self.out)
  note_children(self, from)
end

function Trial:run_to(at)
  for _ = 1, 10000 do
    local wake = fold.wake(self.s)
    if not wake or wake > at then
      break
    end
    local from = #self.out.effects + 1
    fold.advance(self.def, self.ctx, self.s, wake, wake, self.out)
    self.now = math.max(self.now, wake)
    note_children(self, from)
  end
  self.now = math.max(self.now, at)
end

function Trial:fail(item, text)
  self.failures[#self.failures + 1] = { title = self.example.title, ok = false, line = item.line,
    text = text }
end

function Trial:ask(item, input)
  self:run_to(self.now - 1)
  input.at, input.now = self.now, self.now
  local refused = fold.admit(self.def, self.ctx, self.s, input)
  if refused then
    self:fail(item, words.sayf("%s 未被受理：%s", "refused at %s: %s", instants.text(self.now),
      refused.text))
    return
  end
  self:fold(input)
  self:run_to(self.now)
end

local function waiting(s, step)
  for _, key in ipairs(index.sorted_keys(s.props)) do
    if s.props[key].s == step then
      return key, s.props[key]
    end
  end
  return nil
end

local function open_child(s, workflow)
  for _, child in ipairs(s.children) do
    if child.workflow == workflow and child.state == "open" then
      return child.number
    end
  end
  return workflow .. "-0"
end

local acts = {}

local function settle(self, item, kind)
  local key, prop = waiting(self.s, item.step)
  if not key then
    self:fail(item, words.sayf("%s 没有等待审批的“%s”", "at %s no proposal waits for \"%s\"",
      instants.text(self.now), item.step))
    return
  end
  self:ask(item, { kind = kind, name = key, body = { sign = prop.sign,
    by = "example-" .. #prop.got + 1, opinion = item.opinion or words.say("同意", "agreed"),
    basis = words.say("示例", "example") } })
end

function acts.approved(self, item)
  settle(self, item, "approved")
end

function acts.rejected(self, item)
  settle(self, item, "rejected")
end

function acts.records(self, item)
  self:ask(item, { kind = "fact", name = item.fact, body = { form = view.copy(item.form or {}) },
    occurred = item.on and calendar.day(item.on) or nil })
end

function acts.signals(self, item)
  local signal = (self.def.signals or {})[item.name]
  local from = index.sorted_keys(signal and signal.from)[1]
  self:ask(item, { kind = "signal", name = item.name, body = { data = view.copy(item.form or {}),
    from = { number = "example", workflow = from or "" } } })
end

function acts.child_ends(self, item)
  self:run_to(self.now)
  self:fold({ kind = "child_closed", name = open_child(self.s, item.workflow),
    body = { workflow = item.workflow, outcome = item.outcome } })
  self:run_to(self.now)
end

acts["until"] = function(self, item)
  self:run_to(instants.read(item.at, 24 * 60 - 1) or self.now)
end

local function open(self)
  if self.s.n > 0 then
    return
  end
  self:ask(self.example, { kind = "fact", name = "opened",
    body = { record = view.copy(self.example.opened or {}) } })
end

local function do_item(self, item)
  local act = acts[item.do_]
  if act then
    return act(self, item)
  elseif assertions.of[item.do_] then
    local text = assertions.check(self, item)
    if text then
      self:fail(item, text)
    end
  end
end

function acts.at(self, item)
  local at = instants.read(item.at)
  if not at then
    return self:fail(item, words.sayf("没有 %s 这个时刻", "%s is no moment", tostring(item.at)))
  end
  if self.example.opened_at == item.at then
    self.now = math.max(self.now, at)
    open(self)
  end
  self:run_to(at)
  for _, inner in ipairs(item.items or {}) do
    do_item(self, inner)
  end
end

local function latest(items, so_far)
  for _, item in ipairs(items or {}) do
    local text = item.date or item.at
    local at = type(text) == "string" and instants.read(text, 24 * 60 - 1)
    so_far = math.max(so_far, at or so_far)
    so_far = latest(item.items, so_far)
  end
  return so_far
end

local function first_moment(example)
  for _, item in ipairs(example.items) do
    if item.do_ == "at" then
      local at = instants.read(item.at)
      return at and math.min(at, instants.start(instants.day(at)) + OPENS * 60000)
    end
  end
  return nil
end

local function play(self)
  local example, last = self.example, {}
  if not example.opened_at then
    open(self)
  end
  for _, item in ipairs(example.items) do
    if acts[item.do_] then
      do_item(self, item)
    else
      last[#last + 1] = item
    end
  end
  self:run_to(latest(example.items, self.now))
  for _, item in ipairs(last) do
    do_item(self, item)
  end
end

local function try(def, ctx, example)
  local start = first_moment(example) or instants.read("2026-01-05", OPENS)
  local own = setmetatable({ number = "000000-2026-" .. (def.code or "XX") .. "-0001" },
    { __index = ctx })
  local self = setmetatable({ def = def, ctx = own, example = example, s = fold.open(),
    now = start, out = { rows = {}, effects = {}, after = 0 }, failures = {}, children = 0 }, Trial)
  local ok, why = pcall(play, self)
  if not ok then
    local title = view.place()
    self:fail(example, words.sayf("脚本出错%s：%s", "the script failed%s: %s",
      title and " (" .. title .. ")" or "", words.raised(why)))
  end
  return self.failures
end

--- Run the examples of a definition.
---@param def table
---@param ctx table
---@return table results { title, ok, text, line }…
function examples.run(def, ctx)
  local out = {}
  for _, example in ipairs(def.examples or {}) do
    local failures = try(def, ctx, example)
    if #failures == 0 then
      out[#out + 1] = { title = example.title, ok = true, text = "", line = example.line }
    end
    for _, failure in ipairs(failures) do
      out[#out + 1] = failure
    end
  end
  return out
end

return examples
