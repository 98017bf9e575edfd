-- expect: refused
return #("x"):rep(1 << 31)
