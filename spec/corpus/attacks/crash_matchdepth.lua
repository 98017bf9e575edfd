-- expect: refused
return (("x"):rep(300000)):match(("(x"):rep(33))
