-- 催办：立案即通知联络员和经办人，三天内办结；供消息试验使用
return workflow "催办" {
  id = "letters", code = "CB",
  counts = "from_next_day", lands = "next_workday",

  record = {
    { "unit", "责任单位", unit, required = true },
    { "matter", "事项", text, required = true },
  },

  fact "延期" { id = "put_off", by = role "clerk" },
  fact "催" { id = "urged", by = role "clerk", notify(role "clerk", "transfer_chase") },
  fact "印发" { id = "issued", by = role "director", signs = true,
    document "supervision_letter" { series = "湘编办函" } },
  fact "拟函" { id = "drafted", by = role "clerk", document "supervision_letter" { series = "湘编办函" },
    notify(unit_of("unit", "liaison"), "transfer_issued", { document = "supervision_letter" }) },
  fact "办结" { id = "done", by = role "clerk" },

  state "办理中" { id = "working", on = { done = "closed" }, takes = { "urged", "issued", "drafted", "put_off" },
    enter = { notify(unit_of("unit", "liaison"), "row_warn") } },
  state "已办结" { id = "closed", final = true, enter = { notify(unit_of("unit", "liaison"), "row_struck") } },

  deadline "时限" { id = "finish", starts = "opened", budget = workdays(3), met = "done",
    extends = { by = role "director", times = 2, total = workdays(20) } },

  ladder "逾期" { id = "overdue", past = "finish", stops = "done",
    step "催办" { id = "chase", at = workdays(1), notify(unit_of("unit", "liaison"), "transfer_chase") },
    nobody = "tell_admin", missed = "each" },

  example "办结" {
    opened { unit = "省教育厅", matter = "测" },
    at "2026-03-03" { records "done", state_is "closed" },
  },
}
