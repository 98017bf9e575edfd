-- 多语事项：到期自转下一状态，那里的期限起算日可能没有填写；所立的事项随阶梯停止而撤回；脚本接住的错误写进消息
return workflow "多语事项" {
  id = "tongue", code = "DY",
  counts = "from_next_day", lands = "next_workday",

  record = {
    { "unit", "单位", unit, required = true },
    { "came", "来文日期", date },
    { "term", "期限", term },
  },

  fact "叫停" { id = "halted", by = role "section_head" },
  fact "办结" { id = "done", by = role "section_head" },

  state "等待中" { id = "waiting", passes = { first = "working" }, takes = { "halted" }, on = { done = "closed" } },
  state "办理中" { id = "working", on = { done = "closed" }, takes = { "halted" },
    enter = { notify(role "clerk", "reminder_to_call", {
      caught = function(case)
        local _, unknown = pcall(function() return case.record.nothing end)
        local _, readonly = pcall(function() case.state = "x" end)
        return unknown .. readonly
      end }) } },
  state "已办结" { id = "closed", final = true },

  deadline "等待时限" { id = "first", starts = "opened", budget = workdays(3), met = "done" },
  deadline "自来文起" { id = "second", starts = "working", from = "came", budget = workdays(5), met = "done" },
  deadline "按期限" { id = "third", starts = "working", budget = field "term", met = "done" },

  ladder "等待" { id = "waited", past = "first", stops = { "halted", "done" },
    step "另立" { id = "other", at = workdays(-1), early = "skip", open "quiet" { unit = field "unit" } },
    children = "withdraw", nobody = "tell_admin", missed = "each" },

  example "到期自转" {
    opened { unit = "省教育厅", came = "2026-03-02", term = "5个工作日" },
    at "2026-03-02" { due("first", "2026-03-05") },
    at "2026-03-09" { state_is "working" },
  },
}
