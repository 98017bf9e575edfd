-- 巡视建议移交：签发 → 送达 → 签收 → 限期办结 → 审核 → 汇总 → 办结；五个工作日内可以退件；逾期逐级处置
local function when_parts_are_done(case) -- 分件都已办结的方可办结，否则等分件
  for _, child in ipairs(case.children) do
    if child.workflow == "transfer_part" and not child.outcome then return "gathering" end
  end
  return "closed"
end

local letter = document "transfer_letter" { series = "湘编办函", to = unit_of("lead_unit", "liaison"),
  data = { items = field "items", findings = field "findings", term = field "term" } }

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
    { "source",    "来源", choice { "巡视", "巡察", "审计", "信访", "12310", "督查", "领导批示" }, default = "巡视",
                   fixed = true },
    { "round",     "轮次", text },
    { "lead_unit", "主办单位", unit, required = true },
    { "co_units",  "协办单位", list(unit) },
    { "items",     "移交事项", text, required = true },
    { "findings",  "涉及问题数", integer, min = 1, max = 9999 },
    { "term",      "办理期限", term, default = setting "limit" },
    { "repeated",  "屡查屡犯", bool },
  },

  signals = {
    part_done          = { from = { "transfer_part" }, form = { { "unit", "责任单位", unit } } },
    reminder_effective = { from = { "phone_reminder" }, form = { { "result", "核对结果", text } } },
    reminder_failed    = { from = { "phone_reminder" }, form = { { "reason", "理由", text } } },
    promised_in_talk   = { from = { "interview" }, form = { { "pledge", "承诺事项", text } } },
  },

  fact "签发" { id = "issued", by = role "director", signs = true },
  fact "重新签发" { id = "reissued", by = role "director", signs = true },
  fact "签收" { id = "signed", by = { role "clerk", unit_of("lead_unit", "liaison") },
    form = { { "signed_on", "签收日期", date, required = true }, { "signer", "签收人", text } },
    occurred = "signed_on" },
  fact "退件" { id = "objected", by = unit_of("lead_unit", "liaison"), recorded = { paper = true }, -- 代录须附来函
    form = { { "reason", "异议理由", text, required = true } },
    guard { "送达已满五个工作日，不能再退件，请走延期或报告",
      function(case) return case.deadlines.object.status ~= "passed" end } },
  fact "中期报告" { id = "interim", by = unit_of("lead_unit", "liaison"),
    form = { { "text", "进展", text, required = true } } },
  fact "报告" { id = "reported", by = unit_of("lead_unit", "liaison"),
    form = { { "text", "办理情况", text, required = true }, { "files", "佐证", files, min = 1 } } },
  fact "认可" { id = "accepted", by = role "section_head" },
  fact "退回" { id = "sent_back", by = role "section_head",
    form = { { "reason", "理由", text, required = true } } },
  fact "中止" { id = "suspended", by = role "director", form = { { "reason", "理由", text, required = true } },
    signal(children "transfer_part", "case_suspended", { reason = field "reason" }) },
  fact "恢复办理" { id = "restarted", by = role "director", signal(children "transfer_part", "case_resumed") },

  state "拟稿"   { id = "draft", on = { issued = "sent" } },
  state "已送达" { id = "sent", on = { signed = "working", objected = "contested" },
    enter = { letter, notify(unit_of("lead_unit", "liaison"), "transfer_issued", { document = "transfer_letter" }),
              each "co_units" (open "transfer_part" { unit = it, items = field "items", term = field "term" }) } },
  state "退件待改" { id = "contested", on = { reissued = "resent" } },
  state "重新送达" { id = "resent", on = { signed = "working", objected = "contested" },
    enter = { letter, notify(unit_of("lead_unit", "liaison"), "transfer_issued", { document = "transfer_letter" }) } },
  state "办理中" { id = "working", on = { reported = "review", suspended = "halted" },
    takes = { "interim", "part_done", "reminder_effective", "reminder_failed", "promised_in_talk" } },
  state "中止"   { id = "halted", on = { restarted = "working" }, takes = { "part_done" } },
  state "审核中" { id = "review", takes = { "part_done" }, late = { "interim" },
    on = { sent_back = "working",
           accepted = choose({ "closed", "gathering" }, when_parts_are_done) } },
  state "待汇总" { id = "gathering", takes = { "part_done" }, -- 主办已认可，等各分件办结
    on = { child_closed = choose({ "closed", "gathering" }, when_parts_are_done) } },
  state "已办结" { id = "closed", final = true },

  deadline "签收时限" { id = "receipt", starts = { "sent", "resent" }, budget = setting "receipt",
    met = { "signed", "objected" } },
  deadline "退件时限" { id = "object", starts = { "sent", "resent" }, budget = setting "object",
    met = "objected", lands = "as_is" },
  deadline "办理时限" { id = "finish", starts = "signed", budget = field "term", basis = "移交函",
    submitted = { "reported", "suspended" }, met = "accepted",
    returned = { by = { "sent_back", "restarted" }, clock = "continue" },
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
  },
  example "逐级处置到通报；督办函过期未批，重新提请后被否，不影响约谈" {
    opened { lead_unit = "省教育厅", items = "清理超编", term = workdays(10) },
    at "2026-03-02" { records "issued" },
    at "2026-03-03" { records "signed" { signed_on = "2026-03-03" }, due("finish", "2026-03-17") },
    at "2026-04-02" { waiting "letter" },
    at "2026-04-09" { sent "proposal_returned", records "proposed_again" { step = "书面督办" }, waiting "letter",
      rejected("letter", "先约谈") },
    at "2026-04-16" { waiting "talk", approved("talk", "同意约谈"),
      signals "promised_in_talk" { pledge = "月底办结" } },
    at "2026-05-19" { waiting "notice", approved("notice", "同意"), waiting "notice",
      approved { "notice", opinion = "同意通报", basis = "编委会2026年第3次会议" } },
    reached("call", "2026-03-18"), reached("talk", "2026-04-15"),
  },
  example "屡查屡犯，逾期直接约谈；五日内退过一次件" {
    opened { lead_unit = "省财政厅", items = "核减编制", repeated = true, term = workdays(10) },
    at "2026-03-02" { records "issued" },
    at "2026-03-05" { records "objected" { reason = "附件不全" }, state_is "contested" },
    at "2026-03-09" { records "reissued", state_is "resent", records "signed" { signed_on = "2026-03-09" } },
    reached("talk", "2026-04-21"), not_reached "call",
  },
  example "延期一次，原期限留痕；暂停、中止不计时；分件办结后方可办结" {
    opened { lead_unit = "省财政厅", items = "核减编制", term = workdays(10), co_units = { "省教育厅" } },
    at "2026-03-02" { records "issued", records "signed" { signed_on = "2026-03-02" }, due("finish", "2026-03-16") },
    at "2026-03-10" { records "extension_requested" { reason = "等批复" },
      records "extension_granted" { workdays = 5, reason = "同意" }, due("finish", "2026-03-23") },
    at "2026-03-12" { records "paused" { reason = "等上级批复" } },
    at "2026-03-16" { records "resumed" { reason = "批复已到" }, due("finish", "2026-03-25") },
    at "2026-03-18" { records "suspended" { reason = "改革方案调整" }, state_is "halted" },
    at "2026-03-20" { records "restarted", due("finish", "2026-03-27") },
    at "2026-03-23" { records "reported" { text = "已核减", files = { "批复.pdf" } }, records "accepted" },
    at "2026-03-24" { state_is "gathering", child_ends("transfer_part", "closed"), state_is "closed" },
  },
}
