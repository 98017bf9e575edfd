local document = require("language.document")

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("a")
  file:close()
  return text
end

describe("document", function()
  it("equals docs/language.md", function()
    assert.are.equal(document.markdown(), read("docs/language.md"))
  end)

  it("equals scripts/meta/language.lua, which is Lua", function()
    assert.are.equal(document.stubs(), read("scripts/meta/language.lua"))
    assert.is_function(load(document.stubs()))
  end)
end)
