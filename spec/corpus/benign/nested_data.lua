return { number = "YJ-2026-0001", items = { { "甲", 1 }, { "乙", 2 } }, total = 3, done = false, rate = 0.5 }
