-- A site that is not what it should be: another program's database, another schema, a full disk, a held lock.
local site = require("spec.support.site")
local tables = require("spec.support.tables")
local process = require("raw.process")
local file = require("raw.file")
local store = require("raw.store")

local TEST_BUILD = "build/test/duban"

local function shell(line)
  return assert(process.run({ "sh", "-c", line, env = { "PATH=/usr/bin:/bin" } }))
end

describe("a site", function()
  local office

  -- A copy of the office, with its files as they are.
  local function copy(name)
    local folder = site.folder() .. "/" .. name
    shell(("cp -r '%s' '%s'"):format(office.path, folder))
    return setmetatable({ path = folder }, getmetatable(office))
  end

  setup(function()
    office = site.make({ workflows = { "spec/data/probe.lua" } })
    office:must("open", "probe", "unit=S001", "matter=甲", "--by", "P04")
  end)

  describe("whose database is not its own", function()
    it("is refused when the file belongs to another program", function()
      local other = copy("other")
      shell(("rm -f '%s'/duban.db*"):format(other.path))
      local handle = assert(store.open("sqlite:" .. other.path .. "/duban.db", "create"))
      assert(store.exec(handle, "CREATE TABLE songs (title TEXT) STRICT; INSERT INTO songs (title) VALUES ('x')"))
      store.close(handle)
      for _, word in ipairs({ "cases", "tick", "verify" }) do
        assert.equal(("duban: %s/duban.db: 不是督办的数据库：有表，但没有 migrations 表"):format(other.path),
          other:refused(word))
      end
      assert.equal(1, tables.rows(other, "SELECT COUNT(*) AS n FROM sqlite_schema")[1].n)
    end)

    it("is refused when the file is no database, or empty", function()
      local other = copy("junk")
      site.write(other.path .. "/duban.db", ("junk "):rep(5000))
      assert.matches("junk/duban%.db: 不是督办的数据库文件$", other:refused("cases"))
      site.write(other.path .. "/duban.db", "")
      assert.matches("junk/duban%.db 不是督办的数据库文件$", other:refused("tick"))
      assert.equal("", assert(file.read(other.path .. "/duban.db")))
    end)

    it("is refused when it is not there", function()
      assert.equal("duban: build/spec/nowhere 不是督办站点（没有 duban.db）；先用 duban init 建立",
        (site.duban({ "-C", "build/spec/nowhere", "cases" }).err:gsub("\n$", "")))
      assert.equal(1, site.duban({ "-C", "build/spec/nowhere", "tick" }).code)
    end)

    it("is refused when a newer duban has been here", function()
      local other = copy("newer")
      tables.exec(other, "INSERT INTO migrations (number, name, sha256, applied_at)"
        .. " VALUES (9999, '9999_later.sql', 'x', 1)")
      for _, word in ipairs({ "cases", "tick" }) do
        assert.matches("9999", other:refused(word))
      end
    end)

    it("is refused when a migration was edited after it ran", function()
      local other = copy("edited")
      tables.exec(other, "UPDATE migrations SET sha256 = 'x' WHERE number = 1")
      for _, word in ipairs({ "cases", "tick" }) do
        assert.matches("0001_site.sql", other:refused(word))
      end
    end)
  end)

  describe("on a disk that fails", function()
    for _, case in ipairs({
      { "write:1:full", "磁盘已满，请腾出空间后重新启动" },
      { "write:2:full", "磁盘已满，请腾出空间后重新启动" },
      { "sync:1:io", "读写数据库文件出错，请检查磁盘后重新启动" },
    }) do
      it("stops with one sentence and keeps what was there: " .. case[1], function()
        local other = copy("full")
        local before = tables.counts(other)
        local done = site.duban({ "-C", other.path, "open", "probe", "unit=S001", "matter=满", "--by", "P04" },
          { binary = TEST_BUILD, env = { DUBAN_TEST_FAIL = case[1] } })
        assert.equal(1, done.code)
        assert.equal("", done.out)
        assert.equal("duban: " .. case[2] .. "\n", done.err)
        assert.equal(before, tables.counts(other))
        other:must("verify")
        assert.equal("430000-2026-SY-0002", other:must("open", "probe", "unit=S001", "matter=再来", "--by", "P04"))
      end)
    end

    it("holds at every write and sync of a walk of the clock #slow", function()
      for at = 1, 40, 3 do
        for _, kind in ipairs({ "write:%d:full", "sync:%d:io" }) do
          local other = copy("walk")
          other:must("fact", "430000-2026-SY-0001", "issued", "--by", "P01")
          local done = site.duban({ "-C", other.path, "tick", "--until", "2026-03-20 18:00" },
            { binary = TEST_BUILD, env = { DUBAN_TEST_FAIL = kind:format(at) } })
          assert.is_true(done.code == 0 or done.code == 1, done.err)
          other:must("verify")
          other:must("tick", "--until", "2026-03-20 18:00")
          other:must("verify")
          assert.equal(1, tables.value(other, "SELECT COUNT(*) AS n FROM proposals"))
        end
      end
    end)

    it("that may not be written is read, and every act refused", function()
      local other = copy("readonly")
      local before = tables.counts(other)
      shell(("chmod a-w '%s/duban.db'"):format(other.path))
      local function as_plain_user(...) -- root writes everything, unless it gives that power up
        local words = shell("id -u").out == "0\n" and { "setpriv", "--bounding-set=-dac_override" } or {}
        for _, word in ipairs({ TEST_BUILD, "-C", other.path, ... }) do
          words[#words + 1] = word
        end
        words.env = { "PATH=/usr/bin:/bin", "DUBAN_LANG=zh" }
        return assert(process.run(words))
      end
      assert.matches("共 1 件", as_plain_user("cases").out)
      assert.equal(0, as_plain_user("verify").code)
      local done = as_plain_user("tick")
      assert.equal(1, done.code)
      assert.matches("^duban: 数据库文件 .*readonly/duban%.db 是只读的\n$", done.err)
      shell(("chmod a-w '%s/duban.lock'"):format(other.path))
      assert.equal(("duban: 不能打开 %s/duban.lock：没有权限\n"):format(other.path), as_plain_user("tick").err)
      assert.equal(before, tables.counts(other))
    end)
  end)

  it("is not written through a lock that is a folder or leads elsewhere, in one language", function()
    for what, reason in pairs({ ["mkdir '%s'"] = "是文件夹", ["ln -s /tmp/nowhere '%s'"] = "是符号链接" }) do
      local other = copy("locked")
      local lock = other.path .. "/duban.lock"
      shell(("rm -f '%s'; %s"):format(lock, what:format(lock)))
      assert.equal(("duban: 不能打开 %s：%s"):format(lock, reason),
        other:refused("open", "probe", "unit=S001", "matter=锁", "--by", "P04"))
      shell(("rm -rf '%s'"):format(other.path))
    end
  end)

  it("runs no trigger that somebody else put into its database", function()
    local other = copy("trigger")
    tables.exec(other, "CREATE TRIGGER forgets AFTER INSERT ON events BEGIN DELETE FROM audit; END")
    local before = tables.value(other, "SELECT COUNT(*) FROM audit")
    other:must("open", "probe", "unit=S001", "matter=触发", "--by", "P04")
    assert.is_true(tables.value(other, "SELECT COUNT(*) FROM audit") > before)
    other:must("verify")
  end)

  describe("with one keeper at a time", function()
    it("makes a second command wait for the first", function()
      local other = copy("waits")
      local lock = assert(process.start({ "sh", "-c",
        ("exec 9>>'%s/duban.lock'; flock 9; echo held; sleep 1"):format(other.path), env = { "PATH=/usr/bin:/bin" } }))
      repeat until process.output(lock):find("held")
      assert.equal("430000-2026-SY-0002", other:must("open", "probe", "unit=S001", "matter=等", "--by", "P04"))
      process.wait(lock, 5000)
      process.close(lock)
    end)

    it("tells the second one who holds the site when that takes too long #slow", function()
      local other = copy("busy")
      local holder = assert(process.start({ "sh", "-c",
        ("exec 9<>'%s/duban.lock'; flock 9; echo $$ >&9; echo held; exec sleep 60"):format(other.path),
        env = { "PATH=/usr/bin:/bin" } }))
      repeat until process.output(holder):find("held")
      local sentence = other:refused("open", "probe", "unit=S001", "matter=等", "--by", "P04")
      assert.truthy(sentence:find(tostring(process.pid(holder)), 1, true), sentence)
      process.kill(holder)
      process.wait(holder, 5000)
      process.close(holder)
      assert.equal(1, tables.value(other, "SELECT COUNT(*) AS n FROM cases"))
    end)

    it("lets readers in meanwhile", function()
      local other = copy("reads")
      local lock = assert(process.start({ "sh", "-c",
        ("exec 9>>'%s/duban.lock'; flock 9; echo held; exec sleep 60"):format(other.path),
        env = { "PATH=/usr/bin:/bin" } }))
      repeat until process.output(lock):find("held")
      other:must("cases")
      other:must("case", "430000-2026-SY-0001")
      process.kill(lock)
      process.wait(lock, 5000)
      process.close(lock)
    end)
  end)

  describe("init", function()
    it("refuses a folder that is a site already, and leaves it as it is", function()
      local before = tables.counts(office)
      local done = site.duban({ "init", office.path, "--office", "430000" })
      assert.equal(1, done.code)
      assert.matches("已", done.err)
      assert.equal(before, tables.counts(office))
    end)

    it("refuses a region it does not know, a clock it cannot read, and a folder it cannot make", function()
      local folder = site.folder() .. "/new"
      assert.equal(1, site.duban({ "init", folder, "--office", "999999" }).code)
      assert.equal(1, site.duban({ "init", folder, "--office", "430000", "--clock", "virtual=2026-02-30" }).code)
      assert.equal(1, site.duban({ "init", folder, "--office", "430000", "--clock", "fast" }).code)
      assert.equal(1, site.duban({ "init", "/proc/new", "--office", "430000" }).code)
      assert.is_nil(file.read(folder .. "/duban.db"))
    end)

    it("keeps the database from other users' eyes", function()
      assert.equal("600\n", shell(("stat -c %%a '%s/duban.db'"):format(office.path)).out)
    end)
  end)
end)

describe("making a site", function()
  it("has one winner when two do it at once, whose site works", function()
    for _ = 1, 8 do
      local path = site.folder() .. "/site"
      local done = shell(("for i in 1 2; do (%s init '%s' >/dev/null 2>&1; echo $?) & done; wait")
        :format(TEST_BUILD, path))
      assert.is_truthy(done.out == "0\n1\n" or done.out == "1\n0\n", done.out)
      local made = site.duban({ "-C", path, "verify" })
      assert.equal(0, made.code, made.err)
    end
  end)

  it("takes a folder over whose maker died before anything was there", function()
    local path = site.folder()
    site.write(path .. "/duban.lock", "1\n")
    assert.equal(0, site.duban({ "init", path }).code)
    assert.equal(1, site.duban({ "init", path }).code)
    assert.equal(0, site.duban({ "-C", path, "cases" }).code)
  end)
end)
