-- expect: refused
error("duban: 已办结\n\27[2J\r\nforged")
