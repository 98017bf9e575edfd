-- raw.codec: every value comes back as it went, in one form, and hostile bytes are refused.
local codec = require("raw.codec")

local function round(value)
  return codec.decode(codec.encode(value))
end

describe("codec.encode and decode", function()
  it("bring scalars back", function()
    for _, value in ipairs({ true, false, 0, 1, -1, 63, 64, -64, -65, 127, 128, math.maxinteger,
      math.mininteger, 0.5, -1e300, math.huge, "", "督办", ("x"):rep(127), ("x"):rep(128),
      "\0\255" }) do
      assert.equal(value, round(value))
      assert.equal(math.type(value), math.type(round(value)))
    end
    assert.is_nil(round(nil))
  end)
  it("bring lists, maps and mixtures back", function()
    for _, value in ipairs({ {}, { 1, 2, 3 }, { "一", { "二" } }, { a = 1, b = { c = {} } },
      { 1, 2, x = 3 }, { [-1] = "a", [5] = "b" }, { [2] = "hole" } }) do
      assert.same(value, round(value))
    end
  end)
  it("bring long lists and large maps back", function()
    local list, map = {}, {}
    for i = 1, 5000 do
      list[i] = i
      map["键" .. i] = i
      map[i * 3] = i
    end
    assert.same(list, round(list))
    assert.same(map, round(map))
  end)
  it("write one form whatever the order of making", function()
    for _, count in ipairs({ 3, 48, 49, 300 }) do
      local forth, back = {}, {}
      for i = 1, count do
        forth["k" .. i] = i
        back["k" .. (count + 1 - i)] = count + 1 - i
      end
      assert.equal(codec.encode(forth), codec.encode(back))
    end
    assert.equal("\7\2\3\4\1\5\1a\2", codec.encode({ a = true, [2] = false }))
  end)
  it("refuse what has no form", function()
    local cycle = {}
    cycle[1] = cycle
    for _, value in ipairs({ print, coroutine.create(print), 0 / 0, cycle, { [1.5] = 1 },
      { [true] = 1 }, { a = print } }) do
      assert.is_false((pcall(codec.encode, value)))
    end
    assert.has_error(function() codec.encode() end)
  end)
  it("run no metamethod", function()
    local trap = function() error("called") end
    local value = setmetatable({ 1 }, { __index = trap, __pairs = trap, __len = trap })
    assert.same({ 1 }, round(value))
  end)
  it("take depth 64 and refuse 65", function()
    local function nest(depth)
      local value = {}
      for _ = 2, depth do
        value = { value }
      end
      return value
    end
    assert.same(nest(64), round(nest(64)))
    assert.is_false((pcall(codec.encode, nest(65))))
    assert.is_nil((codec.decode(("\6\1"):rep(65) .. "\0")))
  end)
  it("refuse damaged bytes", function()
    for _, bytes in ipairs({ "", "\8", "\5\2a", "\6\255\255\255\255\15", "\7\1",
      "\7\2\5\1b\0\5\1a\0", "\7\2\5\1a\0\5\1a\0",
      "\7\2\5\1a\0\3\2\0", "\7\1\1\0", "\3\128\0", "\0\0", "\4\0\0",
      "\4\0\0\0\0\0\0\248\127", "\7\1\6\0\0" }) do
      local value, why, kind = codec.decode(bytes)
      assert.is_nil(value)
      assert.is_string(why)
      assert.equal("invalid", kind)
    end
  end)
  it("survive any cut and any changed byte", function()
    local bytes = codec.encode({ a = { 1, 2, "三" }, b = { c = 0.5, d = { true, false } },
      [7] = "x" })
    for cut = 0, #bytes - 1 do
      assert.is_nil((codec.decode(bytes:sub(1, cut))))
    end
    for at = 1, #bytes do
      for _, byte in ipairs({ 0, 1, 5, 6, 7, 127, 128, 255 }) do
        codec.decode(bytes:sub(1, at - 1) .. string.char(byte) .. bytes:sub(at + 1))
      end
    end
  end)
end)
