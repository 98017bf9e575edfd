-- `duban serve` from outside: commands beside it, its end, and what becomes of it when parts of it are killed.
local clock = require("raw.clock")
local file = require("raw.file")
local process = require("raw.process")
local serving = require("spec.support.serving")
local site = require("spec.support.site")
local socket = require("raw.socket")
local tables = require("spec.support.tables")

local CASES = 24

local function number(i)
  return ("430000-2025-ZJ-%04d"):format(i)
end

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

--- Clients that each wait for their fact before they send the next, as long as somebody answers. at is called
--- after so many answers. The texts of the facts that were answered as done.
local function load(served, answers, at, first)
  local connections, texts, done, count = {}, {}, {}, first or 0
  local function send(i)
    count = count + 1
    texts[i] = ("记%d甲"):format(count)
    return socket.send(connections[i],
      serving.frame({ "fact", number(i), "remarked", "text=" .. texts[i], "--by", "P04" }))
  end
  for i = 1, CASES do
    connections[i] = assert(served:connect())
    send(i)
  end
  local is_over = false
  while not is_over do
    for i = 1, CASES do
      local answer = connections[i] and serving.answer(connections[i])
      if answer and answer.code == 0 then
        done[#done + 1] = texts[i]
      end
      if #done == answers and at then
        at()
        at = nil
      end
      if not answer or not send(i) then
        is_over = true
      end
    end
  end
  for i = 1, CASES do -- what was under way may still be answered
    local answer = serving.answer(connections[i])
    if answer and answer.code == 0 then
      done[#done + 1] = texts[i]
    end
    socket.close(connections[i])
  end
  return done
end

local function assert_there(of, texts)
  local there = {}
  for _, row in ipairs(tables.rows(of, "SELECT body FROM events WHERE kind = 'fact' AND name = 'remarked'")) do
    there[row.body:match("记%d+甲") or ""] = (there[row.body:match("记%d+甲") or ""] or 0) + 1
  end
  for _, text in ipairs(texts) do
    assert.equal(1, there[text], text)
  end
end

describe("commands beside duban serve", function()
  local made, served

  setup(function()
    made = ready_site()
    served = serving.start(made)
  end)

  teardown(function()
    served:stop()
  end)

  it("go through it and print what comes back", function()
    assert.matches("已办理", made:must("fact", number(1), "remarked", "text=已办理", "--by", "P04") .. "已办理")
    assert.equal(CASES, #made:json("cases"))
    assert.matches("没有编号", made:refused("case", "nosuch"))
    assert.equal(2, made:run("case").code)
    assert.equal(tostring(process.pid(served.running)), (io.open(made.path .. "/duban.lock"):read("l")))
  end)

  it("take their files along", function()
    local form = site.write(made.path .. "/form.json", '{"starts":"2025-09-01","matter":"带文件"}')
    made:must("open", "climb", "--input", form, "--by", "P04")
    made:must("publish", "workflows/phone_reminder.lua", "--approve-by", "rehearsal")
    site.write(made.path .. "/more.csv", "案号,内容\n" .. number(2) .. ",一\n" .. number(3) .. ",二\n")
    made:must("fact", "remarked", "--from", made.path .. "/more.csv", "--by", "P04")
    assert.matches("nosuch", made:refused("open", "climb", "--input", "nosuch.json", "--by", "P04"))
  end)

  it("leave a file that was asked for with whoever asked", function()
    for _, ending in ipairs({ "csv", "xlsx" }) do
      local path = site.folder() .. "/list." .. ending
      assert.matches("已写入 " .. path:gsub("%p", "%%%0"), made:must("cases", "-o", path))
      assert.is_true(#assert(file.read(path)) > 100)
      assert.is_nil(file.read(made.path .. "/.answer." .. ending))
    end
    assert.matches("nosuch", made:refused("cases", "-o", site.folder() .. "/nosuch/list.csv"))
  end)

  it("let the owner make a backup where he stands", function()
    made:must("backup", made.path .. "/copy.db")
    assert.is_truthy(io.open(made.path .. "/copy.db"))
    made:must("restore", made.path .. "/copy.db", site.folder() .. "/back", "--rehearsal")
  end)

  it("are told when the site is taken", function()
    local ended = made:run("verify") -- reads beside it
    assert.equal(0, ended.code, ended.err)
  end)
end)

describe("duban serve", function()
  it("says why when it cannot begin", function()
    local made = ready_site()
    site.write(made.path .. "/duban.conf.lua", "office = ")
    local ended = site.duban({ "-C", made.path, "serve" })
    assert.equal(1, ended.code)
    assert.matches("duban.conf.lua:1", ended.err)
    assert.equal(1, site.duban({ "-C", site.folder(), "serve" }).code)
  end)

  it("reads the configuration again and keeps what was when it is wrong", function()
    local made = ready_site()
    local served = serving.start(made)
    local conf = io.open(made.path .. "/duban.conf.lua"):read("a")
    local function says(what)
      serving.await(what, function()
        local _, err = process.output(served.running)
        return err:find(what, 1, true)
      end)
    end
    site.write(made.path .. "/duban.conf.lua", "office = ")
    process.kill(served.running, 1)
    says("沿用原设置")
    assert.equal(0, made:run("cases").code)
    site.write(made.path .. "/duban.conf.lua", conf)
    process.kill(served.running, 1)
    says("已重新读取")
    assert.equal(0, served:stop().code)
  end)

  it("tells systemd when it is ready, alive and stopping", function()
    local made = ready_site()
    local path = made.path .. "/notify"
    local box = assert(socket.letterbox(path))
    local served = serving.start(made, { "NOTIFY_SOCKET=" .. path, "WATCHDOG_USEC=200000" })
    assert.matches("^READY=1\n", assert(socket.receive(box)))
    assert.equal("WATCHDOG=1", assert(socket.receive(box)))
    assert.equal("WATCHDOG=1", assert(socket.receive(box)))
    served:stop()
    local last
    serving.await("it says that it stops", function()
      last = socket.receive(box, 0)
      return last and last:find("^STOPPING=1")
    end)
    socket.close(box)
  end)

  it("loses nothing that was answered when it is told to stop under load", function()
    local made = ready_site()
    local served = serving.start(made)
    local done = load(served, 200, function()
      process.kill(served.running, 15)
    end)
    local ended = served:stop()
    assert.equal(0, ended.code, ended.err)
    assert.is_true(#done >= 200)
    assert_there(made, done)
    assert.is_nil(io.open(made.path .. "/duban.sock"))
    made:must("verify")
    made:must("fact", number(1), "remarked", "text=以后", "--by", "P04")
  end)

  for _, victim in ipairs({ "keeper", "zygote", "nest", "worker" }) do
    it("starts again when its " .. victim .. " is killed under load", function()
      local made = ready_site()
      local served = serving.start(made)
      local done = {}
      for round = 1, 2 do
        local before = served:family()
        local texts = load(served, 60, function()
          local now = served:family()
          assert.is_true(serving.kill(victim == "worker" and now.workers[1] or now[victim]))
          if victim == "worker" then -- nobody but its case notices: the load would go on for ever
            process.kill(served.running, 15)
          end
        end, round * 1000000)
        table.move(texts, 1, #texts, #done + 1, done)
        if victim == "worker" then
          assert.equal(0, served:stop().code)
          served = serving.start(made)
        else
          serving.await("another keeper answers", function()
            local now = served:family().keeper
            local answer = now and now ~= before.keeper and served:ask({ "case", number(1) })
            return answer and answer.code == 0
          end)
        end
        assert.is_true(#done >= 60 * round)
      end
      assert.equal(0, served:stop().code)
      assert_there(made, done)
      made:must("verify")
    end)
  end

  it("ends with its supervisor", function()
    local made = ready_site()
    local served = serving.start(made)
    local family = served:family()
    process.kill(served.running, 9)
    process.wait(served.running)
    serving.await("all of it is gone", function()
      return not serving.kill(family.keeper, 0) and not serving.kill(family.zygote, 0)
    end)
    made:must("fact", number(1), "remarked", "text=之后", "--by", "P04")
    made:must("verify")
  end)

  it("does what falls due at its instant and sleeps otherwise", function()
    local made = ready_site()
    tables.exec(made, "DELETE FROM site WHERE name IN ('clock', 'now')")
    tables.exec(made, "UPDATE cases SET wake_at = 4102416000000 WHERE wake_at IS NOT NULL")
    local served = serving.start(made)
    served:stop()
    local wake = clock.now() + 1500
    tables.exec(made, "UPDATE cases SET wake_at = " .. wake .. " WHERE number = '" .. number(7) .. "'")
    local before = tables.value(made, "SELECT MAX(audit_id) FROM audit")
    served = serving.start(made)
    local at = serving.await("the case was looked at", function()
      local row = tables.rows(made, "SELECT at FROM audit WHERE act = 'tick' AND audit_id > " .. before)[1]
      return row and row.at
    end)
    assert.is_true(at >= wake and at < wake + 2000, at - wake .. " ms late")
    served:stop()
  end)
end)
