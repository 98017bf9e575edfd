/* raw.file: whole files and folders, for trusted code. */
#include <stdint.h>

#include "base/file.h"
#include "script/api.h"
#include "script/bind.h"

#define READ_MAX INT64_C(67108864)

static int l_read(lua_State *L)
{
    struct err err = {0};
    const char *path = luaL_checkstring(L, 1);
    lua_Integer limit = luaL_optinteger(L, 2, READ_MAX);
    struct buf *bytes;

    luaL_argcheck(L, limit >= 0 && limit <= READ_MAX, 2, "a limit lies within 64 MB");
    bytes = bind_bytes(L, (size_t)READ_MAX + 1);
    if (!file_read(path, (size_t)limit, bytes, &err)) {
        return bind_fail(L, &err);
    }
    lua_pushlstring(L, buf_text(bytes), bytes->length);
    bind_empty(bytes);
    return 1;
}

static int l_write(lua_State *L)
{
    struct err err = {0};
    size_t length;
    const char *path = luaL_checkstring(L, 1);
    const char *bytes = luaL_checklstring(L, 2, &length);

    return bind_done(L, file_write(path, bytes, length, 0600, &err), &err);
}

static void free_list(void *list)
{
    file_list_free(list);
}

/* list(folder, suffix, deep) */
static int l_list(lua_State *L)
{
    struct err err = {0};
    const char *folder = luaL_checkstring(L, 1);
    const char *suffix = luaL_optstring(L, 2, "");
    struct loan *loan = bind_loan(L, free_list);
    char **list;

    if (!file_list(folder, suffix, lua_toboolean(L, 3), &list, &err)) {
        return bind_fail(L, &err);
    }
    loan->thing = list;
    lua_newtable(L);
    for (lua_Integer i = 0; list[i]; i++) {
        lua_pushstring(L, list[i]);
        lua_rawseti(L, -2, i + 1);
    }
    bind_return(loan);
    return 1;
}

static const struct luaL_Reg FUNCTIONS[] = {
    {"list", l_list}, {"read", l_read}, {"write", l_write}, {NULL, NULL}};

const struct api_module API_FILE = {"raw.file", FUNCTIONS, API_TRUSTED, NULL};
