assert(0xff & 0x0f == 0x0f and 1 << 10 == 1024 and ~0 == -1 and 5 ~ 3 == 6)
