-- Sites for specs: a fresh folder each, commands as people type them, and what came back.
local process = require("raw.process")

local site = {}

local BINARY = os.getenv("DUBAN_BINARY") or "build/test/duban"
local ROOT = "build/spec"
local RUN = tostring({}):match("0x(%x+)") -- several runs at once keep apart
local made = 0

local Site = {}
Site.__index = Site

local function environment(extra)
  local all = { PATH = "/usr/bin:/bin", DUBAN_LANG = "zh", HOME = "/tmp" }
  local list = {}
  for name, value in pairs(extra or {}) do
    all[name] = value
  end
  for name, value in pairs(all) do
    list[#list + 1] = name .. "=" .. value
  end
  return list
end

--- Runs duban with these words; options.env adds to the environment, options.binary is another build.
---@param words string[]
---@param options? { env: table<string, string>?, input: string?, binary: string?, ms: integer? }
---@return { code: integer?, signal: integer?, out: string, err: string }
function site.duban(words, options)
  options = options or {}
  local command = { options.binary or BINARY, env = environment(options.env), input = options.input }
  for _, word in ipairs(words) do
    command[#command + 1] = word
  end
  command.timeout_ms = options.ms or 60000
  return assert(process.run(command))
end

--- A fresh, empty folder below build/spec.
---@return string path
function site.folder()
  made = made + 1
  local path = ("%s/%d-%s-%d"):format(ROOT, os.time(), RUN, made)
  assert(process.run({ "sh", "-c", ("rm -rf '%s'; mkdir -p '%s'"):format(path, path), env = environment() }))
  return path
end

--- A file with this content below the folder.
---@return string path
function site.write(path, content)
  local file = assert(io.open(path, "wb"))
  file:write(content)
  file:close()
  return path
end

--- A rehearsal site (virtual clock; real: the wall's) with an office of people and units, and workflows active.
---@param options? { clock: string?, real: boolean?, workflows: string[]?, bare: boolean? }
---@return table site
function site.make(options)
  options = options or {}
  local self = setmetatable({ path = site.folder() .. "/site", env = options.env }, Site)
  local clock = options.real and {} or { "--clock", "virtual=" .. (options.clock or "2026-03-02 08:30") }
  self:must("init", self.path, "--office", "430000", table.unpack(clock))
  if not options.bare then
    self:must("import", "units", "spec/data/units.csv")
    self:must("import", "people", "spec/data/people.csv")
  end
  for _, file in ipairs(options.workflows or {}) do
    self:must("publish", file, "--approve-by", "rehearsal")
  end
  return self
end

--- Runs a command on this site.
function Site:run(...)
  local words = { "-C", self.path, ... }
  if (...) == "init" then
    words = { ... }
  end
  return site.duban(words, { env = self.env })
end

--- Runs a command that must succeed; gives what it printed.
function Site:must(...)
  local done = self:run(...)
  if done.code ~= 0 then
    error(table.concat({ ... }, " ") .. "\n" .. done.out .. done.err, 2)
  end
  return (done.out:gsub("\n$", ""))
end

--- Runs a command that must be refused with exit code 1 and one sentence; gives the sentence.
function Site:refused(...)
  local done = self:run(...)
  if done.code ~= 1 then
    error(table.concat({ ... }, " ") .. " was not refused: " .. tostring(done.code) .. "\n" .. done.out
      .. done.err, 2)
  end
  return (done.err:gsub("\n$", ""))
end

--- The same with --json, as a tree.
function Site:json(...)
  local done = site.duban({ "-C", self.path, "--json", ... }, { env = self.env })
  if done.code ~= 0 then
    error(table.concat({ ... }, " ") .. "\n" .. done.out .. done.err, 2)
  end
  return assert(require("raw.json").decode(done.out))
end

return site
