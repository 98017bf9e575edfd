-- 移交事项分办：主办之外的责任单位各有各的期限；主件中止则停表，恢复重新计时；办结后告知主件
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

  signals = {
    case_suspended   = { from = { "case_transfer" }, form = { { "reason", "理由", text } } },
    case_resumed     = { from = { "case_transfer" } },
    reminder_effective = { from = { "phone_reminder" }, form = { { "result", "核对结果", text } } },
    reminder_failed  = { from = { "phone_reminder" }, form = { { "reason", "理由", text } } },
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

  state "待签收" { id = "waiting", on = { signed = "working" }, takes = { "case_suspended", "case_resumed" },
    enter = { notify(unit_of("unit", "liaison"), "part_issued") } },
  state "办理中" { id = "working", on = { reported = "review", case_suspended = "halted" },
    takes = { "rescheduled", "reminder_effective", "reminder_failed" } },
  state "中止" { id = "halted", on = { case_resumed = "working" } },
  state "审核中" { id = "review", on = { accepted = "closed", sent_back = "working" } },
  state "已办结" { id = "closed", final = true, enter = { signal(parent, "part_done", { unit = field "unit" }) } },

  deadline "分办时限" { id = "finish", starts = "signed", budget = field "term", basis = "移交函",
    submitted = { "reported", "case_suspended" }, met = "accepted",
    returned = { by = { "sent_back", "case_resumed" }, clock = "restart" } },

  ladder "分办逾期" { id = "overdue", past = "finish", stops = "accepted",
    step "到期提示" { id = "warn", at = workdays(-3), early = "now",
      notify(unit_of("unit", "liaison"), "part_warn") },
    step "电话提醒" { id = "call", at = workdays(1),
      open "phone_reminder" { unit = field "unit", matter = "分办事项逾期", cases = { this },
        join = "unit" } },                           -- 同一单位正在提醒的，并入同一次通话
    nobody = "tell_admin", missed = "once" },

  example "退回后重新计时" {
    opened { unit = "省财政厅", term = workdays(5) },
    at "2026-03-02" { records "signed" { signed_on = "2026-03-02" }, due("finish", "2026-03-09") },
    at "2026-03-05" { reached("warn", "2026-03-04") },
    at "2026-03-06" { records "reported" { text = "已核减" } },
    at "2026-03-12" { records "sent_back" { on = "2026-03-11", reason = "佐证不足" }, due("finish", "2026-03-18") },
    reached("call", "2026-03-19"), until_ "2026-03-20",
  },
  example "提前不足三日的提示当日即发" {
    opened { unit = "省财政厅", term = workdays(2) },
    at "2026-03-02" { records "signed" { signed_on = "2026-03-02" } },
    at "2026-03-03" { sent "part_warn" },
  },
  example "主件中止，分件随之停表；恢复后重新计时" {
    opened { unit = "省财政厅", term = workdays(5) },
    at "2026-03-02" { records "signed" { signed_on = "2026-03-02" } },
    at "2026-03-05" { signals "case_suspended" { reason = "等待上级批复" }, state_is "halted" },
    at "2026-03-16" { signals "case_resumed", state_is "working", due("finish", "2026-03-23") },
    until_ "2026-03-20", not_reached "call",
  },
  example "改期以新的期限为准，提醒见效留痕" {
    opened { unit = "省财政厅", term = workdays(3) },
    at "2026-03-02" { records "signed" { signed_on = "2026-03-02" }, due("finish", "2026-03-05") },
    at "2026-03-06" { reached "call", signals "reminder_effective" { result = "已说明" },
      records "rescheduled" { term = "2026年4月30日前", reason = "配合主件" }, due("finish", "2026-04-30") },
  },
}
