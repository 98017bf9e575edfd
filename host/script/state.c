/* The allocator is the reason for this file: Debian's Lua can be made to free twice when an
   allocation returns NULL, so a capped state ends its process at the cap instead. The trusted
   interpreter may ask for the opposite, the nth allocation failing, because the sweep over the
   bindings wants just that. */
#include "script/state.h"

#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include "base/mem.h"
#include "script/guard.h"
#include "script/safe.h"

struct state {
    lua_State *L;
    size_t used;
    size_t cap; /* 0 while there is none */
    struct guard *guard;
    size_t until_failure; /* 0 while none was asked for */
    bool has_failed;
};

static void *give_capped(void *ud, void *old, size_t old_size, size_t new_size)
{
    struct state *state = ud;
    size_t before = old ? old_size : 0;
    void *fresh;

    if (new_size == 0) {
        free(old);
        state->used -= before;
        return NULL;
    }
    if (new_size > before && state->cap && state->used + (new_size - before) > state->cap) {
        guard_stop(state->guard, "memory", state->L, NULL);
    }
    fresh = realloc(old, new_size);
    if (!fresh && new_size <= before) {
        return old; /* Lua counts on shrinking, which cannot fail */
    }
    if (!fresh && state->guard) {
        guard_stop(state->guard, "memory", state->L, NULL);
    }
    if (!fresh) {
        abort();
    }
    state->used = state->used - before + new_size;
    return fresh;
}

static void *give_trusted(void *ud, void *old, size_t old_size, size_t new_size)
{
    struct state *state = ud;
    size_t before = old ? old_size : 0;
    void *fresh;

    if (new_size == 0) {
        free(old);
        state->used -= before;
        return NULL;
    }
    if (new_size > before && state->until_failure && --state->until_failure == 0) {
        state->has_failed = true;
        return NULL;
    }
    fresh = realloc(old, new_size);
    if (fresh) {
        state->used = state->used - before + new_size;
    }
    return fresh;
}

static struct state *state_with(lua_Alloc give)
{
    struct state *state = mem_new(sizeof *state);

    state->L = lua_newstate(give, state);
    if (!state->L) {
        abort();
    }
    *(struct state **)lua_getextraspace(state->L) = state;
    return state;
}

struct state *state_new(void)
{
    struct state *state = state_with(give_capped);

    safe_open(state->L);
    return state;
}

struct state *state_new_trusted(void)
{
    struct state *state = state_with(give_trusted);

    luaL_openlibs(state->L);
    return state;
}

void state_free(struct state *state)
{
    if (state) {
        state->until_failure = 0;
        lua_close(state->L);
        mem_free(state);
    }
}

struct lua_State *state_lua(const struct state *state)
{
    return state->L;
}

struct state *state_of(struct lua_State *L)
{
    return *(struct state **)lua_getextraspace(L);
}

size_t state_used(const struct state *state)
{
    return state->used;
}

void state_cap(struct state *state, size_t cap, struct guard *guard)
{
    state->cap = cap;
    state->guard = guard;
}

struct guard *state_guard(const struct state *state)
{
    return state->guard;
}

bool state_fail_nth(struct state *state, size_t nth)
{
    bool has_failed = state->has_failed;

    state->until_failure = nth;
    state->has_failed = false;
    return has_failed;
}

bool script_load(struct lua_State *L, const char *text, size_t length, const char *name,
                 struct err *err)
{
    if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
        text += 3;
        length -= 3;
    }
    if (length > STATE_TEXT_MAX) {
        err_set(err, ERR_INVALID, "%s: the script is larger than 1 MB", name + 1);
        return false;
    }
    if (luaL_loadbufferx(L, text, length, name, "t") != LUA_OK) {
        err_set(err, ERR_INVALID, "%s", lua_tostring(L, -1));
        lua_pop(L, 1);
        return false;
    }
    return true;
}

/* The message with its traceback; an object that is no text is only named, since its __tostring is
 * foreign. */
static int l_traced(lua_State *L)
{
    const char *message = lua_type(L, 1) == LUA_TSTRING ? lua_tostring(L, 1) : NULL;

    if (!message) {
        message = lua_pushfstring(L, "(error object is a %s)", luaL_typename(L, 1));
    }
    luaL_traceback(L, L, message, 1);
    return 1;
}

bool script_call(struct lua_State *L, int args, int results, struct err *err)
{
    int base = lua_gettop(L) - args; /* of the function */
    int status;

    if (!lua_checkstack(L, results + 10)) {
        lua_settop(L, base - 1);
        err_set(err, ERR_INTERNAL, "the Lua stack is full");
        return false;
    }
    lua_pushcfunction(L, l_traced);
    lua_insert(L, base);
    status = lua_pcall(L, args, results, base);
    lua_remove(L, base); /* the handler */
    if (status != LUA_OK) {
        bool has_text = lua_type(L, -1) == LUA_TSTRING;

        err_set(err, ERR_INTERNAL, "%s",
                has_text ? lua_tostring(L, -1) : "error without a message");
        lua_pop(L, 1);
        return false;
    }
    return true;
}
