-- expect: refused
return string.unpack("s8", ("\255"):rep(8))
