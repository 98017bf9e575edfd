-- Help, the man page and completion come out of one table of commands.
local site = require("spec.support.site")
local process = require("raw.process")
local text = require("raw.text")

local COMMANDS = "init check publish versions open fact todo find proposals approve reject tick cases case explain "
  .. "next import calendar ledger run job jobs outbox deliver channel metrics acknowledge verify backup restore "
  .. "upgrade plan quarantine setting doctor version lua serve account "
  .. "delegate handover unit"

local function help(...)
  return site.duban({ "help", ... }).out
end

local function shell(line, input)
  return assert(process.run({ "sh", "-c", line, env = { "PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8" }, input = input }))
end

describe("duban help", function()
  it("names every command of this issue, with a line about it", function()
    for word in COMMANDS:gmatch("%S+") do
      assert.matches("\n  " .. word .. "[ %w]* +%S", help())
    end
  end)

  it("names no command that does not exist yet", function()
    for word in ("void document test backtest simulate "
      .. "office rollback move"):gmatch("%S+") do
      assert.is_nil(help():find("\n  " .. word .. " "))
      assert.equal(2, site.duban({ word, "x" }).code)
    end
  end)

  it("fits 80 columns in both languages", function()
    for _, language in ipairs({ "zh", "en" }) do
      local told = site.duban({ "help" }, { env = { DUBAN_LANG = language } }).out
      for line in told:gmatch("[^\n]+") do
        assert.is_true(text.width(line) <= 80, line)
      end
    end
  end)

  it("explains each command with its options, like --help", function()
    for line in help():gmatch("\n  (%l[%l ]-)  ") do
      local words = {}
      for word in line:gmatch("%S+") do
        words[#words + 1] = word
      end
      local told = help(table.unpack(words))
      assert.truthy(told:find("duban " .. line, 1, true), line)
      words[#words + 1] = "--help"
      assert.equal(told, site.duban(words).out)
    end
  end)

  it("tells of --by and --key for every act", function()
    for _, act in ipairs({ "open", "fact", "approve", "reject", "plan sign", "publish", "setting", "quarantine",
      "calendar import", "outbox replay", "channel test", "channel pause", "channel resume",
      "account add", "account bind", "account disable", "account enable", "delegate", "handover",
      "unit merge" }) do
      local words = {}
      for word in act:gmatch("%S+") do
        words[#words + 1] = word
      end
      local told = help(table.unpack(words))
      assert.truthy(told:find("--by PERSON", 1, true), act)
      assert.truthy(told:find("--key TEXT", 1, true), act)
    end
  end)

  it("knows what was nearly typed", function()
    assert.matches("没有命令“hlep”，是否指 help", site.duban({ "hlep" }).err)
  end)
end)

describe("the man page", function()
  it("is sound roff with every command", function()
    local page = site.duban({ "help", "--man" }, { env = { DUBAN_LANG = "en" } }).out
    assert.matches("^%.TH DUBAN 1\n", page)
    for _, section in ipairs({ "NAME", "SYNOPSIS", "OPTIONS", "COMMANDS", "EXIT STATUS" }) do
      assert.truthy(page:find("\n.SH " .. section .. "\n", 1, true), section)
    end
    for word in COMMANDS:gmatch("%S+") do
      assert.truthy(page:find('\n.SS "' .. word, 1, true), word)
    end
    for line in page:gmatch("[^\n]+") do
      assert.is_true(line:find("^%.%u%u?") ~= nil or line:find("^[^.']") ~= nil, line)
    end
    local _, opened = page:gsub("\n%.RS", "")
    local _, closed = page:gsub("\n%.RE", "")
    assert.equal(opened, closed)
  end)

  it("is read by man without a warning", function()
    if shell("command -v groff").code ~= 0 then
      pending("groff is not installed")
      return
    end
    local page = site.duban({ "help", "--man" }, { env = { DUBAN_LANG = "en" } }).out
    local done = shell("groff -man -Kutf8 -Tutf8 -ww -z", page)
    assert.equal("", done.err)
  end)
end)

describe("bash completion", function()
  it("is sound bash and completes commands, second words and options", function()
    local script = help("--bash")
    assert.equal(0, shell("bash -n /dev/stdin", script).code)
    local function complete(line)
      local done = assert(process.run({ "bash", "-c", script .. ([[

        COMP_WORDS=(%s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); [ "%s" = "${COMP_WORDS[-1]}" ] || true
        COMP_LINE="%s"; COMP_POINT=${#COMP_LINE}
        name=$(complete -p duban | sed 's/.*-F \([^ ]*\).*/\1/'); $name
        echo "${COMPREPLY[@]}"]]):format(line, line, line),
        env = { "PATH=/usr/bin:/bin" } }))
      return done.out
    end
    assert.truthy(complete("duban ca"):find("cases", 1, true))
    assert.truthy(complete("duban calendar d"):find("due", 1, true))
    assert.truthy(complete("duban cases --ov"):find("--overdue", 1, true))
  end)
end)
