-- 大声事项：把自己登记的内容成倍地告诉下级事项，用来检查传递内容的上限
return workflow "大声事项" {
  id = "loud", code = "DS",
  counts = "from_next_day", lands = "next_workday",

  record = { { "unit", "单位", unit, required = true } },

  fact "喊话" { id = "shouted", by = role "section_head", form = { { "text", "内容", text, required = true } },
    signal(children "quiet", "heard", { one = field "text", two = field "text" }) },
  fact "办结" { id = "done", by = role "section_head" },

  state "办理中" { id = "working", on = { done = "closed" }, takes = { "shouted" },
    enter = { open "quiet" { unit = field "unit" } } },
  state "已办结" { id = "closed", final = true },

  example "办结" {
    opened { unit = "省教育厅" },
    at "2026-03-02" { records "done", state_is "closed" },
  },
}
