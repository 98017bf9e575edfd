-- expect: stopped any
return (function()
  local chunk = "return _ENV" .. ("._ENV"):rep(1000)
  while true do chunk = chunk .. chunk end
end)()
