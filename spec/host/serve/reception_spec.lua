-- The site's socket: honest clients, and those that are not.
local process = require("raw.process")
local serving = require("spec.support.serving")
local site = require("spec.support.site")
local socket = require("raw.socket")
local tables = require("spec.support.tables")

local CASES = 40

local function ready_site()
  local made = site.make({ clock = "2025-09-01 08:00", workflows = { "spec/data/climb.lua" } })
  local lines = { "起算日,事项" }
  for i = 1, CASES do
    lines[#lines + 1] = "2025-09-01,事项" .. i
  end
  site.write(made.path .. "/cases.csv", table.concat(lines, "\n") .. "\n")
  made:must("import", "climb", made.path .. "/cases.csv", "--by", "P04")
  return made
end

local function number(i)
  return ("430000-2025-ZJ-%04d"):format(i)
end

local function remark(i, text, ...)
  return { "fact", number(i), "remarked", "text=" .. (text or "在办"), "--by", "P04", ... }
end

local function remarks(of)
  return tables.value(of, "SELECT COUNT(*) AS n FROM events WHERE kind = 'fact' AND name = 'remarked'")
end

describe("the reception", function()
  local made, served

  setup(function()
    made = ready_site()
    served = serving.start(made)
  end)

  teardown(function()
    local ended = served:stop()
    assert.equal(0, ended.code, ended.err)
    made:must("verify")
  end)

  local function is_well()
    local answer = served:ask({ "case", number(1) })
    return assert(answer, "no answer").code == 0
  end

  it("answers one command after the other on one connection", function()
    local connection = assert(served:connect())
    for i = 1, 5 do
      local answer = assert(served:ask(remark(i), connection))
      assert.equal(0, answer.code, answer.err)
      assert.matches(number(i), answer.out, 1, true)
    end
    local refused = assert(served:ask({ "fact", number(1), "没有", "--by", "P04" }, connection))
    assert.equal(1, refused.code)
    assert.matches("^duban: ", refused.err)
    assert.equal(2, assert(served:ask({ "nosuch" }, connection)).code)
    socket.close(connection)
  end)

  it("speaks the language of each client", function()
    local zh = served:ask({ "case", "nosuch" })
    local en = served:ask({ "case", "nosuch" }, nil, { lang = "en" })
    assert.matches("没有编号", zh.err)
    assert.matches("there is no case", en.err)
    local guard = served:ask({ "fact", number(2), "done", "x=1", "--by", "P04" }, nil, { lang = "en" })
    assert.equal(1, guard.code)
    assert.is_nil(guard.err:find("[\228-\233]"), guard.err)
  end)

  it("records what arrives together, each with its own fate", function()
    local before = remarks(made)
    local connections = {}
    for i = 1, CASES do
      connections[i] = assert(served:connect())
      local words = i % 10 == 0 and { "fact", number(i), "remarked", "--by", "P04" } or remark(i, "同时")
      socket.send(connections[i], serving.frame(words))
    end
    local done = 0
    for i = 1, CASES do
      local answer = assert(serving.answer(connections[i]))
      assert.equal(i % 10 == 0 and 1 or 0, answer.code, answer.out .. answer.err)
      done = done + (answer.code == 0 and 1 or 0)
      socket.close(connections[i])
    end
    assert.equal(before + done, remarks(made))
  end)

  it("does once what two send under one key", function()
    local before = remarks(made)
    local one, other, third = assert(served:connect()), assert(served:connect()), assert(served:connect())
    socket.send(one, serving.frame(remark(3, "同键", "--key", "k-1")))
    socket.send(other, serving.frame(remark(3, "同键", "--key", "k-1")))
    socket.send(third, serving.frame(remark(4, "另文", "--key", "k-1")))
    local codes = {}
    for i, connection in ipairs({ one, other, third }) do
      codes[i] = assert(serving.answer(connection)).code
      socket.close(connection)
    end
    assert.same({ 0, 0, 1 }, codes)
    assert.equal(before + 1, remarks(made))
  end)

  it("takes what is no frame for what it is", function()
    for _, bytes in ipairs({ "GET / HTTP/1.1\r\n\r\n", ("\255"):rep(64), "\0\0\0\0", string.pack("<s4", "\7\200"),
      string.pack("<s4", ("\6\255\255"):rep(20)), serving.frame({ "case\0x" }), serving.frame({ { "case" } }),
      string.pack("<s4", require("raw.codec").encode({ argv = "cases" })) }) do
      local connection = assert(served:connect())
      socket.send(connection, bytes)
      local answer = assert(serving.answer(connection), "no sentence")
      assert.equal(1, answer.code)
      assert.matches("^duban: [^\n]+\n$", answer.err)
      socket.close(connection)
    end
    assert.is_true(is_well())
  end)

  it("keeps nothing for who announces much and sends little", function()
    local connections = {}
    for i = 1, 20 do
      connections[i] = assert(served:connect())
      socket.send(connections[i], string.pack("<I4", 64 * 1024 * 1024) .. "\7")
    end
    assert.is_true(is_well())
    for _, connection in ipairs(connections) do
      socket.close(connection)
    end
  end)

  it("does not wait for the slow and does not mind the gone", function()
    local slow = assert(served:connect())
    local frame = serving.frame({ "case", number(5) })
    socket.send(slow, frame:sub(1, 9))
    local gone = assert(served:connect())
    socket.send(gone, frame:sub(1, 12))
    socket.close(gone)
    local deaf = assert(served:connect())
    socket.send(deaf, serving.frame({ "--json", "cases" }))
    socket.close(deaf)
    assert.is_true(is_well())
    socket.send(slow, frame:sub(10))
    assert.equal(0, assert(serving.answer(slow)).code)
    socket.close(slow)
  end)

  it("holds a thousand connections of one user without harm", function()
    local connections, refused, gone = {}, 0, {}
    for i = 1, 1000 do
      connections[i] = assert(served:connect())
      socket.send(connections[i], string.pack("<I4", 100) .. "\7")
    end
    serving.await("the others are turned away", function()
      for i = 1, 1000 do
        if not gone[i] and socket.receive(connections[i], 0) then
          gone[i], refused = true, refused + 1
        end
      end
      return refused == 1000 - 256
    end)
    for _, connection in ipairs(connections) do
      socket.close(connection)
    end
    serving.await("there is room again", function()
      local answer = served:ask({ "case", number(1) })
      return answer and answer.code == 0
    end)
  end)

  it("opens no file that a client names", function()
    local answer = served:ask({ "open", "climb", "--input", "/etc/passwd", "--by", "P04" })
    assert.equal(1, answer.code)
    assert.matches("没有随命令送来", answer.err)
    answer = served:ask({ "publish", made.path .. "/../../../../etc/passwd" })
    assert.matches("没有随命令送来", answer.err)
    answer = served:ask({ "fact", number(1), "remarked", "text=@/etc/passwd", "--by", "P04" })
    assert.equal(1, answer.code)
  end)

  it("refuses what belongs to another process", function()
    for _, words in ipairs({ { "init", "/tmp/x" }, { "serve" }, { "lua", "x.lua" }, { "restore", "a", "b" } }) do
      local answer = served:ask(words)
      assert.equal(1, answer.code)
      assert.matches("不能经由 duban serve", answer.err)
    end
  end)

  it("gives files that came along to the command", function()
    local input = served:ask({ "open", "climb", "--input", "form.json", "--by", "P04" }, nil,
      { files = { ["form.json"] = '{"starts":"2025-09-01","matter":"随送"}' } })
    assert.equal(0, input.code, input.err)
    local run = served:ask({ "run", "hello.lua", "a" }, nil, { files = { ["hello.lua"] = "return 1" } })
    assert.equal(0, run.code, run.err)
  end)
end)

describe("the socket of many users", function()
  local function as(user, of, ...)
    local words = { "setpriv", "--reuid", user, "--clear-groups", "build/test/duban", "-C", of.path, ... }
    words.env = { "PATH=/usr/bin:/bin:/usr/sbin", "DUBAN_LANG=zh" }
    return assert(process.run(words))
  end

  it("tells who asks by the kernel's word", function()
    local id = process.run({ "id", "-u", env = { "PATH=/usr/bin:/bin" } })
    local can = process.run({ "sh", "-c", "setpriv --reuid nobody --clear-groups build/test/duban version",
      env = { "PATH=/usr/bin:/bin" } })
    if id.out ~= "0\n" or can.code ~= 0 then
      return pending("only root can be somebody else, and the build must be readable")
    end
    local made = ready_site()
    tables.exec(made, "INSERT INTO accounts (name, os_user, office_id, person_id, is_disabled)"
      .. " SELECT 'clerk', 'nobody', office_id, person_id, 0 FROM people WHERE code = 'P04'")
    process.run({ "chmod", "711", made.path, made.path .. "/..", "build/spec", "build",
      env = { "PATH=/usr/bin:/bin" } })
    local served = serving.start(made)
    local done = as("nobody", made, "fact", number(1), "remarked", "text=本人")
    assert.equal(0, done.code, done.err)
    assert.equal("clerk", tables.value(made, "SELECT recorder FROM audit ORDER BY audit_id DESC"))
    local stranger = as("daemon", made, "cases")
    assert.equal(1, stranger.code)
    assert.matches("^duban: [^\n]*没有账号\n$", stranger.err)
    assert.equal(1, as("nobody", made, "backup", "/tmp/stolen.db").code)
    assert.matches("属主", as("nobody", made, "backup", "/tmp/stolen.db").err)
    assert.equal(0, served:stop().code)
  end)
end)
