/* raw.script: compiles the text of an office's script with the globals its language gives it. */
#include "script/api.h"
#include "script/bind.h"
#include "script/state.h"

/* load(text, name, env): name appears in messages as it is. */
static int l_load(lua_State *L)
{
    struct err err = {0};
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length);
    const char *name = luaL_checkstring(L, 2);

    luaL_checktype(L, 3, LUA_TTABLE);
    name = lua_pushfstring(L, "=%s", name);
    if (!script_load(L, text, length, name, &err)) {
        return bind_fail(L, &err);
    }
    lua_pushvalue(L, 3);
    if (!lua_setupvalue(L, -2, 1)) {
        lua_pop(L, 1);
    }
    return 1;
}

static const struct luaL_Reg FUNCTIONS[] = {{"load", l_load}, {NULL, NULL}};

const struct api_module API_SCRIPT = {"raw.script", FUNCTIONS, API_EVERYWHERE, NULL};
