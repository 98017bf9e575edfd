-- Kinds for effects: what each of notify, document, open, signal and each
-- becomes in the definition, and what `open` may say to another procedure.

local markers = require("language.markers")
local words = require("words")

local effects = {}

local NAMES = { "notify", "document", "open", "signal", "each" }

local function is_effect(value)
  local row = markers.word(value) and markers.row(value)
  return row and row.effect or false
end

local function check_fields(r, about, given, body)
  local known = {}
  for _, field in ipairs(about.fields or {}) do
    known[field.id] = true
    known[field.label] = true
  end
  for _, name in ipairs(r:order(given, body)) do
    local _, entry = r:entry(body, name)
    if not known[name] then
      r:complain(entry, words.sayf("程序“%s”没有登记字段“%s”%s",
        "the procedure \"%s\" has no record field \"%s\"%s",
        about.title or about.id, name, words.hint(name, known)), name)
    end
  end
end

local function check_required(r, about, out, node)
  for _, field in ipairs(about.fields or {}) do
    local given = out.with[field.id] ~= nil or out.with[field.label] ~= nil
    if field.required and not field.default and not given then
      r:complain(node, words.sayf("立“%s”时缺少必填的“%s”", "opening \"%s\" lacks the mandatory \"%s\"",
        about.title, field.label), field.id, "warning")
    end
  end
end

-- What is known of this very procedure, when it opens cases of its own kind.
local function own_about(r)
  local fields = {}
  for id, field in next, r.index.fields do
    fields[#fields + 1] = { id = id, label = field.label or id }
  end
  return { id = r.index.id, fields = fields }
end

local function check_open(r, marker, out, node, body)
  local others = r.others
  if not others or not out.workflow then
    return
  end
  local about = out.workflow == r.index.id and own_about(r) or others[out.workflow]
  if not about then
    r:complain(node, words.sayf("没有叫“%s”的程序%s", "there is no procedure \"%s\"%s", out.workflow,
      words.hint(out.workflow, others)), out.workflow)
    return
  end
  local given = {}
  for name, value in pairs(type(marker.body) == "table" and marker.body or {}) do
    if name ~= "join" then
      given[name] = value
    end
  end
  check_fields(r, about, given, body)
  check_required(r, about, out, node)
end

-- Papers that messages carry and papers that take a number, for check.meaning.
local function papers(r)
  r.papers = r.papers or { carried = {}, numbered = {} }
  return r.papers
end

local MAKE = {}

function MAKE.notify(r, _, read, node)
  local data = read[3] or {}
  if type(data) == "table" and type(data.document) == "string" then
    table.insert(papers(r).carried, { name = data.document, node = node })
  end
  return { kind = "notify", to = read[1] or {}, template = read[2], data = data }
end

function MAKE.document(r, _, read)
  if read.series and read[1] then
    papers(r).numbered[read[1]] = true
  end
  return { kind = "document", name = read[1], series = read.series, to = read.to,
    data = read.data or {} }
end

function MAKE.open(r, marker, read, node, body)
  local out = { kind = "open", workflow = read[1], with = read.given or {}, join = read.join }
  check_open(r, marker, out, node, body)
  return out
end

function MAKE.signal(_, _, read)
  return { kind = "signal", to = read[1], name = read[2], data = read[3] or {} }
end

function MAKE.each(r, marker, read, node, body)
  local out = { kind = "each", field = read[1],
    form = r.own_form and r.own_form[read[1]] ~= nil or nil }
  if is_effect(marker.body) then
    local outer = r.each
    r.each = true
    out.effect = r:read("effect", marker.body, body or node, { "each" })
    r.each = outer
  elseif marker.body ~= nil and not markers.is_unknown(marker.body) then
    r:wrong(body or node, { "each" }, marker.body, "括号里的一个动作", "one effect in parentheses")
  end
  return out
end

function effects.effect(r, value, node, key)
  if not is_effect(value) then
    r:wrong(node, key, value, "动作（notify、document、open、signal、each）",
      "an effect (notify, document, open, signal, each)")
    return nil
  end
  local read, body = r:marker(value, node, {})
  local out = MAKE[markers.word(value)](r, value, read, node, body)
  out.line = read.line
  return out
end

function effects.effects(r, value, node, key)
  if is_effect(value) then
    return { effects.effect(r, value, node, key) }
  elseif type(value) ~= "table" or markers.word(value) then
    r:wrong(node, key, value, "动作的列表", "a list of effects")
    return {}
  end
  local out = {}
  for _, item in ipairs(r:items(value, node, is_effect, NAMES)) do
    out[#out + 1] = r:read("effect", item[1], item[2], key)
  end
  return out
end

function effects.receiver(r, value, node, key)
  local word = markers.word(value)
  if word == "parent" then
    return { ref = "parent" }
  elseif word == "children" then
    return { ref = "children", workflow = r:marker(value, node, {})[1] }
  elseif word == "field" then
    local name = r:marker(value, node, {})[1]
    return { ref = r.own_form and r.own_form[name] and "form" or "field", name = name }
  end
  r:wrong(node, key, value, "parent、children \"程序\" 或 field \"字段\"",
    "parent, children \"procedure\" or field \"field\"")
  return nil
end

return effects
