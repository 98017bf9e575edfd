-- Plays a page of documentation: what stands in its console blocks is typed, its 改前/改后 blocks are edits of
-- the script they speak of, and every output shown is compared with the one that came.
local replay = {}

--- The fenced blocks of a page: kind is what stands behind the fence.
---@param text string
---@return { kind: string, body: string }[]
function replay.blocks(text)
  local list = {}
  local from = 1
  while true do
    local _, stop, kind, body, after = text:find("\n```([^\n]+)\n(.-)\n```()", from)
    if not stop then
      return list
    end
    list[#list + 1] = { kind = kind, body = body }
    from = after
  end
end

local function tidy(text)
  return (text:gsub("[ \t]+\n", "\n"):gsub("%s+$", ""))
end

local function commands(body)
  local list = {}
  for line in (body .. "\n"):gmatch("(.-)\n") do
    local typed = line:match("^%$ (.+)$")
    if typed then
      list[#list + 1] = { typed = typed, shown = {} }
    elseif list[#list] then
      table.insert(list[#list].shown, line)
    end
  end
  return list
end

local function run(stage, typed)
  local folder = typed:match("^cd (.+)$")
  if folder then
    stage.folder = stage.folder .. "/" .. folder
    return ""
  end
  local line = typed:gsub("^duban", stage.binary)
  local pipe = assert(io.popen(("cd '%s' && DUBAN_LANG=zh HOME=/tmp %s 2>&1"):format(stage.folder, line)))
  local out = pipe:read("a")
  pipe:close()
  return out
end

local function edit(stage, before, after)
  local path = stage.folder .. "/" .. stage.script
  local file = assert(io.open(path, "rb"))
  local text = file:read("a")
  file:close()
  local from, to = text:find(before, 1, true)
  assert(from, "the script does not say: " .. before)
  assert(not text:find(before, to + 1, true), "the script says more than once: " .. before)
  file = assert(io.open(path, "wb"))
  file:write(text:sub(1, from - 1), after, text:sub(to + 1))
  file:close()
end

--- Play a page in an empty folder.
---@param text string of the page
---@param stage { folder: string, binary: string, script: string?, kind: string? } kind of the blocks that are typed
---@return { typed: string, shown: string, came: string }[]
function replay.page(text, stage)
  local played, before = {}, nil
  for _, block in ipairs(replay.blocks(text)) do
    if block.kind == (stage.kind or "console") then
      for _, one in ipairs(commands(block.body)) do
        played[#played + 1] = { typed = one.typed, shown = tidy(table.concat(one.shown, "\n")),
          came = tidy(run(stage, one.typed)) }
      end
    elseif block.kind == "lua 改前" then
      before = block.body
    elseif block.kind == "lua 改后" then
      edit(stage, assert(before, "改后 without 改前"), block.body)
      before = nil
    end
  end
  return played
end

--- The page with what came in place of what was shown.
---@param text string
---@param played table[]
---@param kind? string of the blocks that were typed
---@return string
function replay.filled(text, played, kind)
  local at = 0
  kind = kind or "console"
  return (text:gsub("\n```" .. kind .. "\n(.-)\n```", function(body)
    local out = {}
    for _ in ipairs(commands(body)) do
      at = at + 1
      out[#out + 1] = "$ " .. played[at].typed
      out[#out + 1] = played[at].came ~= "" and played[at].came or nil
    end
    return "\n```" .. kind .. "\n" .. table.concat(out, "\n") .. "\n```"
  end))
end

return replay
