-- raw.store and its friendly module: values bound and read back, transactions, failures as values.
local process = require("raw.process")
local store = require("store")
local raw = require("raw.store")

local path, db

before_each(function()
  path = os.tmpname()
  os.remove(path)
  db = assert(store.open("sqlite:" .. path, "create"))
  assert(db:script("CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT, size REAL);"))
end)

after_each(function()
  db:close()
  for _, suffix in ipairs({ "", "-wal", "-shm" }) do
    os.remove(path .. suffix)
  end
end)

describe("store", function()
  it("binds and reads values of each type", function()
    assert(db:exec("INSERT INTO things (name, size) VALUES ($1, $2)", { "省教育厅", 1.5 }))
    assert(db:exec("INSERT INTO things (name, size) VALUES ($1, $2)", { store.null, store.null }))
    assert.same({ { id = 1, name = "省教育厅", size = 1.5 }, { id = 2 } },
      db:rows("SELECT * FROM things ORDER BY id"))
    assert.equal(2, db:last_id())
    assert.equal(2, db:value("SELECT count(*) AS value FROM things"))
    assert.is_nil(db:one("SELECT * FROM things WHERE id = $1", { 99 }))
  end)
  it("keeps integers whole", function()
    assert.equal(math.maxinteger, db:value("SELECT $1 AS value", { math.maxinteger }))
  end)
  it("returns what the world refuses, with its kind", function()
    local rows, why = db:rows("SELECT * FROM nowhere")
    assert.is_nil(rows)
    assert.is_truthy(why.text:find("nowhere", 1, true))
    assert.is_string(why.kind)
  end)
  it("raises at a value that has no place, and goes on", function()
    assert.has_error(function() db:exec("INSERT INTO things (name) VALUES ($1)", { true }) end)
    assert.has_error(function() db:rows(nil) end)
    assert.equal(0, db:value("SELECT count(*) AS value FROM things"))
  end)
  it("commits work that succeeds, and nothing else", function()
    assert.is_true(db:transaction(function(inside)
      return inside:exec("INSERT INTO things (name) VALUES ('a')")
    end))
    assert.is_nil(db:transaction(function(inside)
      inside:exec("INSERT INTO things (name) VALUES ('b')")
      return nil
    end))
    assert.has_error(function()
      db:transaction(function(inside)
        inside:exec("INSERT INTO things (name) VALUES ('c')")
        error("stop")
      end)
    end)
    assert.same({ { name = "a" } }, db:rows("SELECT name FROM things"))
  end)
  it("closes twice without harm and raises afterwards", function()
    db:close()
    db:close()
    assert.has_error(function() db:rows("SELECT 1") end)
  end)
  it("tells why it cannot open", function()
    local got, why = store.open("sqlite:/nonexistent/x.db")
    assert.is_nil(got)
    assert.is_truthy(why.text:find("opening the store", 1, true))
    assert.has_error(function() raw.open(5, "sideways") end)
  end)
  describe("whose log is gathered", function()
    -- More than the cache of a writer holds, so that pages reach the log before the commit.
    local MUCH = 9000
    local FILL = "INSERT INTO things (name) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
      .. " WHERE i < %d) SELECT printf('%%s-%%d-%%.4000c', $1, i, 'x') FROM n"

    local function fill(into, who, count)
      assert(into:exec(FILL:format(count), { who }))
    end

    local function spilled(into, who)
      into:transaction(function(inside)
        fill(inside, who, MUCH)
        assert.equal(who .. "-1", inside:value("SELECT substr(min(name), 1, 3) AS value FROM things"
          .. " WHERE name >= $1 || '-1-'", { who })) -- reads pages that only the log has
        fill(inside, who, 10)
        return nil
      end)
    end

    local function whole(count)
      local other = assert(store.open("sqlite:" .. path, "read"))
      assert.equal("ok", other:value("SELECT integrity_check AS value FROM pragma_integrity_check"))
      assert.equal(count, other:value("SELECT count(*) AS value FROM things"))
      other:close()
    end

    it("writes nothing of a transaction that was rolled back over what others commit", function()
      db:close() -- copies the log back, so that rolling back reads nothing of it
      db = assert(store.open("sqlite:" .. path, "write"))
      local second = assert(store.open("sqlite:" .. path, "write"))
      spilled(db, "a")
      fill(second, "b", 3000) -- fewer pages than are copied back into the database by themselves
      fill(db, "c", 1)
      whole(3001)
      second:close()
      whole(3001)
    end)
    it("commits nothing after a write that failed, whoever ignores the failure", function()
      local script = path .. ".lua"
      local out = assert(io.open(script, "w"))
      out:write(([[
        local db = assert(require("store").open("sqlite:%s", "write"))
        db:exec("BEGIN IMMEDIATE")
        for who = 1, 9 do
          db:exec(%q, { who })
          db:rows("SELECT count(*) FROM things")
        end
        db:exec("COMMIT")
        db:close()]]):format(path, FILL:format(1000)))
      out:close()
      for _, at in ipairs({ 2, 3, 5, 8, 13, 21, 34 }) do
        assert(process.run({ "build/test/duban", "lua", script, env = { "DUBAN_TEST_FAIL=write:" .. at .. ":full" } }))
        whole(0)
      end
      os.remove(script)
    end)
    it("is found whole by the next who opens it after a copy of database and log", function()
      fill(db, "a", 100)
      local copy = path .. "-copy"
      for _, suffix in ipairs({ "", "-wal" }) do
        local from, to = assert(io.open(path .. suffix, "rb")), assert(io.open(copy .. suffix, "wb"))
        to:write(from:read("a"))
        from:close()
        to:close()
      end
      local other = assert(store.open("sqlite:" .. copy, "write"))
      assert.equal(100, other:value("SELECT count(*) AS value FROM things"))
      other:close()
      for _, suffix in ipairs({ "", "-wal", "-shm" }) do
        os.remove(copy .. suffix)
      end
    end)
  end)
end)
