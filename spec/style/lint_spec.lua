-- The linter's verdict over every Lua file of the house, as one more thing that must hold.
local process = require("raw.process")

describe("luacheck", function()
  it("has nothing to say", function()
    local done = assert(process.run({ "luacheck", "--quiet", "--no-color", "scripts", "spec", "bench", "docs/example",
      env = { "PATH=/usr/bin:/bin" } }))
    assert.equal(0, done.code, done.out .. done.err)
  end)
end)
