-- expect: refused
return tonumber("z", 99)
