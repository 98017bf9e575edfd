-- 电话提醒：派单 → 拨打并记录 → 承诺 → 到期核对 → 见效或转上一级；三次打不通的，报处室负责人定夺
return workflow "电话提醒" {
  id = "phone_reminder", code = "DX",
  counts = "from_next_day", lands = "next_workday",

  settings = {
    call   = { "拨打时限", workdays(2), min = workdays(1), max = workdays(5) },
    result = { "见效时限", workdays(10), min = workdays(3), max = workdays(20) },
  },

  record = {
    { "unit",   "被提醒单位", unit, required = true },
    { "matter", "提醒事由", text, required = true },
    { "cases",  "来源案件", list(text) },          -- 一次通话可以提醒几件事
  },

  fact "通话记录" { id = "called", by = { role "clerk", role "section_head" },
    form = {
      { "callee",    "受话人", text, required = true },
      { "post",      "职务", text },
      { "phone",     "号码", text },
      { "called_on", "通话日期", date, required = true },
      { "answer",    "答复", text, required = true },
      { "promised",  "承诺日期", date },
    }, occurred = "called_on",
    document "phone_record" { data = { unit = field "unit", matter = field "matter", callee = field "callee",
      answer = field "answer", promised = field "promised" } } },
  fact "未接通" { id = "no_answer", by = { role "clerk", role "section_head" },
    form = { { "note", "情况", text } } },
  fact "见效" { id = "settled", by = role "section_head",
    form = { { "result", "核对结果", text, required = true } } },
  fact "无果" { id = "in_vain", by = role "section_head",
    form = { { "reason", "理由", text, required = true } },
    guard { "还没有通话记录，也没有三次未接通的记录，不能认定无果",
      function(case)
        local tried = case.facts.no_answer
        return case.facts.called ~= nil or (tried ~= nil and tried.count >= 3)
      end } },

  state "待拨打" { id = "to_call", on = { called = "promising", in_vain = "failed" },
    takes = { "no_answer" },
    enter = { notify(role "clerk", "reminder_to_call") } },
  state "待见效" { id = "promising", on = { settled = "effective", in_vain = "failed", called = "promising" } },
  state "已见效" { id = "effective", final = true,
    enter = { signal(parent, "reminder_effective", {
      result = function(case) return case.facts.settled.result end }) } },
  state "未见效" { id = "failed", final = true,
    enter = { signal(parent, "reminder_failed", {
      reason = function(case) return case.facts.in_vain.reason end }) } },

  deadline "拨打时限" { id = "call_by", starts = "to_call", budget = setting "call",
    met = { "called", "in_vain" }, basis = "电话提醒记录单" },
  deadline "见效时限" { id = "result_by", starts = "called", budget = setting "result",
    met = { "settled", "in_vain" } },

  ladder "逾期未拨打" { id = "uncalled", past = "call_by", stops = { "called", "in_vain" },
    step "催办经办人" { id = "nudge", at = workdays(1), repeats = { every = workdays(1), times = 3 },
      notify(role "clerk", "reminder_overdue") },
    step "报处室负责人" { id = "report", at = workdays(4), notify(role "section_head", "reminder_overdue") },
    nobody = "next", missed = "once" },              -- 没有经办人可催的，直接报处室负责人
  ladder "逾期未见效" { id = "unsettled", past = "result_by", stops = { "settled", "in_vain" },
    step "提请核对" { id = "look", at = workdays(0), notify(role "section_head", "reminder_check") },
    nobody = "tell_admin", missed = "once" },

  example "一次打通，十日内见效" {
    opened { unit = "省教育厅", matter = "清理超编逾期" },
    at "2026-03-02" { records "called" { callee = "张三", called_on = "2026-03-02", answer = "抓紧办理" },
      due("result_by", "2026-03-16"), paper "phone_record" },
    at "2026-03-10" { records "settled" { result = "已上报方案" } },
    state_is "effective", not_reached "look",
  },
  example "三次未接通方可认定无果" {
    opened { unit = "省教育厅", matter = "清理超编逾期" },
    at "2026-03-02 09:30" { records "no_answer", records "no_answer" },
    at "2026-03-03" { records "no_answer" },
    at "2026-03-06" { reached("nudge", "2026-03-05"), records "in_vain" { reason = "三次未接通" } },
    state_is "failed", not_reached "report",
  },
  example "打通之后又来电更改承诺，重新计见效时限" {
    opened { unit = "省教育厅", matter = "清理超编逾期" },
    at "2026-03-02" { records "called" { callee = "张三", called_on = "2026-03-02", answer = "本周内" } },
    at "2026-03-06" { records "called" { callee = "张三", called_on = "2026-03-05", answer = "月底前" },
      records "promised" { by = "2026-03-31", text = "月底前完成清理", person = "张三" },
      due("result_by", "2026-03-19") },
    reached("look", "2026-03-19"), until_ "2026-03-19", state_is "promising",
  },
}
