-- 问题整改台账：登记 → 认定 → 下发 → 方案 → 整改 → 申报销号 → 核查 → 销号；长期整改分期盯，反弹重新挂账
local back_to_work = choose({ "fixing", "long_term" }, function(case) -- 转长期以后没有反弹过的，退回长期整改
  local long, again = case.facts.prolonged, case.facts.rebounded
  return long and (not again or again.on <= long.on) and "long_term" or "fixing"
end)

return workflow "问题整改台账" {
  id = "rectification", code = "ZG",
  counts = "from_next_day", lands = "next_workday",

  settings = {
    plan  = { "方案时限", months(1) }, check = { "核查时限", workdays(15) },
    limit = { "集中整改期", months(3), min = months(1), max = months(6) },
  },
  record = {
    { "unit",     "责任单位", unit, required = true },
    { "problem",  "反馈问题", text, required = true },
    { "class",    "类别", choice { "擅自设立机构", "擅自改变职责", "擅自增加编制", "超编进人", "超职数配备",
                                   "违规干预", "违规审批", "其他" }, default = "其他" },
    { "basis",    "定性依据", text },
    { "heads",    "涉及人数", integer, min = 0 }, { "money", "涉及金额", money },
    { "found_on", "反馈日期", date },
    { "term",     "整改时限", term, default = setting "limit" },
    { "key",      "是否重点", bool }, { "repeated", "屡改屡犯", bool },
    { "measures", "整改措施", text }, { "holder",   "责任人", text }, { "from_row", "原台账号", text },
  },
  signals = {
    reminder_effective = { from = { "phone_reminder" }, form = { { "result", "核对结果", text } } },
    reminder_failed    = { from = { "phone_reminder" }, form = { { "reason", "理由", text } } },
    absorbed_row       = { from = { "rectification" }, form = { { "row", "并入件", text }, { "problem", "问题", text } } },
  },

  fact "认定" { id = "confirmed", by = role "deputy",
    guard { "没有定性依据，不能认定，请先补填", function(case) return case.record["定性依据"] ~= nil end } },
  fact "下发" { id = "issued", by = { role "clerk", role "registry" }, signs = true },
  fact "报送方案" { id = "planned", by = { role "clerk", unit_of("unit", "liaison") },
    form = { { "measures", "整改措施", text, required = true, keeps = true },
             { "holder", "责任人", text, required = true, keeps = true } } },
  fact "进展" { id = "progressed", by = { role "clerk", unit_of("unit", "liaison") },
    form = { { "text", "进展情况", text, required = true } } },
  fact "转长期整改" { id = "prolonged", by = role "director", form = { { "reason", "理由", text, required = true },
    { "target", "阶段目标", text }, { "next_on", "阶段日期", date, required = true } } },
  fact "阶段达标" { id = "stage_met", by = role "section_head", form = { { "text", "完成情况", text, required = true },
    { "target", "下一阶段目标", text }, { "next_on", "下一阶段日期", date, required = true } } },
  fact "申报销号" { id = "applied", by = { role "clerk", unit_of("unit", "liaison") },
    form = { { "result", "整改成效", text, required = true }, { "files", "佐证材料", files, min = 1 } },
    document "strike_form" { data = { problem = field "problem", result = field "result" } } },
  fact "核查通过" { id = "verified", by = role "section_head",
    form = { { "checkers", "核查人", list(text), required = true }, { "on_site", "现场核查", bool } },
    guard { "核查须两人以上", function(_, form) return #form.checkers >= 2 end },
    guard { "重点问题须现场核查", function(case, form) return not case.record.key or form.on_site == true end } },
  fact "退回补正" { id = "sent_back", by = role "section_head", form = { { "reason", "理由", text, required = true } } },
  fact "销号" { id = "struck", by = role "director" },
  fact "反弹" { id = "rebounded", by = role "deputy", occurred = "found_on", -- 按新的反馈日重新挂账
    form = { { "found_on", "反馈日期", date, required = true, keeps = true }, { "found", "复查情况", text },
             { "repeated", "屡改屡犯", bool, default = true, keeps = true } } },
  fact "拆分" { id = "split", by = role "deputy", form = { { "parts", "分为", list(text), required = true, min = 2 } },
    each "parts" (open "rectification" { unit = field "unit", problem = it, class = field "class",
      basis = field "basis", found_on = field "found_on", term = field "term", from_row = this }) },
  fact "合并" { id = "merged", by = role "section_head",
    form = { { "into", "并入台账号", text, required = true }, { "reason", "理由", text, required = true } },
    signal(field "into", "absorbed_row", { row = this, problem = field "problem" }) },

  state "已登记" { id = "entered", takes = { "absorbed_row" },
    on = { confirmed = "recognised", split = "divided", merged = "absorbed" } },
  state "已认定" { id = "recognised", on = { issued = "sent", split = "divided", merged = "absorbed" },
    takes = { "absorbed_row" }, enter = { notify(role "clerk", "row_confirmed") } },
  state "已下发" { id = "sent", on = { planned = "fixing", merged = "absorbed" }, takes = { "absorbed_row" },
    enter = { document "rectify_notice" { series = "湘编办改", to = unit_of("unit", "liaison"),
                data = { problem = field "problem", basis = field "basis" } },
              notify(unit_of("unit", "liaison"), "row_issued", { document = "rectify_notice" }) } },
  state "整改中" { id = "fixing", on = { applied = "review", prolonged = "long_term", merged = "absorbed" },
    takes = { "progressed", "planned", "absorbed_row", "reminder_effective", "reminder_failed" } },
  state "长期整改" { id = "long_term", takes = { "progressed" }, on = { applied = "review", stage_met = "long_term" } },
  state "待核查" { id = "review", on = { verified = "cleared", sent_back = back_to_work }, late = { "progressed" },
    enter = { notify(role "section_head", "row_to_check") } },
  state "待批销号" { id = "cleared", on = { struck = "closed", sent_back = back_to_work } },
  state "已销号" { id = "closed", final = true, on = { rebounded = "fixing", reopened = "fixing" },
    enter = { notify(unit_of("unit", "liaison"), "row_struck") } },
  state "已拆分" { id = "divided", final = true }, state "已并入" { id = "absorbed", final = true },

  deadline "方案时限" { id = "plan_by", starts = "issued", budget = setting "plan", met = "planned", basis = "整改通知书" },
  deadline "整改时限" { id = "fix_by", starts = { "issued", "rebounded" }, from = field "found_on", budget = field "term",
    submitted = "applied", met = { "struck", "prolonged" }, returned = { by = "sent_back", clock = workdays(10) },
    extends = { by = role "director", times = 2, total = months(3) }, pauses = { by = role "deputy" } },
  deadline "阶段期限" { id = "stage_by", starts = "long_term", met = { "stage_met", "applied" },
    budget = function(case) -- 最近定下的阶段日期
      local stage, long = case.facts.stage_met, case.facts.prolonged
      return stage and stage.on >= long.on and stage.next_on or long.next_on
    end },
  deadline "核查时限" { id = "check_by", starts = "review", budget = setting "check", met = { "verified", "sent_back" } },

  ladder "逾期未整改" { id = "overdue", past = "fix_by", stops = { "struck", "prolonged" },
    enter_at = function(case) return case.record.repeated and "talk" or nil end, -- 屡改屡犯的直接约谈
    step "到期提示" { id = "warn", early = "skip", notify(unit_of("unit", "liaison"), "row_warn"),
      at = function(case) return case.record.key and workdays(-20) or workdays(-10) end },
    step "再次提示" { id = "remind", at = workdays(-3), early = "now",
      skip = function(case) return case.facts.progressed ~= nil end, -- 报过进展的不再打扰
      notify(unit_of("unit", "liaison"), "row_warn") },
    step "电话提醒" { id = "call", at = workdays(1),
      jumps = choose({ "talk" }, function(case) -- 两次退回补正仍不到位的，提醒之后直接约谈
        return case.facts.sent_back and case.facts.sent_back.count >= 2 and "talk" or nil
      end),
      open "phone_reminder" { unit = field "unit", matter = field "problem", cases = { this }, join = "unit" } },
    step "书面督办" { id = "letter", after = "call", at = workdays(10), approve = role "deputy", rejected = "skip",
      document "supervision_letter" { series = "湘编办函", to = unit_of("unit", "principal") } },
    step "约谈" { id = "talk", after = "letter", at = workdays(10), approve = role "director",
      open "interview" { unit = field "unit", reason = field "problem" } },
    children = "withdraw", nobody = "tell_admin", missed = "plan" }, -- 销号后，所立的提醒、约谈一并撤回
  ladder "阶段逾期" { id = "stage_overdue", past = "stage_by", stops = { "applied", "stage_met" },
    step "阶段提示" { id = "stage_warn", at = workdays(0), repeats = { every = workdays(20), times = 3 },
      notify(unit_of("unit", "liaison"), "row_stage") },
    nobody = "skip", missed = "each" },
  example "按期销号，佐证、两人核查、批准缺一不可" {
    opened { unit = "省水利厅", problem = "超编进人", basis = "第二十六条", money = "12.3元", found_on = "2026-03-02", term = "2个月" },
    at "2026-03-03" { records "confirmed", records "issued", paper "rectify_notice", due("fix_by", "2026-05-06") },
    at "2026-03-20" { records "planned" { measures = "逐步消化", holder = "李四" } },
    at "2026-04-10" { records "extension_requested" { reason = "等审批" }, records "extension_refused" { reason = "尚早" } },
    at "2026-04-23" { records "applied" { result = "已清退", files = { "证明.pdf" } }, paper "strike_form" },
    at "2026-04-24" { records "verified" { checkers = { "王五", "赵六" } }, records "struck", state_is "closed" },
    at "2026-05-12" { records "reopened" { reason = "批准人误签" }, state_is "fixing" },
  },
  example "长期整改，分期盯办" {
    opened { unit = "省水利厅", problem = "超职数", basis = "第二十六条", found_on = "2026-03-02", key = true },
    at "2026-03-03" { records "confirmed", records "issued", signals "absorbed_row" { row = "430000-2026-ZG-0002" } },
    at "2026-03-10" { records "planned" { measures = "自然减员", holder = "李四" } },
    at "2026-03-12" { records "prolonged" { reason = "政策性安置", target = "年内减一", next_on = "2026-06-30" } },
    at "2026-06-30" { reached("stage_warn", "2026-06-30"),
      records "stage_met" { text = "减一", target = "明年减二", next_on = "2026-12-31" } },
    due("stage_by", "2026-12-31"), not_reached "call", state_is "long_term",
  },
  example "两次退回，提醒之后直接约谈；反弹重新挂账，屡改屡犯逾期直接约谈" {
    opened { unit = "省水利厅", problem = "混编混岗", basis = "第二十六条", found_on = "2026-03-02", term = workdays(10) },
    at "2026-03-03" { records "confirmed", records "issued", records "planned" { measures = "归位", holder = "李四" } },
    at "2026-03-05" { records "applied" { result = "归位", files = { "a.pdf" } }, records "sent_back" { reason = "材料" } },
    at "2026-03-06" { records "applied" { result = "归位", files = { "b.pdf" } }, records "sent_back" { reason = "人员" } },
    at "2026-04-20" { reached "call", waiting "talk", records "applied" { result = "到岗", files = { "c.pdf" } },
      records "verified" { checkers = { "王五", "赵六" } }, records "struck", not_reached "letter" },
    at "2026-09-01" { records "rebounded" { found_on = "2026-08-31", found = "又借走两人" }, state_is "fixing" },
    due("fix_by", "2026-09-14"), reached("talk", "2026-09-28"),
  },
  example "一题多事，拆分立账" {
    opened { unit = "省水利厅", problem = "超编进人、混编混岗" },
    at "2026-03-03" { records "split" { parts = { "超编进人", "混编混岗" } }, state_is "divided" },
  },
  example "一事多报，并入一账" {
    opened { unit = "省水利厅", problem = "超编进人" },
    at "2026-03-03" { records "merged" { into = "430000-2026-ZG-0001", reason = "同一事项" }, state_is "absorbed" },
  },
}
