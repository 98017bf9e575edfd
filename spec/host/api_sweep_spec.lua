-- Every binding with its nth allocation failing, for each n until none fails: nothing crashes, and
-- the state goes on.
local address = require("raw.address")
local codec = require("raw.codec")
local csv = require("raw.csv")
local clock = require("raw.clock")
local digest = require("raw.digest")
local encode = require("raw.encode")
local file = require("raw.file")
local json = require("raw.json")
local net = require("raw.net")
local process = require("raw.process")
local script = require("raw.script")
local sheet = require("raw.sheet")
local state = require("raw.state")
local store = require("raw.store")
local text = require("raw.text")

local MOST = 500

local function sweep(call)
  for nth = 1, MOST do
    collectgarbage("stop")
    state.fail(nth)
    local ok, why = pcall(call)
    local has_failed = state.fail(0)
    collectgarbage("restart")
    if not has_failed then
      assert(ok, why)
      return
    end
    collectgarbage()
  end
  error("still failing after " .. MOST .. " allocations")
end

local map = {}
for i = 1, 100 do
  map["键" .. i] = { i, "值", n = i }
end
local bytes, path = codec.encode(map), os.tmpname()

local message = { id = "a", title = "督办", facts = { { "甲", "乙" } }, severity = "normal", type = "t", at = 0,
  to = { address = "a@b.cn" } }

local echo = process.start({ "sh", "-c", "exec cat <&3 >&3", pipe = true })

local CALLS = {
  codec_encode = function() codec.encode(map) end,
  codec_decode = function() codec.decode(codec.encode({ 1, { a = "b" }, "三" })) end,
  codec_damaged = function() codec.decode(bytes:sub(1, 100)) end,
  json_encode = function() json.encode(map) end,
  json_decode = function() json.decode('{"a":[1,2,{"b":"c"}]}') end,
  text_normal = function() text.normal("ＡＢ　甲") end,
  clock_refused = function() clock.parse_day("x") end,
  digest = function() digest.sha256("abc") end,
  digest_others = function() return digest.hmac("k", "abc"), digest.md5("abc") end,
  encode = function() return encode.unbase64(encode.base64("督办")), encode.percent("督"), encode.hex("x") end,
  encode_refused = function() encode.unbase64("x") end,
  net_adapters = function() net.adapters() end,
  net_preview = function() net.preview("smtp", {}, message) end,
  net_request = function()
    net.request("webhook", { kind = "webhook", url = "https://a", secret = "env:A" }, { secret = "s" }, message, nil, 0)
  end,
  net_refused = function() net.check({ id = 7 }) end,
  net_judge = function() net.judge("wecom-app", { status = 200, body = '{"errcode":0,"invaliduser":"a|b"}' }) end,
  net_token = function() net.token_judge("wecom-app", { status = 200, body = '{"errcode":40001}' }) end,
  net_tree = function()
    net.tree({ method = "POST", url = "https://a", body = { ["$"] = "secret", name = "k" } }, { k = "s" }, 0)
  end,
  file = function() file.read(path) end,
  file_list = function() file.list("scripts/meta", ".lua", true) end,
  csv = function() csv.parse("a,b\n1,2\n") end,
  sheet = function() sheet.read("甲,乙\n1,2\n") end,
  script = function() script.load("local x = 1 return x", "a.lua", {}) end,
  script_refused = function() script.load("local = ", "a.lua", {}) end,
  process = function() process.run({ "true", env = { "A=1" }, cwd = "/" }) end,
  process_pipe = function()
    process.send(echo, { a = { 1, "b" } })
    process.receive(echo, 1000)
  end,
  address = function() address.allows({ "gate.local", "10.0.0.0/8" }, { host = "gate.local", address = "::1" }) end,
  address_refused = function() address.allows({ "a b" }, { host = "x", address = "::1" }) end,
  store = function()
    os.remove(path .. ".db")
    local db = store.open("sqlite:" .. path .. ".db", "create")
    if db then
      store.rows(db, "SELECT $1 AS a, $2 AS b", { 1, "x" })
      store.close(db)
    end
    os.remove(path .. ".db")
  end,
}

describe("a failing allocation", function()
  local names = {}
  for name in pairs(CALLS) do
    names[#names + 1] = name
  end
  table.sort(names)
  for _, name in ipairs(names) do
    it("leaves " .. name .. " whole", function()
      sweep(CALLS[name])
    end)
  end
end)
