-- 巡视建议移交：签发 → 送达 → 签收 → 限期办结 → 审核 → 办结；五个工作日内可以退件；逾期逐级处置
return workflow "巡视建议移交督办" {
  id = "case_transfer", code = "YJ",
  counts = "from_next_day", lands = "next_workday",

  settings = {
    limit   = { "办理时限", workdays(40), min = workdays(5), max = workdays(120) },
    review  = { "审核时限", workdays(10) },
    receipt = { "签收时限", workdays(3) },
    object  = { "退件时限", workdays(5), fixed = true },
  },

  record = {
    { "source",    "来源", choice { "巡视", "巡察", "审计", "信访", "12310", "督查", "领导批示" }, default = "巡视" },
    { "round",     "轮次", text },
    { "lead_unit", "主办单位", unit, required = true },
    { "co_units",  "协办单位", list(unit) },
    { "items",     "移交事项", text, required = true },
    { "findings",  "涉及问题数", integer, min = 1 },
    { "term",      "办理期限", term, default = setting "limit" },
    { "repeated",  "屡查屡犯", bool },
  },

  signals = { part_done = { from = { "transfer_part" } }, reminder_failed = { from = { "phone_reminder" } },
    promised_in_talk = { from = { "interview" } } },

  fact "签发" { id = "issued", by = role "director", signs = true },
  fact "签收" { id = "signed", by = { role "clerk", unit_of("lead_unit", "liaison") },
    form = { { "signed_on", "签收日期", date, required = true }, { "signer", "签收人", text } },
    occurred = "signed_on" },
  fact "退件" { id = "objected", by = unit_of("lead_unit", "liaison"),
    form = { { "reason", "异议理由", text, required = true } },
    guard { "送达已满五个工作日，不能再退件，请走延期或报告",
      function(case) return case.deadlines.object.status ~= "passed" end } },
  fact "中期报告" { id = "interim", by = unit_of("lead_unit", "liaison"),
    form = { { "text", "进展", text, required = true } } },
  fact "报告" { id = "reported", by = unit_of("lead_unit", "liaison"),
    form = { { "text", "办理情况", text, required = true }, { "files", "佐证", files, min = 1 } } },
  fact "认可" { id = "accepted", by = role "section_head",
    guard { "协办单位还有未办结的分件，先在分件上办结",
      function(case)
        for _, child in ipairs(case.children) do
          if child.workflow == "transfer_part" and not child.outcome then return false end
        end
        return true
      end } },
  fact "退回" { id = "sent_back", by = role "section_head",
    form = { { "reason", "理由", text, required = true } } },

  state "拟稿"   { id = "draft", on = { issued = "sent" } },
  state "已送达" { id = "sent", on = { signed = "working", objected = "draft" },
    enter = { document "transfer_letter" { series = "湘编办函", to = unit_of("lead_unit", "liaison") },
              notify(unit_of("lead_unit", "liaison"), "transfer_issued"),
              each "co_units" (open "transfer_part" { unit = it, items = field "items", term = field "term" }) } },
  state "办理中" { id = "working", on = { reported = "review" }, takes = { "interim", "part_done" },
    late = { "signed" } },
  state "审核中" { id = "review", on = { accepted = "closed", sent_back = "working" },
    takes = { "part_done" }, late = { "interim" } },
  state "已办结" { id = "closed", final = true },

  deadline "签收时限" { id = "receipt", starts = "sent", budget = setting "receipt", met = { "signed", "objected" } },
  deadline "退件时限" { id = "object", starts = "sent", budget = setting "object", met = "objected",
    lands = "as_is" },
  deadline "办理时限" { id = "finish", starts = "signed", budget = field "term", basis = "移交函",
    submitted = "reported", met = "accepted",
    returned = { by = "sent_back", clock = "continue" },
    extends = { by = role "director", times = 1, total = workdays(20) },
    pauses  = { by = role "director" } },
  deadline "审核时限" { id = "answer", starts = "review", budget = setting "review",
    met = { "accepted", "sent_back" } },

  ladder "逾期未签收" { id = "unsigned", past = "receipt", stops = { "signed", "objected" },
    step "催签收" { id = "chase", at = workdays(1), repeats = { every = workdays(3), times = 3 },
      notify(unit_of("lead_unit", "liaison"), "transfer_chase") },
    nobody = "tell_admin", missed = "once" },

  ladder "逾期未办结" { id = "overdue", past = "finish", stops = "accepted",
    enter_at = function(case) return case.record.repeated and "talk" or nil end, -- 屡查屡犯的直接约谈
    step "到期提示" { id = "warn", at = workdays(-10), early = "skip",
      notify(unit_of("lead_unit", "liaison"), "transfer_warn") },
    step "电话提醒" { id = "call", at = workdays(1),
      open "phone_reminder" { unit = field "lead_unit", matter = field "items", cases = { this } } },
    step "书面督办" { id = "letter", after = "call", at = workdays(10), approve = role "deputy",
      within = workdays(3), rejected = "skip",
      document "supervision_letter" { series = "湘编办函", to = unit_of("lead_unit", "liaison") } },
    step "约谈"     { id = "talk", at = workdays(20), approve = role "director",
      open "interview" { unit = field "lead_unit", reason = "逾期未办结" } },
    step "通报"     { id = "notice", after = "talk", at = workdays(20),
      approve = { sign { role "director" }, sign { role "commission", basis = "meeting" } },
      open "circular_notice" { cases = { this }, units = { field "lead_unit" }, kind = "逾期不办" } },
    children = "keep", nobody = "tell_admin", missed = "plan" },

  example "国庆前签收" {
    opened { lead_unit = "省教育厅", items = "清理超编", term = workdays(5) },
    at "2026-09-28" { records "issued", paper "transfer_letter" },
    at "2026-09-29" { records "signed" { signed_on = "2026-09-29" } },
    due("finish", "2026-10-12"), not_reached "warn", reached("call", "2026-10-13"),
    until_ "2026-10-13",
  },
  example "逐级处置到通报" {
    opened { lead_unit = "省教育厅", items = "清理超编", term = workdays(10) },
    at "2026-03-02" { records "issued" },
    at "2026-03-03" { records "signed" { signed_on = "2026-03-03" }, due("finish", "2026-03-17") },
    at "2026-04-02" { waiting "letter", rejected("letter", "先约谈") },
    at "2026-04-16" { waiting "talk", approved("talk", "同意约谈") },
    at "2026-05-19" { waiting "notice", approved("notice", "同意"), waiting "notice",
      approved("notice", { opinion = "同意通报", basis = "编委会2026年第3次会议" }) },
    reached("call", "2026-03-18"), reached("talk", "2026-04-15"),
  },
  example "五日内退件，重新签发" {
    opened { lead_unit = "省财政厅", items = "核减编制" },
    at "2026-03-02" { records "issued" },
    at "2026-03-05" { records "objected" { reason = "不属本单位职责" }, state_is "draft" },
    at "2026-03-09" { records "issued", state_is "sent" },
  },
  example "延期一次，原期限留痕；暂停不计时" {
    opened { lead_unit = "省财政厅", items = "核减编制", term = workdays(10) },
    at "2026-03-02" { records "issued", records "signed" { signed_on = "2026-03-02" }, due("finish", "2026-03-16") },
    at "2026-03-10" { records "extension_requested" { reason = "等批复" },
      records "extension_granted" { workdays = 5, reason = "同意" }, due("finish", "2026-03-23") },
    at "2026-03-12" { records "paused" { reason = "等上级批复" } },
    at "2026-03-16" { records "resumed" { reason = "批复已到" }, due("finish", "2026-03-25") },
  },
}
