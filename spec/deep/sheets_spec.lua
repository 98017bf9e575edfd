-- Workbooks and CSV with a few bytes changed, inside an archive that is still one and on the archive itself: rows or
-- one sentence, never a crash, never a wait. DUBAN_SEED repeats a run, DUBAN_FUZZ makes it longer.
local book = require("spec.support.book")
local clock = require("raw.clock")
local sheet = require("raw.sheet")
local zip = require("spec.support.zip")

local SEED = tonumber(os.getenv("DUBAN_SEED") or "") or os.time()
local MUTANTS = math.max(2000, 100 * (tonumber(os.getenv("DUBAN_FUZZ") or "") or 0))
local MOST_MS = 3000 -- for one file; the sanitizers are slow

local state = SEED % 2147483647

local function roll(most)
  state = (state * 48271 + 11) % 2147483647
  return state % most + 1
end

local PIECES = { "<", ">", "</c>", "<row r=\"1\">", "<row r=\"1048577\">",
  "<c r=\"ZZZ99\" t=\"s\"><v>9999999999</v></c>",
  "&#0;", "&amp;", "<!DOCTYPE a>", "<![CDATA[", "\0", "\xff\xfe", "<mergeCell ref=\"A1:XFD1048576\"/>",
  "<mergeCell ref=\"B2:A1\"/>", "1e308", "-1e308", "nan", "_xD800_", "_x0000_", " s=\"4294967295\"", "date1904=\"1\"",
  "t=\"d\"", "PK\1\2", "PK\5\6", "9999999999999999999", ("<r>"):rep(70), ("x"):rep(5000) }

local function mutate(text)
  for _ = 1, roll(4) do
    local at = roll(#text + 1)
    local way = roll(5)
    if way == 1 then
      text = text:sub(1, at - 1) .. string.char(roll(256) - 1) .. text:sub(at + 1)
    elseif way == 2 then
      text = text:sub(1, at - 1) .. text:sub(at + roll(40))
    elseif way == 3 then
      local from = roll(#text + 1)
      text = text:sub(1, at - 1) .. text:sub(from, from + roll(200)) .. text:sub(at)
    elseif way == 4 then
      text = text:sub(1, at - 1) .. PIECES[roll(#PIECES)] .. text:sub(at)
    else
      text = text:sub(1, at)
    end
  end
  return text
end

local ROWS = { { "台账" }, { "序号", "责任", "", "时限", "件数" }, { "", "领导", "单位" },
  { "1", "张三", "省教育厅", { xml = '<c r="%r" s="1"><v>46086.25</v></c>' }, 12 },
  { "2", "李四", "", { xml = '<c r="%r" t="s"><v>1</v></c>' }, { xml = '<c r="%r"><f>1+1</f><v>2</v></c>' } } }

local function parts()
  return book.parts({ { rows = ROWS, merged = { "A1:E1", "A2:A3", "B2:C2", "C4:C5" } },
    { name = "往年", rows = { { "甲", "乙" } }, state = "hidden" } },
    { formats = { "yyyy/m/d h:mm", "000000" },
      strings = "<si><t>共享</t></si><si><r><t>3月</t></r><r><t>底前</t></r></si>" })
end

local function inside()
  local list = parts()
  local one = list[roll(#list)]
  one.data = mutate(one.data)
  return zip.make(list)
end

local function outside()
  return mutate(zip.make(parts()))
end

local function plain()
  return mutate('台账,,\n序号,责任单位,时限\n1,"省""教育厅",2026/3/5\n2,,3月底前\n')
end

describe("a damaged sheet", function()
  for name, make in pairs({ ["inside its archive"] = inside, ["as an archive"] = outside, ["as a CSV"] = plain }) do
    it(("is rows or one sentence, %s (%d of them, DUBAN_SEED=%d)"):format(name, MUTANTS, SEED), function()
      local good = 0
      for at = 1, MUTANTS do
        local bytes = make()
        local started = clock.steady()
        local rows, why = sheet.read(bytes)
        assert.is_true(clock.steady() - started < MOST_MS, "mutant " .. at)
        if rows then
          good = good + 1
          for _, row in ipairs(rows) do
            for column = 3, #row do
              assert.truthy(utf8.len(row[column]), "mutant " .. at)
            end
          end
        else
          assert.is_nil(why:find("\n"), why)
        end
      end
      assert.is_true(good > 0 and good < MUTANTS)
    end)
  end
end)
