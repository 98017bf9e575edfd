/* What a sandboxed state may call. The process around it is the guarantee; this is what makes
   scripts deterministic (order, no addresses, no chance) and most mistakes cheap. */
#include "script/safe.h"

#include <stdbool.h>
#include <string.h>

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include "base/base.h"
#include "script/guard.h"
#include "script/keys.h"
#include "script/sort.h"
#include "script/state.h"

#define LOOP_MAX 10000000 /* steps that one call may take in C */

/* Keeps __gc out of metatables: finalizers run with hooks off. */
static int l_setmetatable(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_argexpected(L, lua_type(L, 2) == LUA_TNIL || lua_type(L, 2) == LUA_TTABLE, 2,
                     "nil or table");
    if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL) {
        return luaL_error(L, "cannot change a protected metatable");
    }
    lua_pushliteral(L, "__gc");
    if (lua_istable(L, 2) && lua_rawget(L, 2) != LUA_TNIL) {
        return luaL_error(L, "a metatable may not hold __gc here");
    }
    lua_settop(L, 2);
    lua_setmetatable(L, 1);
    return 1;
}

/* Pushes the text of the value at index, without an address. */
static void push_text(lua_State *L, int index)
{
    int type = lua_type(L, index);

    if (type == LUA_TSTRING || type == LUA_TNUMBER || type == LUA_TBOOLEAN || type == LUA_TNIL) {
        luaL_tolstring(L, index, NULL);
    } else if (luaL_getmetafield(L, index, "__tostring") != LUA_TNIL) {
        lua_pop(L, 1);
        luaL_tolstring(L, index, NULL);
    } else {
        lua_pushstring(L, lua_typename(L, type));
    }
}

static int l_tostring(lua_State *L)
{
    luaL_checkany(L, 1);
    push_text(L, 1);
    return 1;
}

/* upvalues: table, list of keys, position */
static int l_next_key(lua_State *L)
{
    lua_Integer at = lua_tointeger(L, lua_upvalueindex(3));

    for (;;) {
        at++;
        lua_settop(L, 0);
        if (lua_rawgeti(L, lua_upvalueindex(2), at) == LUA_TNIL) {
            return 1;
        }
        lua_pushvalue(L, 1);
        if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) {
            lua_pushinteger(L, at);
            lua_replace(L, lua_upvalueindex(3));
            return 2;
        }
    }
}

static int l_pairs(lua_State *L)
{
    luaL_checkany(L, 1);
    if (luaL_getmetafield(L, 1, "__pairs") != LUA_TNIL) {
        lua_pushvalue(L, 1);
        lua_call(L, 1, 3);
        return 3;
    }
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_pushvalue(L, 1);
    keys_push_all(L, 1);
    lua_pushinteger(L, 0);
    lua_pushcclosure(L, l_next_key, 3);
    lua_pushvalue(L, 1);
    lua_pushnil(L);
    return 3;
}

static int l_rep(lua_State *L)
{
    size_t length;
    size_t between;

    luaL_checklstring(L, 1, &length);
    luaL_optlstring(L, 3, "", &between);
    if (length + between == 0) {
        lua_pushliteral(L, ""); /* the stock one counts to n */
        return 1;
    }
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, 1);
    return 1;
}

/* Refuses %p, and lets %s see texts without addresses; the stock function does the rest. */
static int l_format(lua_State *L)
{
    const char *at = luaL_checkstring(L, 1);
    int top = lua_gettop(L);
    int argument = 1;

    while ((at = strchr(at, '%'))) {
        at += 1 + strspn(at + 1, "-+ #0123456789.");
        if (*at == '%') {
            at++;
            continue;
        }
        argument++;
        if (*at == 'p') {
            return luaL_error(L, "string.format: %%p is not available here");
        }
        if (*at == 's' && argument <= top) {
            push_text(L, argument);
            lua_replace(L, argument);
        }
    }
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, top, 1);
    return 1;
}

/* Before insert, remove, concat and sort: a table whose __len lies makes them loop without end. */
static void check_length(lua_State *L)
{
    if (luaL_getmetafield(L, 1, "__len") != LUA_TNIL && luaL_len(L, 1) > LOOP_MAX) {
        luaL_error(L, "the list is too long");
    }
}

