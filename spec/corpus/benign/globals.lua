counted = 0
function count() counted = counted + 1 end
count()
assert(counted == 1)
