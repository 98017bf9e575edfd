local s = "duban"
assert(s:upper() == "DUBAN" and s:rep(2, "-") == "duban-duban" and s:sub(-3) == "ban" and s:byte() == 100)
assert(s:len() == 5 and s:reverse() == "nabud")