static int call_stock(lua_State *L, int args)
{
    lua_settop(L, args);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, args, LUA_MULTRET);
    return lua_gettop(L);
}

static int l_bounded(lua_State *L)
{
    int args = lua_gettop(L);

    check_length(L);
    return call_stock(L, args);
}

static int l_concat(lua_State *L)
{
    int args = lua_gettop(L);

    if (args >= 4 &&
        (lua_Unsigned)luaL_checkinteger(L, 4) - (lua_Unsigned)luaL_optinteger(L, 3, 1) > LOOP_MAX &&
        luaL_checkinteger(L, 4) > luaL_optinteger(L, 3, 1)) {
        return luaL_error(L, "the list is too long");
    }
    check_length(L);
    return call_stock(L, args);
}

static int l_move(lua_State *L)
{
    int args = lua_gettop(L);
    lua_Integer from = luaL_checkinteger(L, 2);
    lua_Integer to = luaL_checkinteger(L, 3);

    if (to >= from && (lua_Unsigned)to - (lua_Unsigned)from > LOOP_MAX) {
        return luaL_error(L, "too many elements to move");
    }
    return call_stock(L, args);
}

static int l_sort(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    if (!lua_isnoneornil(L, 2)) {
        luaL_checktype(L, 2, LUA_TFUNCTION);
    }
    check_length(L);
    lua_settop(L, 2);
    sort_list(L);
    return 0;
}

/* Runs the coroutine at index with `args` values on top of L; true and their number, or false and
 * the error. */
static bool run_on(lua_State *L, lua_State *co, int args, int *results)
{
    struct guard *guard = state_guard(state_of(L));
    lua_State *before = guard ? guard_enter(guard, co) : NULL;
    int status;

    if (!lua_checkstack(co, args) || (lua_status(co) == LUA_OK && lua_gettop(co) == 0)) {
        lua_pushliteral(L, "cannot resume dead coroutine");
        status = LUA_ERRRUN;
    } else {
        lua_xmove(L, co, args);
        status = lua_resume(co, L, args, results);
        if (status != LUA_OK && status != LUA_YIELD) {
            lua_xmove(co, L, 1);
        } else if (!lua_checkstack(L, *results + 1)) {
            lua_pop(co, *results);
            lua_pushliteral(L, "too many results to resume");
            status = LUA_ERRRUN;
        } else {
            lua_xmove(co, L, *results);
        }
    }
    if (guard) {
        guard_enter(guard, before);
    }
    return status == LUA_OK || status == LUA_YIELD;
}

static int l_resume(lua_State *L)
{
    lua_State *co = lua_tothread(L, 1);
    int results = 0;
    bool is_good;

    luaL_argexpected(L, co, 1, "coroutine");
    if (co == L || (lua_status(co) == LUA_OK && lua_getstack(co, 0, &(lua_Debug){0}))) {
        lua_pushboolean(L, false);
        lua_pushliteral(L, "cannot resume non-suspended coroutine");
        return 2;
    }
    is_good = run_on(L, co, lua_gettop(L) - 1, &results);
    results = is_good ? results : 1;
    lua_pushboolean(L, is_good);
    lua_insert(L, -(results + 1));
    return results + 1;
}

static int l_wrapped(lua_State *L)
{
    lua_State *co = lua_tothread(L, lua_upvalueindex(1));
    int results = 0;

    if (co == L || (lua_status(co) == LUA_OK && lua_getstack(co, 0, &(lua_Debug){0}))) {
        return luaL_error(L, "cannot resume non-suspended coroutine");
    }
    if (run_on(L, co, lua_gettop(L), &results)) {
        return results;
    }
    if (lua_status(co) != LUA_OK && lua_status(co) != LUA_YIELD) {
        lua_resetthread(co); /* closes what the failed coroutine left open */
        if (lua_gettop(co) > 0) {
            lua_pop(co, 1);
        }
    }
    if (lua_type(L, -1) == LUA_TSTRING) {
        luaL_where(L, 1);
        lua_insert(L, -2);
        lua_concat(L, 2);
    }
    return lua_error(L);
}

static int l_wrap(lua_State *L)
{
    lua_State *co;

    luaL_checktype(L, 1, LUA_TFUNCTION);
    co = lua_newthread(L);
    lua_pushvalue(L, 1);
    lua_xmove(L, co, 1);
    lua_pushcclosure(L, l_wrapped, 1);
    return 1;
}

