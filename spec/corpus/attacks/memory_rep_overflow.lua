-- expect: refused
return ("xx"):rep(math.maxinteger)
