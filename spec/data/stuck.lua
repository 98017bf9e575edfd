-- 会卡住的程序：记录里写了“卡”的案件，到提醒那一天就停不下来；供搁置和隔离试验使用
return workflow "会卡住的程序" {
  id = "stuck", code = "KA",
  counts = "from_next_day", lands = "next_workday",

  record = { { "matter", "事由", text, required = true } },

  fact "办结" { id = "done", by = role "clerk" },

  state "办理中" { id = "working", on = { done = "closed" } },
  state "已办结" { id = "closed", final = true },

  deadline "时限" { id = "finish", starts = "opened", budget = workdays(2), met = "done" },

  ladder "逾期" { id = "overdue", past = "finish", stops = "done",
    step "提醒" { id = "warn", at = workdays(1),
      skip = function(case)
        while case.record.matter == "卡" do end
        return false
      end,
      notify(role "clerk", "transfer_warn") },
    nobody = "tell_admin", missed = "each" },

  example "不卡" {
    opened { matter = "甲" },
    until_ "2026-03-20", reached "warn",
  },
}
