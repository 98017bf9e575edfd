assert(tonumber("0x1F") == 31 and tonumber(" 12 ") == 12 and tonumber("12个") == nil and tonumber("ff", 16) == 255)
