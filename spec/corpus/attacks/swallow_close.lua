-- expect: stopped time
while true do
  pcall(function()
    local x <close> = setmetatable({}, { __close = function() error("again") end })
    while true do end
  end)
end
