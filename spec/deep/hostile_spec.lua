-- Answers of workers are hostile input: a service that spoils what the engine answered, a little at a time, may cost
-- the cases it speaks of, and nothing else. Bytes that are no value are refused by every reader. DUBAN_FUZZ says how
-- many rounds, DUBAN_SEED repeats them.
local codec = require("raw.codec")
local csv = require("raw.csv")
local json = require("raw.json")
local process = require("raw.process")
local site = require("spec.support.site")
local tables = require("spec.support.tables")
local trial = require("spec.crash.trial")

local ROUNDS = tonumber(os.getenv("DUBAN_FUZZ") or "") or 12
local SEED = tonumber(os.getenv("DUBAN_SEED") or "") or os.time()
local MUTANTS = 2000 -- of bytes, a round

-- In the place of scripts/engine/service.lua; the real one stands beside it.
local SPOILER = [[
local real = require("engine.honest")
local service = {}

local state = %d
local function roll(most)
  state = (state * 48271 + 11) %% 2147483647
  return state %% most + 1
end

local function deep()
  local top = {}
  local at = top
  for _ = 1, 60 do at[1] = {}; at = at[1] end
  return top
end

local HOSTILE = {
  function() return false end, function() return true end, function() return -1 end,
  function() return math.mininteger end, function() return math.maxinteger end, function() return 1.5 end,
  function() return 1e300 end, function() return "" end, function() return ("长"):rep(5000) end,
  function() return "\255\254\0" end, function() return "' OR 1=1 --" end, function() return {} end,
  function() return deep() end, function() return { a = { b = {} } } end, function() return ("x"):rep(300000) end,
  function() local list = {} for i = 1, 6000 do list[i] = i end return list end,
  function() return "open" end, function() return "signal" end, function() return "430000-2026-ZJ-0001" end,
  function() return nil end,
}

-- Replaces one node somewhere below, or puts one more there.
local function spoil(tree)
  local keys = {}
  for key in pairs(tree) do keys[#keys + 1] = key end
  if #keys == 0 or roll(20) == 1 then
    tree[roll(12)] = HOSTILE[roll(#HOSTILE)]()
    return
  end
  local key = keys[roll(#keys)]
  if type(tree[key]) == "table" and roll(4) > 1 then
    return spoil(tree[key])
  end
  tree[key] = HOSTILE[roll(#HOSTILE)]()
end

function service.answer(request)
  local reply = real.answer(request)
  if request.op == "decide" and roll(3) == 1 then
    spoil(reply)
  end
  return reply
end

for name, value in pairs(real) do
  service[name] = service[name] or value
end
return service
]]

local function shell(command)
  local done = assert(process.run({ "sh", "-c", command, env = { "PATH=/usr/bin:/bin" } }))
  assert(done.code == 0, command .. "\n" .. done.err)
end

--- A copy of the library with the spoiler in it, and the binary beside it.
local function spoiled_library()
  local folder = site.folder()
  shell(("mkdir -p %s/build/test && cp %s %s/build/test/duban && cp -rL scripts schema templates %s/"
    .. " && mv %s/scripts/engine/service.lua %s/scripts/engine/honest.lua"):format(folder, trial.BINARY, folder, folder,
    folder, folder))
  return folder
end

describe("a worker that answers nonsense #slow", function()
  it(("costs no more than the cases it speaks of, %d rounds, seed %d"):format(ROUNDS, SEED), function()
    local folder = spoiled_library()
    local ready = site.make({ clock = "2026-03-02 08:30" })
    ready:must("publish", "spec/data/mother.lua", "spec/data/daughter.lua", "spec/data/climb.lua", "--approve-by",
      "rehearsal")
    for i = 1, 6 do
      ready:must("open", "climb", "starts=2026-03-0" .. i, "matter=甲", "--by", "P04")
      ready:must("open", "mother", "unit=S001", "helpers=省财政厅", "--by", "P04")
    end
    local aside, decided = 0, 0
    for round = 1, ROUNDS do
      site.write(folder .. "/scripts/engine/service.lua", SPOILER:format((SEED + round * 7919) % 2147483647))
      local here = trial.copy(ready)
      local function spoiled(...)
        local done = site.duban({ "-C", here.path, ... }, { binary = folder .. "/build/test/duban" })
        assert((done.code == 0 or done.code == 1) and done.signal == 0 and not done.err:find("Sanitizer"),
          ("round %d, seed %d: %s %s\n%s"):format(round, SEED, done.code, done.signal, done.err))
      end
      spoiled("tick", "--until", "2026-03-06")
      spoiled("fact", "430000-2026-QT-0001", "reported", "text=甲", "--by", "P08")
      spoiled("open", "mother", "unit=S001", "helpers=省财政厅", "--by", "P04")
      spoiled("tick", "--until", "2026-03-25")
      -- Plausible lies are believed, so folding may differ; chains, keys and the database may not.
      local done = here:run("--json", "verify")
      local report = assert(json.decode(done.out), done.err)
      assert.equal(0, report.chain_broken + report.audit_broken + report.store_faults, done.out)
      aside = aside + tables.value(here, "SELECT COUNT(*) AS n FROM cases WHERE set_aside IS NOT NULL")
      decided = decided + report.rows
      trial.remove(here)
    end
    assert.is_true(aside > 0, "nothing was spoiled")
    print(("\nhostile: %d rounds, seed %d: %d rows written, %d cases set aside"):format(ROUNDS, SEED, decided, aside))
    trial.remove(ready)
  end)
end)

describe("bytes that are no value", function()
  local SAMPLES = {
    codec.encode({ 1, "二", { a = true, b = { 1.5, -3, {} } }, ("x"):rep(300) }),
    codec.encode({ items = { { { { false, "fact", "opened", 0, { form = {} }, 1, 0 } }, "s", 5, "st", false } } }),
  }
  local TEXTS = { '{"a":[1,2.5,{"b":"\\u4e00"}],"c":null,"d":-12}', "甲,乙\n\"一,二\",\"三\"\"\"\n四,五\n" }

  local function mutate(bytes, roll)
    local at = roll(#bytes)
    local how = roll(5)
    if how == 1 then
      return bytes:sub(1, at - 1)
    elseif how == 2 then
      return bytes:sub(1, at) .. string.char(roll(256) - 1) .. bytes:sub(at + 1)
    elseif how == 3 then
      return bytes:sub(1, at - 1) .. bytes:sub(at + roll(8))
    elseif how == 4 then
      return bytes:sub(1, at) .. ("\255"):rep(roll(12)) .. bytes:sub(at + 1)
    end
    return bytes:sub(1, at - 1) .. string.char(roll(256) - 1) .. bytes:sub(at + 1)
  end

  it(("are refused or read, never more, seed %d"):format(SEED), function()
    local roll = trial.dice(SEED)
    local refused = 0
    for _ = 1, ROUNDS * MUTANTS do
      local bytes = SAMPLES[roll(#SAMPLES)]
      for _ = 1, roll(4) do
        bytes = #bytes > 0 and mutate(bytes, roll) or bytes
      end
      local ok, value, why = pcall(codec.decode, bytes)
      assert(ok, value)
      if value == nil and why then
        refused = refused + 1
      elseif value ~= nil then
        local again, form = pcall(codec.encode, value)
        assert(not again or codec.encode(codec.decode(form)) == form)
      end
      local text = mutate(TEXTS[roll(#TEXTS)], roll)
      assert(pcall(json.decode, text))
      assert(pcall(csv.parse, text))
    end
    assert.is_true(refused > 0)
  end)
end)
