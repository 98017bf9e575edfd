-- The floors of host/ as docs/tour.md lists them: who may include whom, and where foreign headers may appear.
local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("a")
  file:close()
  return text
end

local function sources()
  local list = {}
  for path in io.popen("find host bench -name '*.[ch]' 2>/dev/null | sort"):lines() do
    list[#list + 1] = path
  end
  return list
end

--- The rank of each folder, in the order of the first column of the tour's table of floors.
local function ranks()
  local rank, count = {}, 0
  for folder in read("docs/tour.md"):gmatch("\n| `host/([%w_]+)/`") do
    count = count + 1
    rank[folder] = count
  end
  return rank, count
end

-- A foreign header and the only files that may see it.
local FOREIGN = {
  ["sqlite3.h"] = "^host/store/sqlite[%w_]*%.[ch]$",
  ["jansson.h"] = "^host/base/json%.c$",
  ["openssl/"] = "^host/base/digest%.c$",
  ["lua.h"] = "^host/script/",
  ["lauxlib.h"] = "^host/script/",
  ["lualib.h"] = "^host/script/",
  ["linux/"] = "^host/script/confine[%w_]*%.c$",
  ["zip.h"] = "^host/paper/xlsx_zip%.c$",
  ["expat.h"] = "^host/paper/xlsx_xml%.c$",
  ["xlsxwriter.h"] = "^host/paper/xlsx_write%.c$",
  ["iconv.h"] = "^host/paper/csv[%w_]*%.c$",
  ["curl/"] = "^host/net/fetch[%w_]*%.[ch]$",
}

describe("the floors of host/", function()
  it("are listed in docs/tour.md", function()
    local rank, count = ranks()
    assert.is_true(count >= 7)
    for _, path in ipairs(sources()) do
      local folder = path:match("^host/([%w_]+)/")
      assert.is_truthy(not folder or rank[folder], path .. " lives on a floor the tour does not list")
    end
  end)

  it("include only their own folder and the floors below", function()
    local rank = ranks()
    for _, path in ipairs(sources()) do
      local here = path:match("^host/([%w_]+)/")
      for target in read(path):gmatch('#include "([%w_]+)/') do
        assert.is_truthy(not here or (rank[target] and rank[target] <= rank[here]),
          path .. " includes " .. target .. "/")
      end
    end
  end)

  it("keep each foreign header in its one place", function()
    for _, path in ipairs(sources()) do
      for header in read(path):gmatch("#include <([^>]+)>") do
        for prefix, allowed in pairs(FOREIGN) do
          local is_foreign = header:sub(1, #prefix) == prefix
          local is_allowed = path:match(allowed) or path:match("^bench/")
          assert.is_truthy(not is_foreign or is_allowed, path .. " includes " .. header)
        end
      end
    end
  end)
end)
