-- expect: stopped memory
return string.pack("c400000000", "")
