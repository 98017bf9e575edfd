/* The closed set of library functions of a sandboxed state, built up from nothing. */
#ifndef DUBAN_SAFE_H
#define DUBAN_SAFE_H

struct lua_State;

/* Fills the globals of a fresh state: no os, io, debug, package, load, dofile, collectgarbage,
   print; no random or transcendental numbers; no bytecode; tostring without addresses; pairs in a
   fixed order; a stable sort; loops in C bounded; the metatable of strings locked, with a table of
   its own behind it. */
void safe_open(struct lua_State *L);

#endif
