-- expect: stopped any
return ("x"):rep(20 << 20)
