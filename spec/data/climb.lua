-- 逾期逐级督办：一个期限，四级措施，每级通知一人；供中断试验使用
return workflow "逐级督办" {
  id = "climb", code = "ZJ",
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
    step "第一级" { id = "one", at = workdays(1), notify(role "clerk", "transfer_warn") },
    step "第二级" { id = "two", at = workdays(3), notify(role "section_head", "transfer_chase") },
    step "第三级" { id = "three", at = workdays(5), notify(role "deputy", "transfer_chase") },
    step "第四级" { id = "four", at = workdays(7), approve = role "director",
      document "supervision_letter" { series = "湘编办函", to = role "director" } },
    nobody = "tell_admin", missed = "each" },

  example "四级走完" {
    opened { starts = "2025-09-01", matter = "测" },
    until_ "2025-09-30", reached "four",
  },
}
