-- The commands of the README's first site, typed one after the other into a fresh folder.
local site = require("spec.support.site")

local function commands()
  local file = assert(io.open("README.md"))
  local block = file:read("a"):match("## A first site of your own\n\n```sh\n(.-)```")
  file:close()
  local list = {}
  for words in assert(block, "the README has no first site"):gmatch("\nduban ([^\n]+)") do
    list[#list + 1] = words
  end
  return list
end

-- Words as a shell splits them, for the quotes the README uses.
local function split(line)
  local words = {}
  for word in (line .. " "):gmatch("(.-)%s+") do
    words[#words + 1] = word
  end
  local joined, open = {}, nil
  for _, word in ipairs(words) do
    if open then
      open = open .. " " .. word
    else
      open = word
    end
    if select(2, open:gsub('"', "")) % 2 == 0 then
      joined[#joined + 1] = (open:gsub('"', ""))
      open = nil
    end
  end
  return joined
end

describe("the README's first site", function()
  it("comes about by its own commands", function()
    local folder = site.folder() .. "/my-office"
    local list = commands()
    assert.is_true(#list >= 5)
    for _, line in ipairs(list) do
      local words = split((line:gsub("my%-office", folder)))
      local done = site.duban(words[1] == "init" and words or { "-C", folder, table.unpack(words) })
      assert.equal(0, done.code, line .. "\n" .. done.out .. done.err)
    end
  end)
end)
