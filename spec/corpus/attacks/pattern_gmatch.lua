-- expect: stopped time
for _ in (("a"):rep(5000)):gmatch((".-"):rep(6) .. "z") do end
