-- expect: contained
print("\0\1\2\255\27[2J")
return "contained"
