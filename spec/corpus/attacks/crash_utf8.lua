-- expect: refused
return utf8.codepoint("\xff\xff", 1, 2)
