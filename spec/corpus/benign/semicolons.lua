local a = 1; local b = 2;; assert(a + b == 3)
