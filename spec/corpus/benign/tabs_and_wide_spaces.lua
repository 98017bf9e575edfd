local t = {	"甲",	"乙　丙" }
assert(#t == 2)
