-- expect: refused
return 0 / 0
