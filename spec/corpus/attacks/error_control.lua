-- expect: refused
error("\27[2J\7\n\n\0evil")
