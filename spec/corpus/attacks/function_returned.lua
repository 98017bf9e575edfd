-- expect: refused
return print
