-- expect: stopped time
pcall(ctx.store.rows, "SELECT 1", { function() end })
while true do end
