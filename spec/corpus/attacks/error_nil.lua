-- expect: refused
error(nil)
