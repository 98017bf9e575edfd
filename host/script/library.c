/* All files are read before the process is confined, so require later touches no file: it runs a
   function that was compiled here. Modules that are running are marked, so that a circle is told
   and not recursed into. */
#include "script/library.h"

#include <string.h>

#include <lauxlib.h>
#include <lua.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "script/api.h"
#include "script/state.h"

#define SUFFIX ".lua"

/* upvalues: loaded, sources */
static int l_require(lua_State *L)
{
    const char *name = luaL_checkstring(L, 1);

    lua_settop(L, 1);
    lua_pushvalue(L, 1);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) {
        if (lua_type(L, -1) == LUA_TBOOLEAN && !lua_toboolean(L, -1)) {
            return luaL_error(L, "module %s requires itself in a circle", name);
        }
        return 1;
    }
    if (!api_push(L, name, API_WORKER)) {
        lua_pushvalue(L, 1);
        if (lua_rawget(L, lua_upvalueindex(2)) == LUA_TNIL) {
            return luaL_error(L, "there is no module %s in the library", name);
        }
        lua_pushvalue(L, 1);
        lua_pushboolean(L, 0);
        lua_rawset(L, lua_upvalueindex(1));
        lua_pushvalue(L, 1);
        lua_call(L, 1, 1);
        if (lua_isnil(L, -1)) {
            lua_pushboolean(L, 1);
        }
    }
    lua_pushvalue(L, 1);
    lua_pushvalue(L, -2);
    lua_rawset(L, lua_upvalueindex(1));
    return 1;
}

/* "engine/fold.lua" to "engine.fold", pushed. */
static void push_name(lua_State *L, const char *path)
{
    lua_pushlstring(L, path, strlen(path) - strlen(SUFFIX));
    luaL_gsub(L, lua_tostring(L, -1), "/", ".");
    lua_remove(L, -2);
}

/* With the table of sources on top. */
static bool add_file(lua_State *L, const char *scripts, const char *path, struct buf *text,
                     struct err *err)
{
    char *whole = file_join(scripts, path);
    bool is_good = file_read(whole, STATE_TEXT_MAX, text, err);

    mem_free(whole);
    if (!is_good) {
        return false;
    }
    push_name(L, path);
    lua_pushfstring(L, "@scripts/%s", path); /* sources name chunkname */
    if (!script_load(L, buf_text(text), text->length, lua_tostring(L, -1), err)) {
        lua_pop(L, 2);
        return false;
    }
    lua_remove(L, -2);
    lua_rawset(L, -3);
    return true;
}

static bool add_all(lua_State *L, const char *scripts, char **list, struct err *err)
{
    struct buf text;
    bool is_good = true;

    buf_init(&text, STATE_TEXT_MAX + 1);
    for (char **path = list; is_good && *path; path++) {
        if (strncmp(*path, "meta/", strlen("meta/")) != 0) {
            is_good = add_file(L, scripts, *path, &text, err);
        }
    }
    buf_clear(&text);
    return is_good;
}

bool library_load(struct lua_State *L, const char *folder, struct err *err)
{
    char *scripts = file_join(folder, "scripts");
    char **list = NULL;
    int top = lua_gettop(L);
    bool ok = false;

    lua_newtable(L);
    lua_newtable(L); /* loaded sources */
    if (!file_list(scripts, SUFFIX, true, &list, err)) {
        goto done;
    }
    if (!list[0]) {
        err_set(err, ERR_MISSING, "there are no modules in %s", scripts);
        goto done;
    }
    if (!add_all(L, scripts, list, err)) {
        goto done;
    }
    lua_pushcclosure(L, l_require, 2);
    lua_setglobal(L, "require");
    ok = true;
done:
    lua_settop(L, top);
    file_list_free(list);
    mem_free(scripts);
    return ok;
}

bool library_require(struct lua_State *L, const char *name, struct err *err)
{
    lua_getglobal(L, "require");
    lua_pushstring(L, name);
    return script_call(L, 1, 1, err);
}
