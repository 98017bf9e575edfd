-- 慢作业：算上一两秒，再通知综合处；供中断试验使用
return job "慢作业" {
  id = "slow",
  every = monthly { day = 5, at = "09:00" },
  missed = "once",
  run = function(ctx)
    local sum = 0
    for i = 1, 40000000 do
      sum = (sum + i) % 65521
    end
    ctx.notify.send({ "registry" }, "reconciliation", { quarter = "本月", open = sum, overdue = 0, struck = 0 })
    return "算完"
  end,
}
