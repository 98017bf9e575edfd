-- The tutorial is true: every command in it is typed on a fresh site, and every output it shows is the one that comes.
local replay = require("spec.docs.replay")

local BINARY = os.getenv("DUBAN_BINARY") or "build/test/duban"

local function output(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read("a")
  pipe:close()
  return (text:gsub("%s+$", ""))
end

local function page()
  local file = assert(io.open("docs/tutorial.zh.md", "rb"))
  local text = file:read("a")
  file:close()
  return text
end

describe("the tutorial #slow", function()
  local here = output("pwd")
  local folder = output("mkdir -p build/spec && mktemp -d build/spec/tutorial-XXXXXX")
  local text = page()
  local played = replay.page(text, { folder = here .. "/" .. folder, script = "workflows/phone_reminder.lua",
    binary = BINARY:sub(1, 1) == "/" and BINARY or here .. "/" .. BINARY })
  if os.getenv("DUBAN_FILL") then -- after a change of the program: DUBAN_FILL=1 writes what comes now
    local file = assert(io.open("docs/tutorial.zh.md", "wb"))
    file:write(replay.filled(text, played))
    file:close()
  end

  for at, one in ipairs(played) do
    it(("shows what comes of command %d: %s"):format(at, one.typed), function()
      assert.are.equal(one.came, one.shown)
    end)
  end

  it("types a dozen commands", function()
    assert.is_true(#played >= 12)
  end)
end)
