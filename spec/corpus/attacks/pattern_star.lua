-- expect: stopped time
return (("a"):rep(200)):match(("a*"):rep(30) .. "b")
