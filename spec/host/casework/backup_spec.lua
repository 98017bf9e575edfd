-- A backup is a file; a restore is proven, or there is nothing.
local site = require("spec.support.site")
local tables = require("spec.support.tables")
local file = require("raw.file")

describe("backup and restore", function()
  local office, folder, copy

  local function restore(from, to, ...)
    return site.duban({ "restore", from, to, ... })
  end

  local function is_gone(path)
    return file.read(path .. "/duban.db") == nil and file.read(path .. "/duban.conf.lua") == nil
  end

  setup(function()
    office = site.make({ workflows = { "spec/data/probe.lua" } })
    folder = site.folder()
    copy = folder .. "/site.bak"
    office:must("open", "probe", "unit=S001", "matter=甲", "--by", "P04")
    office:must("fact", "430000-2026-SY-0001", "issued", "--by", "P01")
    office:must("backup", copy)
  end)

  it("bring the site back, row for row, and it verifies and goes on", function()
    local before = tables.counts(office)
    local back = setmetatable({ path = folder .. "/back" }, getmetatable(office))
    local done = restore(copy, back.path)
    assert.equal("", done.err)
    assert.equal(0, done.code)
    assert.equal(before, tables.counts(back))
    back:must("verify")
    assert.equal(office:must("case", "430000-2026-SY-0001"), back:must("case", "430000-2026-SY-0001"))
    assert.equal("430000-2026-SY-0002", back:must("open", "probe", "unit=S001", "matter=乙", "--by", "P04"))
  end)

  it("refuse a backup onto a file that is there, and a folder that is not", function()
    local before = assert(file.read(copy))
    assert.equal(1, office:run("backup", copy).code)
    assert.equal(before, assert(file.read(copy)))
    assert.equal(1, office:run("backup", folder .. "/none/site.bak").code)
  end)

  it("refuse to restore into a folder that is there", function()
    local before = tables.counts(office)
    local done = restore(copy, office.path)
    assert.equal(1, done.code)
    assert.equal(before, tables.counts(office))
  end)

  it("refuse what is no backup, and leave nothing behind", function()
    for name, bytes in pairs({ text = "这不是备份", empty = "", cut = assert(file.read(copy)):sub(1, 5000) }) do
      local bad = site.write(folder .. "/" .. name, bytes)
      local done = restore(bad, folder .. "/from-" .. name)
      assert.equal(1, done.code, name)
      assert.is_true(#done.err > 0)
      assert.is_true(is_gone(folder .. "/from-" .. name), name)
    end
    assert.equal(1, restore(folder .. "/none", folder .. "/from-none").code)
    assert.is_true(is_gone(folder .. "/from-none"))
  end)

  it("refuse a backup with a damaged page, and leave nothing behind", function()
    local bytes = assert(file.read(copy))
    local middle = #bytes // 4096 // 2 * 4096
    for _, at in ipairs({ 4096, middle, #bytes - 4096 }) do
      local bad = site.write(folder .. "/damaged", bytes:sub(1, at) .. ("\xA5"):rep(4096) .. bytes:sub(at + 4097))
      local done = restore(bad, folder .. "/damaged-site")
      assert.equal(1, done.code, at)
      assert.is_true(is_gone(folder .. "/damaged-site"))
    end
  end)

  it("refuse a backup whose history was changed: what does not verify is no site", function()
    for name, sql in pairs({
      event = "UPDATE events SET body = '{}' WHERE seq = 1",
      state = "UPDATE cases SET state = 'closed'",
      audit = "DELETE FROM audit WHERE audit_id = 2",
      blob = "UPDATE blobs SET bytes = CAST('x' AS BLOB)",
    }) do
      local forged = { path = folder .. "/forged-" .. name }
      assert(require("raw.process").run({ "mkdir", forged.path, env = { "PATH=/usr/bin:/bin" } }))
      site.write(forged.path .. "/duban.db", assert(file.read(copy)))
      tables.exec(forged, sql)
      local done = restore(forged.path .. "/duban.db", folder .. "/proof-" .. name)
      assert.equal(1, done.code, name .. done.out)
      assert.is_true(is_gone(folder .. "/proof-" .. name), name)
    end
  end)

  it("make a rehearsal out of a copy: nothing is sent from it", function()
    local back = setmetatable({ path = folder .. "/rehearsal" }, getmetatable(office))
    assert.equal(0, restore(copy, back.path, "--rehearsal").code)
    back:must("tick", "--until", "2026-04-01 18:00")
    back:must("verify")
  end)

  it("run while another command writes #slow", function()
    local process = require("raw.process")
    local writer = assert(process.start({ "sh", "-c", ([[for i in 1 2 3 4 5 6 7 8; do
      build/test/duban -C '%s' open probe unit=S001 matter=$i --by P04; done]]):format(office.path),
      env = { "PATH=/usr/bin:/bin", "DUBAN_LANG=zh" } }))
    for at = 1, 4 do
      office:must("backup", folder .. "/live" .. at)
      assert.equal(0, restore(folder .. "/live" .. at, folder .. "/live-site" .. at).code)
    end
    process.wait(writer, 20000)
    process.close(writer)
    office:must("verify")
  end)
end)
