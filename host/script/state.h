/* A Lua state of the house: a sandboxed one whose memory is counted and capped, or a plain one for
   the trusted interpreter. Every protected call into Lua goes through script_call. */
#ifndef DUBAN_STATE_H
#define DUBAN_STATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"
#include "base/err.h"

#define STATE_TEXT_MAX ((size_t)1024 * 1024)

struct lua_State;
struct state;
struct guard;

/* A state with the closed set of library functions of safe.h; no cap until a guard is put on. */
struct state *state_new(void);
/* A state with all standard libraries, for trusted code. */
struct state *state_new_trusted(void);
/* Accepts NULL. */
void state_free(struct state *state);

struct lua_State *state_lua(const struct state *state);
/* The state that L, or any coroutine of it, belongs to. */
struct state *state_of(struct lua_State *L);
/* Bytes that Lua holds now. */
size_t state_used(const struct state *state);
/* From now on memory above cap ends the process through guard_stop. */
void state_cap(struct state *state, size_t cap, struct guard *guard);
/* The guard of state_cap; NULL when there is none. */
struct guard *state_guard(const struct state *state);
/* Trusted interpreter only: the nth allocation from now on fails once, 0 for never. Tells whether
   the one asked for before was reached. */
bool state_fail_nth(struct state *state, size_t nth);

/* Compiles text (never bytecode; a BOM is skipped) under the chunk name and pushes the function.
   On failure nothing is pushed. */
MUST_USE bool script_load(struct lua_State *L, const char *text, size_t length, const char *name,
                          struct err *err);
/* Calls the function below its args. On success `results` values are pushed in their place; on
   failure nothing is, and err holds the message with its traceback. Never reads metamethods of
   error objects. */
MUST_USE bool script_call(struct lua_State *L, int args, int results, struct err *err);

#endif
