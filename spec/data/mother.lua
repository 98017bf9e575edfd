-- 牵头事项：立案时按协办单位分办，逾期提醒一次并共用一次催办；各分办办结后自己办结
return workflow "牵头事项" {
  id = "mother", code = "QT",
  counts = "from_next_day", lands = "next_workday",

  settings = { limit = { "办理时限", workdays(5), min = workdays(2), max = workdays(20) } },

  record = {
    { "unit",    "牵头单位", unit, required = true },
    { "helpers", "协办单位", list(unit) },
    { "holder",  "承办人", person },
  },
  signals = { told = { from = { "daughter" }, form = { { "unit", "单位", unit } } } },

  fact "改派" { id = "moved_on", by = role "section_head" },
  fact "汇总" { id = "gathered", by = role "section_head" },
  fact "叫停" { id = "halted", by = role "director", signal(children "daughter", "hold_it", { reason = "等待批复" }) },
  fact "报告" { id = "reported", by = unit_of("unit", "liaison"), form = { { "text", "情况", text, required = true } } },
  fact "办结" { id = "done", by = role "section_head" },

  state "办理中" { id = "working", takes = { "reported", "halted", "moved_on", "told" },
    on = { done = "closed", gathered = "gathering" },
    enter = { each "helpers" (open "daughter" { unit = it }) } },
  state "汇总中" { id = "gathering", takes = { "told" },
    on = { done = "closed", child_closed = choose({ "closed", "gathering" }, function(case)
      for _, child in ipairs(case.children) do
        if not child.outcome then return "gathering" end
      end
      return "closed"
    end) } },
  state "已办结" { id = "closed", final = true },

  deadline "办理时限" { id = "finish", starts = "opened", budget = setting "limit", met = "done" },

  ladder "逾期" { id = "overdue", past = "finish", stops = "done",
    step "催办" { id = "call", at = workdays(1), open "daughter" { unit = field "unit", join = "unit" } },
    step "通知承办人" { id = "tell", at = workdays(2), notify(person_of("holder"), "transfer_chase") },
    step "督办" { id = "letter", at = workdays(3),
      approve = { sign { role "director" },
                  sign { role "deputy", role "commission", all_of = true, basis = "meeting" } },
      document "supervision_letter" { series = "湘编办函", to = unit_of("unit", "liaison") } },
    children = "keep", nobody = "tell_admin", missed = "plan" },

  example "自己办结" {
    opened { unit = "省教育厅" },
    at "2026-03-02" { records "done", state_is "closed" },
  },
}
