-- expect: contained
pcall(function()
  local a <close> = setmetatable({}, { __close = function() error("b") end })
  error("a")
end)
return "contained"
