-- expect: refused
return string.format("%.9999f", 1)
