/* The boundary kit: boxes that Lua owns, the failure of the world as nil, text, kind, and small
 * helpers. */
#ifndef DUBAN_BIND_H
#define DUBAN_BIND_H

#include <stddef.h>

#include <lauxlib.h>
#include <lua.h>

#include "base/buf.h"
#include "base/err.h"

/* Makes the named metatable with methods; close also becomes __gc and __close, so it must be
 * harmless twice. */
void bind_type(lua_State *L, const char *type, const struct luaL_Reg *methods, lua_CFunction close);
/* Pushes a zeroed box of that type: first a home, then the guest. */
void *bind_box(lua_State *L, size_t size, const char *type);
/* Pushes an empty buf that the collector clears, for temporary bytes across calls that may raise.
 */
struct buf *bind_bytes(lua_State *L, size_t ceiling);
/* Pushes a slot; what is put into `thing` is released by the collector, or earlier by bind_return.
 */
struct loan {
    void *thing;
    void (*release)(void *thing);
};
struct loan *bind_loan(lua_State *L, void (*release)(void *thing));
void bind_return(struct loan *loan);
/* Clears the bytes early. */
void bind_empty(struct buf *bytes);

/* Pushes nil, text, kind and returns 3. */
int bind_fail(lua_State *L, const struct err *err);
/* Returns 1 with true pushed, or fails. */
int bind_done(lua_State *L, bool is_good, const struct err *err);
/* Integer or text fields of the options table at index; the default when absent, a raise when of
 * another type. */
lua_Integer bind_option_int(lua_State *L, int index, const char *name, lua_Integer otherwise);
const char *bind_option_text(lua_State *L, int index, const char *name, const char *otherwise);

#endif
