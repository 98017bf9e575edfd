-- A site of an older release becomes one of this release, or stays what it was.
local file = require("raw.file")
local process = require("raw.process")
local site = require("spec.support.site")
local store = require("raw.store")
local tables = require("spec.support.tables")

local HISTORY = "SELECT case_id, seq, kind, name, body FROM events ORDER BY case_id, seq"
local CONF = 'return {\n  office = "430000",\n}\n'

-- As the release with two schema files left it: one case, its rung reached.
local function old_site()
  local here = setmetatable({ path = site.folder() }, getmetatable(site.make({ bare = true })))
  assert(process.run({ "sh", "-c", ("gunzip -c spec/data/site-0002.db.gz > '%s/duban.db'; chmod 600 '%s/duban.db'")
    :format(here.path, here.path), env = { "PATH=/usr/bin:/bin" } }))
  site.write(here.path .. "/duban.conf.lua", CONF)
  return here
end

local function history(here)
  return tables.rows(here, HISTORY)
end

describe("upgrade", function()
  it("is what every other command asks for first", function()
    assert.equal(1, old_site():run("cases").code)
    assert.matches("请先运行 duban upgrade", old_site():run("cases").err)
  end)

  it("backs up, migrates and verifies, and the history is as it was", function()
    local here = old_site()
    local before = history(here)
    local told = here:must("upgrade")
    assert.matches("升级前的备份：", told)
    assert.matches("全部相符\n升级完成。", told)
    assert.same(before, history(here))
    assert.equal("2026-03-09", tables.value(here, "SELECT late_since FROM cases WHERE number LIKE '%-SY-0001'"))
    assert.matches("全部相符", here:must("verify"))
    assert.matches("430000%-2026%-SY%-0001", here:must("find", "超编"))
    local copy = assert(store.open("sqlite:" .. told:match("升级前的备份：([^\n]+)"), "read"))
    assert.same(before, assert(store.rows(copy, HISTORY)))
    store.close(copy)
  end)

  it("has nothing to do the second time", function()
    local here = old_site()
    here:must("upgrade")
    assert.matches("无需升级", here:must("upgrade"))
  end)

  it("leaves the site as it was when the copy does not pass", function()
    local here = old_site()
    tables.exec(here, "UPDATE events SET body = '{\"form\":{}}' WHERE kind = 'fact' AND name = 'opened'")
    local before = history(here)
    local done = here:run("upgrade")
    assert.equal(1, done.code)
    assert.matches("站点保持原样", done.err)
    assert.same(before, history(here))
    assert.matches("请先运行 duban upgrade", here:run("cases").err)
    assert.is_nil(file.read(here.path .. "/.upgrade/duban.db"))
  end)

  for _, point in ipairs({ "upgrade.begun", "upgrade.staged", "upgrade.folded", "upgrade.renamed" }) do
    it("may be killed at " .. point, function()
      local here = old_site()
      local before = history(here)
      local done = site.duban({ "-C", here.path, "upgrade" }, { env = { DUBAN_CRASH = point .. ":1" } })
      assert.equal(9, done.signal)
      assert.same(before, history(here))
      here:must("upgrade")
      assert.matches("全部相符", here:must("verify"))
      assert.is_nil(file.read(here.path .. "/.upgrade/duban.db"))
    end)
  end
end)
