-- expect: stopped time
local n = 40
return (("a"):rep(n)):find(("a?"):rep(n) .. ("a"):rep(n) .. "b")
