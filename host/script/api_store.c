/* raw.store: connections and statements, for the project's own specs and tools. NULL goes in as
   store.null and comes out as nil; a type the database does not have raises. */
#include "store/store.h"

#include "script/api.h"
#include "script/bind.h"

#define STORE "duban.store"
#define ROWS_MAX 1000000

struct box {
    struct store *store;
    struct stmt *busy; /* a statement that a raise may have left in the middle of its rows */
};

static int l_open(lua_State *L)
{
    static const char *const MODES[] = {"create", "write", "read", "question", NULL};
    static const enum store_mode KINDS[] = {STORE_CREATE, STORE_WRITE, STORE_READ, STORE_QUESTION};
    struct err err = {0};
    const char *url = luaL_checkstring(L, 1);
    int mode = luaL_checkoption(L, 2, "write", MODES);
    struct box *box = bind_box(L, sizeof *box, STORE);

    return store_open(url, KINDS[mode], &box->store, &err) ? 1 : bind_fail(L, &err);
}

static void finish(struct box *box)
{
    if (box->busy) {
        stmt_reset(box->busy);
        box->busy = NULL;
    }
}

static int l_close(lua_State *L)
{
    struct box *box = luaL_checkudata(L, 1, STORE);

    finish(box);
    store_close(box->store);
    box->store = NULL; /* closing twice is harmless */
    return 0;
}

static struct box *opened(lua_State *L)
{
    struct box *box = luaL_checkudata(L, 1, STORE);

    luaL_argcheck(L, box->store, 1, "the store is closed");
    finish(box);
    return box;
}

static int l_exec(lua_State *L)
{
    struct err err = {0};
    struct box *box = opened(L);

    return bind_done(L, store_exec(box->store, luaL_checkstring(L, 2), &err), &err);
}

/* Raises for a type that has no place in a database. */
static bool bind_value(lua_State *L, int index, struct stmt *stmt, int at, struct err *err)
{
    size_t length;
    const char *text;

    switch (lua_type(L, index)) {
    case LUA_TNUMBER:
        return lua_isinteger(L, index) ? stmt_bind_int(stmt, at, lua_tointeger(L, index), err)
                                       : stmt_bind_real(stmt, at, lua_tonumber(L, index), err);
    case LUA_TSTRING:
        text = lua_tolstring(L, index, &length);
        return stmt_bind_text_n(stmt, at, text, length, err);
    case LUA_TLIGHTUSERDATA:
        return stmt_bind_null(stmt, at, err);
    default:
        luaL_error(L, "value %d: a %s cannot be stored", at, luaL_typename(L, index));
        return false;
    }
}

/* The statement of index 2 with the list of index 3 bound to it. */
static bool prepare_values(lua_State *L, struct box *box, struct err *err)
{
    const char *sql = luaL_checkstring(L, 2);
    lua_Integer count;
    struct stmt *stmt;

    if (!lua_isnoneornil(L, 3)) {
        luaL_checktype(L, 3, LUA_TTABLE);
    }
    count = lua_istable(L, 3) ? (lua_Integer)lua_rawlen(L, 3) : 0;
    if (!store_use(box->store, sql, &stmt, err)) {
        return false;
    }
    box->busy = stmt;
    for (int i = 1; i <= (int)count; i++) {
        lua_rawgeti(L, 3, i);
        if (!bind_value(L, -1, stmt, i, err)) {
            return false;
        }
        lua_pop(L, 1);
    }
    return true;
}

static void push_column(lua_State *L, const struct stmt *stmt, int column)
{
    size_t length = 0;
    const void *bytes;

    switch (stmt_kind(stmt, column)) {
    case 'i':
        lua_pushinteger(L, stmt_int(stmt, column));
        break;
    case 'r':
        lua_pushnumber(L, stmt_real(stmt, column));
        break;
    case 't':
        bytes = stmt_text(stmt, column, &length);
        lua_pushlstring(L, bytes, length);
        break;
    case 'b':
        bytes = stmt_blob(stmt, column, &length);
        lua_pushlstring(L, bytes ? bytes : "", length);
        break;
    default:
        lua_pushnil(L);
    }
}

/* rows(store, sql, values): a list of tables by column name. */
static int l_rows(lua_State *L)
{
    struct err err = {0};
    struct box *box = opened(L);
    bool has_row = false;

    if (!prepare_values(L, box, &err)) {
        return bind_fail(L, &err);
    }
    lua_newtable(L);
    for (lua_Integer at = 1; at <= ROWS_MAX; at++) {
        if (!stmt_step(box->busy, &has_row, &err)) {
            return bind_fail(L, &err);
        }
        if (!has_row) {
            finish(box);
            return 1;
        }
        lua_newtable(L);
        for (int column = 0; column < stmt_columns(box->busy); column++) {
            push_column(L, box->busy, column);
            lua_setfield(L, -2, stmt_column_name(box->busy, column));
        }
        lua_rawseti(L, -2, at);
    }
    err_set(&err, ERR_INVALID, "more than %d rows", ROWS_MAX);
    return bind_fail(L, &err);
}

/* run(store, sql, values): executes without rows. */
static int l_run(lua_State *L)
{
    struct err err = {0};
    struct box *box = opened(L);

    return bind_done(L, prepare_values(L, box, &err) && stmt_run(box->busy, &err), &err);
}

static int l_begin(lua_State *L)
{
    struct err err = {0};
    struct box *box = opened(L);

    return bind_done(L, store_begin(box->store, &err), &err);
}

static int l_commit(lua_State *L)
{
    struct err err = {0};
    struct box *box = opened(L);

    return bind_done(L, store_commit(box->store, &err), &err);
}

static int l_rollback(lua_State *L)
{
    store_rollback(opened(L)->store);
    return 0;
}

static int l_last_id(lua_State *L)
{
    lua_pushinteger(L, store_last_id(opened(L)->store));
    return 1;
}

static const struct luaL_Reg FUNCTIONS[] = {
    {"begin", l_begin},     {"close", l_close}, {"commit", l_commit},     {"exec", l_exec},
    {"last_id", l_last_id}, {"open", l_open},   {"rollback", l_rollback}, {"rows", l_rows},
    {"run", l_run},         {NULL, NULL}};

static void prepare(lua_State *L)
{
    bind_type(L, STORE, NULL, l_close);
    lua_pushlightuserdata(L, NULL);
    lua_setfield(L, -2, "null");
}

const struct api_module API_STORE = {"raw.store", FUNCTIONS, API_TRUSTED, prepare};
