-- expect: refused
Lua
