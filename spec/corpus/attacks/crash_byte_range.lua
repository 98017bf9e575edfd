-- expect: refused
return (("x"):rep(2 << 20)):byte(1, -1)
