-- What crash trials need: a prepared site copied again and again, a process and the processes it started, and all
-- rows of a site as text, so that two sites can be compared row by row.
local digest = require("raw.digest")
local file = require("raw.file")
local process = require("raw.process")
local site = require("spec.support.site")
local store = require("raw.store")

local trial = {}

trial.BINARY = os.getenv("DUBAN_BINARY") or "build/test/duban"

-- A generator of its own: the same numbers on every machine.
function trial.dice(seed)
  local state = seed % 2147483647
  return function(most)
    state = (state * 48271 + 11) % 2147483647
    return state % most + 1
  end
end

local function shell(command)
  local done = assert(process.run({ "sh", "-c", command, env = { "PATH=/usr/bin:/bin" } }))
  assert(done.code == 0, command .. "\n" .. done.err)
  return done.out
end

--- A copy of a site that nobody has open.
---@param of table
---@return table site
function trial.copy(of)
  local path = site.folder() .. "/site"
  shell(("cp -r '%s' '%s'"):format(of.path, path))
  return setmetatable({ path = path, env = of.env }, getmetatable(of))
end

function trial.remove(of)
  shell(("rm -rf '%s'"):format(of.path))
end

--- Starts a command on a site without waiting for it.
function trial.start(of, words, env)
  local command = { trial.BINARY, "-C", of.path, env = { "PATH=/usr/bin:/bin", "DUBAN_LANG=zh", "HOME=/tmp" } }
  for _, word in ipairs(words) do
    command[#command + 1] = word
  end
  for name, value in pairs(env or {}) do
    command.env[#command.env + 1] = name .. "=" .. value
  end
  return assert(process.start(command))
end

--- Waits for the end of a process that was started; output as of process.run.
function trial.wait(running)
  local done = assert(process.wait(running, 120000))
  process.close(running)
  return done
end

-- Parents of all processes, by pid.
local function parents()
  local found = {}
  for pid in shell("ls /proc"):gmatch("%d+") do
    local status = io.open("/proc/" .. pid .. "/stat")
    local line = status and status:read("l")
    if status then
      status:close()
    end
    local parent = line and line:match("^.*%) %a (%d+)")
    if parent then
      found[tonumber(pid)] = tonumber(parent)
    end
  end
  return found
end

--- The processes of a duban that runs: its zygote, and the zygote's workers.
---@param pid integer
---@return integer? zygote
---@return integer[] workers
function trial.family(pid)
  local above = parents()
  local zygote
  for child, parent in pairs(above) do
    zygote = parent == pid and child or zygote
  end
  local workers = {}
  for child, parent in pairs(above) do
    if zygote and parent == zygote then
      workers[#workers + 1] = child
    end
  end
  table.sort(workers)
  return zygote, workers
end

--- Ends one process from outside. false when it had ended already.
function trial.kill(pid)
  return process.run({ "sh", "-c", "kill -9 " .. pid, env = { "PATH=/usr/bin:/bin" } }).code == 0
end

local function rows_of(handle, name, left_out)
  local columns, lines = {}, {}
  for _, column in ipairs(assert(store.rows(handle, ("SELECT name FROM pragma_table_info('%s')"):format(name)))) do
    if not left_out[name .. "." .. column.name] then
      columns[#columns + 1] = ("'%s=' || quote(%s)"):format(column.name, column.name)
    end
  end
  local sql = ("SELECT %s AS line FROM %s ORDER BY 1"):format(table.concat(columns, " || ' ' || "), name)
  for at, row in ipairs(assert(store.rows(handle, sql))) do
    lines[at] = row.line
  end
  return lines
end

--- Every row of every table, sorted; left_out names columns such as "acts.done_at".
---@return table<string, string[]>
function trial.rows(of, left_out)
  local handle = assert(store.open("sqlite:" .. of.path .. "/duban.db", "read"))
  local all = {}
  local names = assert(store.rows(handle,
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"))
  for _, row in ipairs(names) do
    all[row.name] = rows_of(handle, row.name, left_out or {})
  end
  store.close(handle)
  return all
end

--- The first row in which two sites differ; nil when they are the same.
function trial.difference(ours, theirs)
  for name, lines in pairs(theirs) do
    local own = ours[name] or {}
    for at = 1, math.max(#lines, #own) do
      if lines[at] ~= own[at] then
        return ("%s, row %d of %d and %d:\n  here      %s\n  undisturbed %s"):format(name, at, #own, #lines,
          tostring(own[at]), tostring(lines[at]))
      end
    end
  end
end

--- One short name of all rows.
function trial.sum(rows)
  local names, parts = {}, {}
  for name in pairs(rows) do
    names[#names + 1] = name
  end
  table.sort(names)
  for _, name in ipairs(names) do
    parts[#parts + 1] = name .. "\n" .. table.concat(rows[name], "\n")
  end
  return digest.sha256(table.concat(parts, "\n"))
end

--- The names of all crash points in the sources.
function trial.points()
  local names = {}
  for _, path in ipairs(assert(file.list("host", ".c", true))) do
    for line in io.lines("host/" .. path) do
      names[#names + 1] = line:match('crash_point%("([%w_.]+)"%)')
    end
  end
  table.sort(names)
  return names
end

return trial
