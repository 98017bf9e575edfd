-- A database edited behind the host's back: whatever was done to history, to a case's own row or to the audit, verify
-- finds it and names the place.
local site = require("spec.support.site")
local store = require("raw.store")
local trial = require("spec.crash.trial")

local CASE = "430000-2026-QT-0001"
local ID = "(SELECT case_id FROM cases WHERE number = '" .. CASE .. "')"
local EVENT = "events SET %s WHERE case_id = " .. ID .. " AND seq = %d"
local BROKEN = "第 %d 行与链不符"
local HEAD = "案件行的末端与链不符"
local FOLD = "重算"
local AUDIT = "审计链在第 %d 条断裂"

local function edit(change, seq)
  return { "UPDATE " .. EVENT:format(change, seq) }
end

-- Title, statements, what verify says about it; the number stands before it unless it is about the audit.
local TAMPERED = {
  { "a body that says something else", edit("body = replace(body, 'S001', 'S002')", 1), BROKEN:format(1) },
  { "a body of a decision", edit("body = '{}'", 2), BROKEN:format(2) },
  { "a body with a blank more", edit("body = body || ' '", 3), BROKEN:format(3) },
  { "a body and its digest", edit("body = '{}', digest = x'" .. ("00"):rep(32) .. "'", 2), BROKEN:format(2) },
  { "an input called a decision", edit("is_input = 0", 1), BROKEN:format(1) },
  { "a decision called an input", edit("is_input = 1", 2), BROKEN:format(2) },
  { "another kind", edit("kind = 'noted'", 2), BROKEN:format(2) },
  { "another name", edit("name = 'closed'", 3), BROKEN:format(3) },
  { "another instant", edit("at = at - 1", 1), BROKEN:format(1) },
  { "another time of recording", edit("now = now - 86400000", 1), BROKEN:format(1) },
  { "a day it is said to have happened", edit("occurred = 20500", 1), BROKEN:format(1) },
  { "another actor", edit("actor = 'P01'", 1), BROKEN:format(1) },
  { "no actor", edit("actor = NULL", 1), BROKEN:format(1) },
  { "another recorder", edit("recorder = 'somebody'", 1), BROKEN:format(1) },
  { "another line", edit("line = line + 1", 2), BROKEN:format(2) },
  { "another version", edit("version = (SELECT MAX(activation_id) FROM activations)", 2), BROKEN:format(2) },
  { "a version that does not exist", edit("version = 999", 2), BROKEN:format(2) },
  { "a calendar that does not exist", edit("calendar = 999", 2), BROKEN:format(2) },
  { "another digest", edit("digest = x'" .. ("ab"):rep(32) .. "'", 4), BROKEN:format(4) },
  { "another hash", edit("hash = x'" .. ("ab"):rep(32) .. "'", 4), BROKEN:format(4) },
  { "a short hash", edit("hash = x'ab'", 4), BROKEN:format(4) },
  { "a destroyed body with another digest", edit("body = NULL, digest = x'" .. ("cd"):rep(32) .. "'", 2),
    BROKEN:format(2) },
  { "the first row gone", { "DELETE FROM events WHERE seq = 1 AND case_id = " .. ID }, BROKEN:format(1) },
  { "a row in the middle gone", { "DELETE FROM events WHERE seq = 4 AND case_id = " .. ID }, BROKEN:format(4) },
  { "a row in the middle gone and the rest moved up", { "DELETE FROM events WHERE seq = 4 AND case_id = " .. ID,
    "UPDATE events SET seq = -(seq - 1) WHERE seq > 4 AND case_id = " .. ID,
    "UPDATE events SET seq = -seq WHERE seq < 0 AND case_id = " .. ID }, BROKEN:format(4) },
  { "the last row gone", { "DELETE FROM events WHERE case_id = " .. ID
    .. " AND seq = (SELECT seq FROM cases WHERE case_id = " .. ID .. ")" }, HEAD },
  { "the last row gone and the case's seq with it", { "DELETE FROM events WHERE case_id = " .. ID
    .. " AND seq = (SELECT seq FROM cases WHERE case_id = " .. ID .. ")",
    "UPDATE cases SET seq = seq - 1, folded = folded - 1 WHERE case_id = " .. ID }, HEAD },
  { "a history cut to its first row", { "DELETE FROM events WHERE seq > 1 AND case_id = " .. ID }, HEAD },
  { "a history cut, its head with it", { "DELETE FROM events WHERE seq > 1 AND case_id = " .. ID,
    "UPDATE cases SET seq = 1, folded = 1, head = (SELECT hash FROM events WHERE seq = 1 AND case_id = " .. ID
    .. ") WHERE case_id = " .. ID }, FOLD },
  { "a whole history gone", { "DELETE FROM events WHERE case_id = " .. ID }, HEAD },
  { "two rows that changed places", { "UPDATE events SET seq = -2 WHERE seq = 2 AND case_id = " .. ID,
    "UPDATE events SET seq = 2 WHERE seq = 3 AND case_id = " .. ID,
    "UPDATE events SET seq = 3 WHERE seq = -2 AND case_id = " .. ID }, BROKEN:format(2) },
  { "a row that was put in at the end", { "INSERT INTO events SELECT case_id, seq + 1000, is_input, kind, name, at,"
    .. " now, occurred, actor, recorder, version, calendar, line, body, digest, hash FROM events WHERE seq = 1"
    .. " AND case_id = " .. ID }, "行与链不符" },
  { "a row that was put in between", { "UPDATE events SET seq = -(seq + 1) WHERE seq > 2 AND case_id = " .. ID,
    "UPDATE events SET seq = -seq WHERE seq < 0 AND case_id = " .. ID,
    "INSERT INTO events SELECT case_id, 3, is_input, kind, name, at, now, occurred, actor, recorder, version, calendar,"
    .. " line, body, digest, hash FROM events WHERE seq = 2 AND case_id = " .. ID }, BROKEN:format(3) },
  { "a row of another case", { "UPDATE events SET (kind, name, body, digest, hash) = (SELECT kind, name, body, digest,"
    .. " hash FROM events WHERE seq = 1 AND case_id = " .. ID .. " + 1) WHERE seq = 1 AND case_id = " .. ID },
    BROKEN:format(1) },
  { "another state", { "UPDATE cases SET state = 'closed' WHERE case_id = " .. ID }, FOLD },
  { "a state that does not exist", { "UPDATE cases SET state = 'nowhere' WHERE case_id = " .. ID }, FOLD },
  { "another snapshot", { "UPDATE cases SET snapshot = (SELECT snapshot FROM cases WHERE case_id = " .. ID
    .. " + 1) WHERE case_id = " .. ID }, FOLD },
  { "a snapshot that is no snapshot", { "UPDATE cases SET snapshot = x'00ff' WHERE case_id = " .. ID }, FOLD },
  { "no snapshot", { "UPDATE cases SET snapshot = NULL WHERE case_id = " .. ID }, FOLD },
  { "a later wake", { "UPDATE cases SET wake_at = wake_at + 86400000 WHERE case_id = " .. ID }, FOLD },
  { "no wake", { "UPDATE cases SET wake_at = NULL WHERE case_id = " .. ID }, FOLD },
  { "another due day", { "UPDATE cases SET due = '2026-12-31' WHERE case_id = " .. ID }, FOLD },
  { "no due day", { "UPDATE cases SET due = NULL WHERE case_id = " .. ID }, FOLD },
  { "an open case closed", { "UPDATE cases SET closed_at = opened_at WHERE case_id = " .. ID }, FOLD },
  { "another head", { "UPDATE cases SET head = x'" .. ("ab"):rep(32) .. "' WHERE case_id = " .. ID }, HEAD },
  { "another seq", { "UPDATE cases SET seq = seq + 1 WHERE case_id = " .. ID }, HEAD },
  { "another number", { "UPDATE cases SET number = '430000-2026-QT-0777' WHERE case_id = " .. ID },
    BROKEN:format(1), "430000-2026-QT-0777" },
  { "another audit body", { "UPDATE audit SET body = '{}' WHERE audit_id = 2" }, AUDIT:format(2) },
  { "another actor in the audit", { "UPDATE audit SET actor = 'P99' WHERE audit_id = 5" }, AUDIT:format(5) },
  { "another time in the audit", { "UPDATE audit SET at = at + 1 WHERE audit_id = 3" }, AUDIT:format(3) },
  { "another act in the audit", { "UPDATE audit SET act = 'noted' WHERE audit_id = 4" }, AUDIT:format(4) },
  { "another algorithm in the audit", { "UPDATE audit SET algorithm = 'none' WHERE audit_id = 4" }, AUDIT:format(4) },
  { "an audit row gone", { "DELETE FROM audit WHERE audit_id = 3" }, "审计链缺少第 3 条" },
  { "the first audit row gone", { "DELETE FROM audit WHERE audit_id = 1" }, "审计链缺少第 1 条" },
  { "the audit emptied", { "DELETE FROM audit" }, "审计链缺少第 1 条" },
  { "the audit begun anew", { "DELETE FROM audit WHERE audit_id > 1", "UPDATE audit SET act = 'open'" }, "审计链在第 1 条" },
  { "an audit row put in", { "INSERT INTO audit SELECT audit_id + 1000, at, office, recorder, actor, act, object, body,"
    .. " algorithm, hash FROM audit WHERE audit_id = 2" }, "审计链缺少第" },
  { "two audit rows that changed places", { "UPDATE audit SET audit_id = -3 WHERE audit_id = 3",
    "UPDATE audit SET audit_id = 3 WHERE audit_id = 4", "UPDATE audit SET audit_id = 4 WHERE audit_id = -3" },
    AUDIT:format(3) },
}

