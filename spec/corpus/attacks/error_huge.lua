-- expect: refused
error(("x"):rep(1 << 20))
