-- expect: refused
error(setmetatable({}, { __name = ("x"):rep(1000000) }))
