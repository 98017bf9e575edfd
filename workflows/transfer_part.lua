-- 移交事项分办：主办之外的责任单位各有各的期限；办结后告知主件
return workflow "移交事项分办" {
  id = "transfer_part", code = "FB",
  counts = "from_next_day", lands = "next_workday",

  settings = {
    limit = { "分办时限", workdays(30), min = workdays(5), max = workdays(90) },
  },

  record = {
    { "unit",  "责任单位", unit, required = true },
    { "items", "分办事项", text },
    { "term",  "办理期限", term, default = setting "limit" },
  },

  fact "签收" { id = "signed", by = { role "clerk", unit_of("unit", "liaison") },
    form = { { "signed_on", "签收日期", date, required = true } }, occurred = "signed_on" },
  fact "改期" { id = "rescheduled", by = role "deputy",
    form = { { "term", "办理期限", term, required = true, keeps = true },
             { "reason", "理由", text, required = true } } },
  fact "报告" { id = "reported", by = unit_of("unit", "liaison"),
    form = { { "text", "办理情况", text, required = true }, { "files", "佐证", files } } },
  fact "认可" { id = "accepted", by = role "section_head" },
  fact "退回" { id = "sent_back", by = role "section_head",
    form = { { "reason", "理由", text, required = true } } },

  signals = { case_suspended = { from = { "case_transfer" } } },

  state "待签收" { id = "waiting", on = { signed = "working" },
    enter = { notify(unit_of("unit", "liaison"), "part_issued") } },
  state "办理中" { id = "working", on = { reported = "review", case_suspended = "halted" },
    takes = { "rescheduled" } },
  state "中止" { id = "halted", on = { sent_back = "working" } },
  state "审核中" { id = "review", on = { accepted = "closed", sent_back = "working" } },
  state "已办结" { id = "closed", final = true, enter = { signal(parent, "part_done") } },

  deadline "分办时限" { id = "finish", starts = "signed", budget = field "term", basis = "移交函",
    submitted = "reported", met = "accepted",
    returned = { by = "sent_back", clock = "restart" } },

  ladder "分办逾期" { id = "overdue", past = "finish", stops = "accepted", holds = "case_suspended",
    resumes = "sent_back",
    step "到期提示" { id = "warn", at = workdays(-3), early = "now",
      notify(unit_of("unit", "liaison"), "part_warn") },
    step "电话提醒" { id = "call", at = workdays(1),
      open "phone_reminder" { unit = field "unit", matter = "分办事项逾期", cases = { this },
        join = "unit" } },
    nobody = "tell_admin", missed = "once" },

  example "退回后重新计时" {
    opened { unit = "省财政厅", term = workdays(5) },
    at "2026-03-02" { records "signed" { signed_on = "2026-03-02" }, due("finish", "2026-03-09"),
      reached("warn", "2026-03-04") },
    at "2026-03-06" { records "reported" { text = "已核减" } },
    at "2026-03-12" { records "sent_back" { reason = "佐证不足" }, due("finish", "2026-03-19") },
    reached("call", "2026-03-20"),
    until_ "2026-03-20",
  },
  example "提前不足三日的提示当日即发" {
    opened { unit = "省财政厅", term = workdays(2) },
    at "2026-03-02" { records "signed" { signed_on = "2026-03-02" } },
    at "2026-03-03" { sent "part_warn" },
  },
  example "主件中止，分件随之停表" {
    opened { unit = "省财政厅", term = workdays(5) },
    at "2026-03-02" { records "signed" { signed_on = "2026-03-02" } },
    at "2026-03-05" { signals "case_suspended", state_is "halted" },
    at "2026-03-12" { records "sent_back" { reason = "恢复办理" } },
    until_ "2026-03-16", not_reached "call",
  },
}
