-- One script file in the sandbox: what it prints and gives back, or the sentence that names its fault.
local site = require("spec.support.site")
local tables = require("spec.support.tables")

describe("duban run", function()
  local office

  local function script(text)
    return site.write(office.path .. "/script.lua", text)
  end

  local function fault(text, ...)
    local words = { "run", ... }
    words[#words + 1] = script(text)
    local before = tables.counts(office)
    local done = office:run(table.unpack(words))
    assert.equal(1, done.code, done.out .. done.err)
    assert.equal(before, tables.counts(office))
    return (done.err:gsub("^duban: ", ""):gsub("\n$", "")), done.out
  end

  setup(function()
    office = site.make({ workflows = { "spec/data/probe.lua" } })
  end)

  it("prints what the script prints, then what it returns", function()
    local done = office:run("run", script('print("一", 2)\nprint("三")\nreturn "完"'))
    assert.equal("一\t2\n三\n完\n", done.out)
    assert.equal("", done.err)
    assert.equal(0, done.code)
  end)

  it("hands over the words that follow the file", function()
    assert.equal("甲\t--乙", office:must("run", script("print(...)"), "甲", "--乙"))
  end)

  it("gives one JSON document", function()
    local told = office:json("run", script('print("一")\nreturn "完"'))
    assert.same({ "一\n", "完" }, { told.printed, told.returned })
  end)

  it("names file and line of a fault", function()
    assert.matches("^script.lua:2: ", (fault("local a\nreturn a.b")))
    assert.matches("^script.lua:1: .*不成", (fault('error("不成")')))
    assert.matches("^script.lua:2:", (fault("local a = 1\nlocal = 2")))
  end)

  it("keeps what was printed before the fault, and writes nothing of what was asked for", function()
    local _, out = fault('print("先")\nerror("后")')
    assert.equal("先\n", out)
  end)

  it("takes lower limits before and after the file", function()
    assert.equal("好", office:must("run", "--time", "3s", "--memory", "64M", script('return "好"')))
    assert.equal("好", office:must("run", script('return "好"'), "--time", "3s"))
  end)

  it("stops a script at the time it was given", function()
    local clock = require("raw.clock")
    local from = clock.steady()
    local why = fault("while true do end", "--time", "200ms")
    assert.is_true(clock.steady() - from < 3000)
    assert.matches("200", why)
  end)

  it("stops a script at the memory it was given, which another one has", function()
    local text = "local t = {} for i = 1, 400000 do t[i] = i .. '' end return '好'"
    assert.matches("内存", (fault(text, "--memory", "4M")))
    assert.equal("好", office:must("run", script(text)))
  end)

  it("does not raise the limits, nor take what is none", function()
    assert.equal("--time 最多 30 秒，--memory 最多 128M", (fault("return 1", "--time", "31s")))
    assert.equal("--time 最多 30 秒，--memory 最多 128M", (fault("return 1", "--memory", "1G")))
    assert.equal("“soon”不是时长，写法如 3s、250ms、2m", (fault("return 1", "--time", "soon")))
    assert.equal("“-5M”不是大小，写法如 64M、512K、1G", (fault("return 1", "--memory", "-5M")))
    assert.equal("“0”不是时长，写法如 3s、250ms、2m", (fault("return 1", "--time", "0")))
  end)

  describe("stops a script and names its file and line", function()
    for what, case in pairs({
      ["an endless loop"] = { "local x = 1\nwhile true do x = x + 1 end", "^script.lua:2: .*200 毫秒" },
      ["a pattern that never ends"] = { "\nreturn ('a'):rep(40):match(('a?'):rep(40) .. ('a'):rep(40))",
        "^script.lua:2: .*200 毫秒" },
      ["memory without end"] = { "local s = 'x'\nwhile true do\n  s = s .. s\nend", "^script.lua:3: 内存超限" },
      ["output without end"] = { "while true do print(('x'):rep(16000)) end", "^script.lua:1: 输出超过" },
      ["a callback that calls itself through C"] = { "local function f(s)\n  return (s:gsub('.',"
        .. " function(c) return f(s .. c) end))\nend\nf('ab')", "^script.lua:2: " },
      ["a call that fails inside C"] = { "\n\nstring.format(('%99d'):rep(3), 1)", "^script.lua:3: " },
      ["an error object whose words raise"] = { "error(setmetatable({}, { __tostring = error }))", "^script.lua: " },
      ["an error object without words"] = { "error(setmetatable({}, { __tostring = function(s) return s end }))",
        "^script.lua: " },
      ["source that takes too long to read"] = { "return " .. ("("):rep(150000) .. "1" .. (")"):rep(150000),
        "^script.lua: .*200 毫秒" },
    }) do
      it(what, function()
        local why = fault(case[1], "--time", "200ms", "--memory", "48M")
        assert.matches(case[2], why)
        assert.is_nil(why:find("traceback", 1, true), why)
      end)
    end
  end)

  it("refuses what a script asks of its house that cannot be meant", function()
    for _, n in ipairs({ "math.maxinteger", "math.mininteger", "1e300", "'5'" }) do
      assert.matches("^script.lua:1: .*不是期限",
        (fault("ctx.calendar.due('2026-03-02', { kind = 'days', n = " .. n .. " })")))
    end
    assert.matches("^script.lua: .*不是模板的名称", (fault("document.make('../../etc/passwd', {})")))
    assert.matches("空字节", (fault("store.rows('SELECT 1\\0; DROP TABLE cases')")))
  end)

  it("leaves the next script unaffected", function()
    fault("string.rep = nil")
    assert.equal("aa", office:must("run", script('return ("a"):rep(2)')))
  end)

  it("refuses bytecode, and a file with a secrecy mark", function()
    fault("\27Lua\x54\0\x19\x93")
    assert.matches("密级", (fault("-- 秘密★1年\nreturn 1")))
  end)
end)
