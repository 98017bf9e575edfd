-- 季度对账：每季度倒数第三个工作日，按责任单位统计未销号、超期和本季销号的台账，交综合处核对
local ROWS = [[
SELECT c.unit_name AS unit,
  SUM(CASE WHEN c.closed_on IS NULL THEN 1 ELSE 0 END) AS open,
  SUM(CASE WHEN c.closed_on IS NULL AND EXISTS (
    SELECT 1 FROM v_events AS p WHERE p.number = c.number AND p.kind = 'passed' AND p.name IN ('fix_by', 'stage_by')
      AND NOT EXISTS (SELECT 1 FROM v_events AS m WHERE m.number = p.number AND m.seq > p.seq AND m.name = p.name
        AND m.kind IN ('met', 'submitted', 'armed', 'redated', 'extended'))) THEN 1 ELSE 0 END) AS overdue,
  SUM(CASE WHEN c.outcome = 'closed' AND c.closed_on >= $1 THEN 1 ELSE 0 END) AS struck
FROM v_cases AS c
WHERE c.workflow = 'rectification' AND c.opened_on <= $2 AND (c.closed_on IS NULL OR c.closed_on >= $1)
GROUP BY c.unit_name ORDER BY c.unit_name]]

local function quarter_of(day) -- 本季第一天和季名
  local year, month = day:match("^(%d+)-(%d+)")
  local quarter = (tonumber(month) - 1) // 3
  return ("%s-%02d-01"):format(year, quarter * 3 + 1), ("%s年第%d季度"):format(year, quarter + 1)
end

return job "季度对账" {
  id = "quarterly_reconciliation",
  every = quarterly { workday = -3, at = "09:00" },
  missed = "once",
  run = function(ctx)
    local first, quarter = quarter_of(ctx.day)
    local rows = ctx.store.rows(ROWS, { first, ctx.day })
    local total = { open = 0, overdue = 0, struck = 0 }
    for _, row in ipairs(rows) do
      for name in pairs(total) do
        total[name] = total[name] + row[name]
      end
    end
    ctx.document.make("reconciliation_list", { quarter = quarter, day = ctx.day, rows = rows })
    ctx.notify.send({ "registry" }, "reconciliation",
      { quarter = quarter, open = total.open, overdue = total.overdue, struck = total.struck })
    local summary = ("%s：%d 个责任单位，未销号 %d 件，其中超期 %d 件，本季销号 %d 件"):format(quarter, #rows,
      total.open, total.overdue, total.struck)
    return summary
  end,
}
