-- The procedure of the benches: one deadline and a ladder of four rungs, each telling one person.
return workflow "测速" {
  id = "bench_ladder", code = "CS",
  counts = "from_next_day", lands = "next_workday",

  record = {
    { "starts", "起算日", date, required = true },
    { "matter", "事项", text, required = true },
  },

  fact "记事项" { id = "remarked", by = role "clerk", form = { { "text", "内容", text, required = true } } },
  fact "办结" { id = "done", by = role "clerk" },

  state "办理中" { id = "working", on = { done = "closed" }, takes = { "remarked" } },
  state "已办结" { id = "closed", final = true },

  deadline "时限" { id = "finish", starts = "opened", from = field "starts", budget = workdays(5), met = "done" },

  ladder "逾期" { id = "overdue", past = "finish", stops = "done",
    step "第一级" { id = "one", at = workdays(1), notify(role "clerk", "bench_one") },
    step "第二级" { id = "two", at = workdays(3), notify(role "clerk", "bench_two") },
    step "第三级" { id = "three", at = workdays(5), notify(role "clerk", "bench_three") },
    step "第四级" { id = "four", at = workdays(7), notify(role "clerk", "bench_four") },
    nobody = "tell_admin", missed = "each" },

  example "四级走完" {
    opened { starts = "2025-09-01", matter = "测" },
    until_ "2025-09-30", reached "four",
  },
}
