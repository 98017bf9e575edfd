assert(string.unpack("<I4", string.pack("<I4", 20261012)) == 20261012)
