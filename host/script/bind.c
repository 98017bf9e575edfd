/* Everything C acquires on behalf of Lua lives in a box that exists before it is filled, because
   any call into Lua may leave by longjmp. */
#include "script/bind.h"

#include <string.h>

#define BYTES "duban.bytes"
#define LOAN "duban.loan"

void bind_type(lua_State *L, const char *type, const struct luaL_Reg *methods, lua_CFunction close)
{
    static const char *const ENDS[] = {"__gc", "__close"};

    if (!luaL_newmetatable(L, type)) {
        lua_pop(L, 1);
        return;
    }
    lua_newtable(L);
    if (methods) {
        luaL_setfuncs(L, methods, 0);
    }
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    for (size_t i = 0; i < COUNT_OF(ENDS) && close; i++) {
        lua_pushcfunction(L, close);
        lua_setfield(L, -2, ENDS[i]);
    }
    lua_pop(L, 1);
}

void *bind_box(lua_State *L, size_t size, const char *type)
{
    void *box = lua_newuserdatauv(L, size, 1); /* one slot for what must outlive it */

    memset(box, 0, size);
    luaL_setmetatable(L, type);
    return box;
}

static int l_clear_bytes(lua_State *L)
{
    bind_empty(luaL_checkudata(L, 1, BYTES));
    return 0;
}

struct buf *bind_bytes(lua_State *L, size_t ceiling)
{
    struct buf *bytes;

    bind_type(L, BYTES, NULL, l_clear_bytes);
    bytes = bind_box(L, sizeof *bytes, BYTES);
    buf_init(bytes, ceiling);
    return bytes;
}

void bind_empty(struct buf *bytes)
{
    buf_clear(bytes);
}

static int l_return(lua_State *L)
{
    bind_return(luaL_checkudata(L, 1, LOAN));
    return 0;
}

struct loan *bind_loan(lua_State *L, void (*release)(void *thing))
{
    struct loan *loan;

    bind_type(L, LOAN, NULL, l_return);
    loan = bind_box(L, sizeof *loan, LOAN);
    loan->release = release;
    return loan;
}

void bind_return(struct loan *loan)
{
    if (loan->thing) {
        loan->release(loan->thing);
        loan->thing = NULL;
    }
}

int bind_fail(lua_State *L, const struct err *err)
{
    lua_pushnil(L);
    lua_pushstring(L, err->text);
    lua_pushstring(L, err_kind_name(err->kind));
    return 3;
}

int bind_done(lua_State *L, bool is_good, const struct err *err)
{
    if (!is_good) {
        return bind_fail(L, err);
    }
    lua_pushboolean(L, 1);
    return 1;
}

lua_Integer bind_option_int(lua_State *L, int index, const char *name, lua_Integer otherwise)
{
    int is_integer = 1;
    lua_Integer number = otherwise;

    if (lua_getfield(L, index, name) != LUA_TNIL) {
        number = lua_tointegerx(L, -1, &is_integer);
    }
    if (!is_integer) {
        luaL_error(L, "option %s must be an integer", name);
    }
    lua_pop(L, 1);
    return number;
}

const char *bind_option_text(lua_State *L, int index, const char *name, const char *otherwise)
{
    const char *text = otherwise;

    if (lua_getfield(L, index, name) != LUA_TNIL) {
        if (lua_type(L, -1) != LUA_TSTRING) {
            luaL_error(L, "option %s must be a text", name);
        }
        text = lua_tostring(L, -1); /* the options table keeps it */
    }
    lua_pop(L, 1);
    return text;
}