local function exec(here, statements)
  local handle = assert(store.open("sqlite:" .. here.path .. "/duban.db", "write"))
  assert(store.exec(handle, "PRAGMA foreign_keys = OFF"))
  for _, sql in ipairs(statements) do
    assert(store.exec(handle, sql))
  end
  store.close(handle)
end

describe("verify", function()
  local ready

  setup(function()
    ready = site.make({ clock = "2026-03-02 08:30" })
    ready:must("publish", "spec/data/mother.lua", "spec/data/daughter.lua", "--approve-by", "rehearsal")
    for _ = 1, 2 do
      ready:must("open", "mother", "unit=S001", "helpers=省财政厅、省水利厅", "--by", "P04")
    end
    ready:must("tick", "--until", "2026-03-06 10:00")
    ready:must("fact", CASE, "reported", "text=已办", "--by", "P08")
  end)

  it("passes a site that nobody touched", function()
    local report = ready:json("verify")
    assert.is_true(report.clean)
    assert.equal(report.cases, report.refolded)
    assert.same({}, report.findings)
  end)

  it("knows at least fifty ways to touch one", function()
    assert.is_true(#TAMPERED >= 50, #TAMPERED .. " ways")
  end)

  for _, case in ipairs(TAMPERED) do
    it("finds " .. case[1], function()
      local here = trial.copy(ready)
      exec(here, case[2])
      local done = here:run("verify")
      local found
      for line in done.out:gmatch("[^\n]+") do
        local is_audit = case[3]:match("^审计")
        local starts = is_audit and "" or (case[4] or CASE) .. "："
        found = found or line:sub(1, #starts) == starts and line:find(case[3], 1, true) ~= nil
      end
      assert(done.code == 1 and found, ("%d\n%s%s"):format(done.code, done.out, done.err))
      trial.remove(here)
    end)
  end

  it("passes a body that was lawfully destroyed, its case by chain only", function()
    local here = trial.copy(ready)
    exec(here, edit("body = NULL", 1))
    local report = here:json("verify")
    assert.is_true(report.clean)
    assert.equal(1, report.destroyed)
    assert.equal(report.cases - 1, report.refolded)
    trial.remove(here)
  end)

  it("still finds what else was touched in a case with a destroyed body", function()
    local here = trial.copy(ready)
    exec(here, { edit("body = NULL", 1)[1], edit("line = 99", 3)[1] })
    assert.matches("第 3 行与链不符", here:run("verify").out, 1, true)
    trial.remove(here)
  end)

  it("writes a checkpoint that later runs pass", function()
    local here = trial.copy(ready)
    here:must("verify", "--checkpoint")
    assert.matches("全部相符", here:must("verify"), 1, true)
    trial.remove(here)
  end)

  teardown(function()
    if ready then
      trial.remove(ready)
    end
  end)
end)
