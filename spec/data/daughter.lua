-- 分办事项：一个单位一件；可被上级事项叫停
return workflow "分办事项" {
  id = "daughter", code = "FB",
  counts = "from_next_day", lands = "next_workday",

  record = { { "unit", "单位", unit, required = true } },
  signals = { hold_it = { from = { "mother" }, form = { { "reason", "理由", text } } } },

  fact "回告" { id = "answered", by = unit_of("unit", "liaison"), signal(parent, "told", { unit = field "unit" }) },
  fact "办结" { id = "done", by = role "section_head" },

  state "办理中" { id = "working", on = { done = "closed", hold_it = "halted" }, takes = { "answered" } },
  state "已叫停" { id = "halted", on = { done = "closed" } },
  state "已办结" { id = "closed", final = true },

  example "办结" {
    opened { unit = "省教育厅" },
    at "2026-03-02" { records "done", state_is "closed" },
  },
}
