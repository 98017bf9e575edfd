-- expect: refused
return [==[ never closed
