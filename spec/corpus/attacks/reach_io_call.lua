-- expect: refused
return io.open("/etc/passwd"):read("a")
