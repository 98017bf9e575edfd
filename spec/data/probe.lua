-- 督办件：拟稿 → 签发 → 限期办理 → 报告 → 认可；逾期先提醒，再经主任批准发督办函
return workflow "督办件" {
  id = "probe", code = "SY",
  counts = "from_next_day", lands = "next_workday",

  settings = { limit = { "办理时限", workdays(5), min = workdays(2), max = workdays(20) } },

  record = {
    { "unit",   "承办单位", unit, required = true },
    { "matter", "事由", text, required = true },
    { "mark",   "密级", text },
    { "count",  "件数", integer, min = 1 },
    { "paid",   "金额", money },
    { "came",   "收文日期", date },
    { "term",   "办理期限", term, default = setting "limit" },
    { "way",    "方式", choice { "书面", "电话" } },
    { "urgent", "加急", bool },
    { "holder", "承办人", person },
  },

  fact "签发" { id = "issued", by = role "director", signs = true },
  fact "报告" { id = "reported", by = unit_of("unit", "liaison"),
    form = {
      { "text",  "办理情况", text, required = true },
      { "on",    "报告日期", date },
      { "files", "佐证", files },
    } },
  fact "认可" { id = "accepted", by = role "section_head" },
  fact "退回" { id = "sent_back", by = role "section_head", form = { { "reason", "理由", text, required = true } } },

  state "拟稿"   { id = "draft",   on = { issued = "working" } },
  state "办理中" { id = "working", on = { reported = "review" },
    enter = { document "transfer_letter" { series = "湘编办函", to = unit_of("unit", "liaison") },
              notify(unit_of("unit", "liaison"), "transfer_issued") } },
  state "审核中" { id = "review",  on = { accepted = "closed", sent_back = "working" } },
  state "已办结" { id = "closed",  final = true },

  deadline "办理时限" { id = "finish", starts = "issued", budget = field "term", met = "accepted" },

  ladder "逾期未办" { id = "overdue", past = "finish", stops = "accepted",
    step "提醒" { id = "remind", at = workdays(1), notify(unit_of("unit", "liaison"), "transfer_chase") },
    step "督办" { id = "letter", at = workdays(3), approve = role "director",
      document "supervision_letter" { series = "湘编办函", to = unit_of("unit", "liaison") } },
    children = "keep", nobody = "tell_admin", missed = "plan" },

  example "按期办结" {
    opened { unit = "省教育厅", matter = "清理超编" },
    at "2026-03-02" { records "issued", due("finish", "2026-03-09") },
    at "2026-03-05" { records "reported" { text = "已清理" } },
    at "2026-03-06" { records "accepted", state_is "closed" },
  },
}
