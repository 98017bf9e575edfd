assert(string.format("%05.1f|%-5d|%x|%q", 3.14159, 42, 255, "甲\n") ~= nil)
assert(("%3d%%"):format(7) == "  7%")