static const char *const BASE[] = {"assert", "error",    "getmetatable", "ipairs", "next",
                                   "pcall",  "rawequal", "rawget",       "rawlen", "rawset",
                                   "select", "tonumber", "type",         "xpcall", NULL};
static const char *const STRING[] = {"byte",    "char",  "find",   "gmatch", "gsub",
                                     "len",     "lower", "match",  "pack",   "packsize",
                                     "reverse", "sub",   "unpack", "upper",  NULL};
static const char *const TABLE[] = {"pack", "unpack", NULL};
static const char *const MATH[] = {"abs",  "ceil",       "floor", "fmod", "huge", "maxinteger",
                                   "max",  "mininteger", "min",   "modf", "sqrt", "tointeger",
                                   "type", "ult",        "pi",    NULL};
static const char *const UTF8[] = {"char", "charpattern", "codepoint", "codes",
                                   "len",  "offset",      NULL};
static const char *const COROUTINE[] = {"close",  "create", "isyieldable", "running",
                                        "status", "yield",  NULL};

/* Our own, each with the stock function of its name as its upvalue. */
static const struct luaL_Reg OWN_STRING[] = {{"rep", l_rep}, {"format", l_format}, {NULL, NULL}};
static const struct luaL_Reg OWN_TABLE[] = {{"insert", l_bounded}, {"remove", l_bounded},
                                            {"concat", l_concat},  {"move", l_move},
                                            {"sort", l_sort},      {NULL, NULL}};
static const struct luaL_Reg OWN_COROUTINE[] = {
    {"resume", l_resume}, {"wrap", l_wrap}, {NULL, NULL}};
static const struct luaL_Reg OWN_BASE[] = {
    {"setmetatable", l_setmetatable}, {"tostring", l_tostring}, {"pairs", l_pairs}, {NULL, NULL}};

/* Copies names from the stock library on top into a fresh table, adds our own; pops the stock,
 * pushes ours. */
static void pick(lua_State *L, const char *const *names, const struct luaL_Reg *own)
{
    lua_newtable(L); /* stock ours */
    for (; *names; names++) {
        lua_getfield(L, -2, *names);
        lua_setfield(L, -2, *names);
    }
    for (; own && own->name; own++) {
        lua_getfield(L, -2, own->name);
        lua_pushcclosure(L, own->func, 1);
        lua_setfield(L, -2, own->name);
    }
    lua_remove(L, -2);
}

static void pick_library(lua_State *L, lua_CFunction open, const char *name,
                         const char *const *names, const struct luaL_Reg *own)
{
    lua_pushcfunction(L, open);
    lua_pushstring(L, name);
    lua_call(L, 1, 1);
    pick(L, names, own);
    lua_setfield(L, -2, name);
}

/* Strings find their methods in a table that no script can reach. */
static void lock_strings(lua_State *L)
{
    lua_pushliteral(L, "");
    lua_getmetatable(L, -1);
    lua_getglobal(L, "string");
    pick(L, STRING, NULL); /* "" metatable copy */
    lua_getglobal(L, "string");
    lua_getfield(L, -1, "rep");
    lua_setfield(L, -3, "rep");
    lua_getfield(L, -1, "format");
    lua_setfield(L, -3, "format");
    lua_pop(L, 1);
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, false);
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 2);
}

void safe_open(struct lua_State *L)
{
    luaL_requiref(L, "_G", luaopen_base,
                  0); /* fills the table of globals, which is replaced here */
    pick(L, BASE, OWN_BASE);
    pick_library(L, luaopen_string, "string", STRING, OWN_STRING);
    pick_library(L, luaopen_table, "table", TABLE, OWN_TABLE);
    pick_library(L, luaopen_math, "math", MATH, NULL);
    pick_library(L, luaopen_utf8, "utf8", UTF8, NULL);
    pick_library(L, luaopen_coroutine, "coroutine", COROUTINE, OWN_COROUTINE);
    lua_pushvalue(L, -1);
    lua_setfield(
        L, -2, "_G"); /* for the library; what an office's script gets as globals is built in Lua */
    lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    lua_pushnil(L);
    lua_setfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    lock_strings(L);
}
