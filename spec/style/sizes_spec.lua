-- Sizes, banned words and forms that the house style names and a machine can check.
local function lines_of(path)
  local list = {}
  for line in io.lines(path) do
    list[#list + 1] = line
  end
  return list
end

local function files(pattern)
  local list = {}
  for path in io.popen("git ls-files " .. pattern .. " | sort -u"):lines() do
    list[#list + 1] = path
  end
  return list
end

local CEILINGS = {
  { what = "a C file", pattern = "'host/*.c' 'bench/*.c'", most = 600 },
  { what = "a header", pattern = "'host/*.h'", most = 120 },
  { what = "a module", pattern = "'scripts/*.lua'", most = 300 },
  { what = "a workflow", pattern = "'workflows/*.lua'", most = 150 },
}

local BANNED = { "strcpy", "strcat", "sprintf", "strtok", "atoi", "gets", "localtime", "gmtime",
  "alloca", "sscanf", "system", "popen", "tmpnam" }

-- Comments and string literals may use the words.
local function code_of(line)
  return (line:gsub('"[^"]*"', '""'):gsub("/%*.-%*/", ""):gsub("^%s*%*.*", ""))
end

describe("the sizes of the house", function()
  for _, ceiling in ipairs(CEILINGS) do
    it("hold " .. ceiling.what .. " under " .. ceiling.most .. " lines", function()
      for _, path in ipairs(files(ceiling.pattern)) do
        if not path:match("^scripts/meta/") then
          local count = #lines_of(path)
          assert.is_true(count <= ceiling.most, path .. " has " .. count .. " lines")
        end
      end
    end)
  end

  it("hold every line of C and Lua under 120 columns", function()
    for _, path in ipairs(files("'host/*.[ch]' 'scripts/*.lua' 'spec/*.lua' 'bench/*.[ch]'")) do
      if not path:match("^spec/corpus/") and not path:match("^scripts/meta/") then
        for number, line in ipairs(lines_of(path)) do
          local columns = utf8.len(line) or #line
          assert.is_true(columns <= 120, path .. ":" .. number .. " is too long")
        end
      end
    end
  end)
end)

describe("the words of the house", function()
  it("keep banned functions out of the C", function()
    for _, path in ipairs(files("'host/*.c'")) do
      for number, line in ipairs(lines_of(path)) do
        for _, word in ipairs(BANNED) do
          local is_used = code_of(line):match("%f[%w_]" .. word .. "%s*%(")
          assert.is_falsy(is_used, path .. ":" .. number .. " calls " .. word)
        end
      end
    end
  end)

  it("keep malloc and free inside mem.c", function()
    for _, path in ipairs(files("'host/*.c'")) do
      -- The allocator of a Lua state and the trees that jansson and getline hand out are other people's.
      local is_allowed = path:match("base/mem%.c$") or path:match("script/memory%.c$") or path:match("script/state%.c$")
      for number, line in ipairs(lines_of(path)) do
        local is_used = code_of(line):match("%f[%w_][mc]alloc%s*%(") or code_of(line):match("%f[%w_]free%s*%(")
        assert.is_truthy(is_allowed or not is_used, path .. ":" .. number .. " names malloc or free")
      end
    end
  end)

  it("begin every file with a sentence about its job", function()
    for _, path in ipairs(files("'host/*.[ch]' 'scripts/*.lua' 'schema/sqlite/*.sql'")) do
      local first = lines_of(path)[1] or ""
      local is_told = first:match("^/%*") or first:match("^%-%-") or path:match("^scripts/meta/")
      assert.is_truthy(is_told, path .. " does not say what it is for")
    end
  end)
end)
