-- expect: refused
local function f(s)
  return (s:gsub(".", function(c) return f(s .. c) end))
end
return f("ab")
