-- expect: refused
return utf8.codepoint("x", 1, 1 << 40)
