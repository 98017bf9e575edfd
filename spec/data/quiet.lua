-- 安静事项：只听上级事项说话
return workflow "安静事项" {
  id = "quiet", code = "AJ",
  counts = "from_next_day", lands = "next_workday",

  record = { { "unit", "单位", unit, required = true } },
  signals = { heard = { from = { "loud" }, form = { { "one", "其一", text }, { "two", "其二", text } } } },

  fact "办结" { id = "done", by = role "section_head" },

  state "办理中" { id = "working", on = { done = "closed" }, takes = { "heard" } },
  state "已办结" { id = "closed", final = true },

  example "办结" {
    opened { unit = "省教育厅" },
    at "2026-03-02" { records "done", state_is "closed" },
  },
}
