/* Plain Lua for the project's own specs and tools. Unlike the sandbox it may do anything. */
#include "script/run_lua.h"

#include <stdio.h>
#include <string.h>

#include <lauxlib.h>
#include <lua.h>

#include "script/api.h"
#include "script/confine.h"
#include "script/state.h"

static void set_path(lua_State *L, const char *library)
{
    lua_getglobal(L, "package");
    lua_getfield(L, -1, "path");
    lua_pushfstring(L, "%s/scripts/?.lua;%s/scripts/?/init.lua;%s", library, library,
                    lua_tostring(L, -1));
    lua_setfield(L, -3, "path");
    lua_pop(L, 2);
}

/* arg[0] is the script and arg[-1] the interpreter, as in the stand-alone interpreter. */
static void set_args(lua_State *L, int count, char **args)
{
    char program[4096];

    lua_createtable(L, count, 2);
    if (confine_program(program, sizeof program)) {
        lua_pushstring(L, program);
        lua_rawseti(L, -2, -1);
    }
    for (int i = 0; i < count; i++) {
        lua_pushstring(L, args[i]);
        lua_rawseti(L, -2, i);
    }
    lua_setglobal(L, "arg");
}

static bool load_file(lua_State *L, const char *path, struct err *err)
{
    if (luaL_loadfilex(L, path, "t") != LUA_OK) { /* it skips a first line that begins with # */
        err_set(err, ERR_INVALID, "%s", lua_tostring(L, -1));
        lua_pop(L, 1);
        return false;
    }
    return true;
}

int run_lua(const struct run_lua_options *options, int count, char **args)
{
    struct state *state = state_new_trusted();
    lua_State *L = state_lua(state);
    struct err err = {0};
    bool is_good;

    set_path(L, options->library);
    set_args(L, count, args);
    api_preload(L);
    if (options->desk) {
        trial_preload(L, options->desk);
    }
    luaL_checkstack(L, count + 10, "arguments");
    is_good = load_file(L, args[0], &err);
    for (int i = 1; is_good && i < count; i++) {
        lua_pushstring(L, args[i]);
    }
    if (!is_good || !script_call(L, count - 1, 0, &err)) {
        fprintf(stderr, "%s\n", err.text);
        is_good = false;
    }
    state_free(state);
    return is_good ? 0 : 1;
}
