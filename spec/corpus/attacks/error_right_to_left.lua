-- expect: refused
error("\u{202e}gnp.exe\u{2066}")
