/* The library's Lua modules (scripts/ of the library folder) inside a sandboxed state:
   "engine.fold" is scripts/engine/fold.lua, "raw.codec" is C. Only library modules see this
   require. */
#ifndef DUBAN_LIBRARY_H
#define DUBAN_LIBRARY_H

#include <stdbool.h>

#include "base/base.h"
#include "base/err.h"

struct lua_State;

/* Compiles every module below folder/scripts and makes require a global of the state; nothing is
 * run yet. */
MUST_USE bool library_load(struct lua_State *L, const char *folder, struct err *err);
/* Requires the module and pushes what it returned. */
MUST_USE bool library_require(struct lua_State *L, const char *name, struct err *err);

#endif
