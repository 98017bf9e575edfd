/* The list of raw modules. Adding one means a file api_x.c and a line here. */
#include "script/api.h"

#include <string.h>

#include "base/base.h"
#include "script/probe.h"

static const struct api_module *const MODULES[] = {
    &API_CODEC,        &API_JSON,   &API_TEXT,    &API_CLOCK,   &API_DIGEST,  &API_SCRIPT,
    &API_WORKER_CALLS, &API_FILE,   &API_CSV,     &API_STORE,   &API_PROCESS, &API_STATE,
    &API_ENCODE,       &API_NET,    &API_LETTERS, &API_ADDRESS, &API_SOCKET,  &API_SHEET,
#ifdef DUBAN_TEST
    &API_PROBE,        &API_OUTBOX,
#endif
};

bool api_push(lua_State *L, const char *name, enum api_place place)
{
    for (size_t i = 0; i < COUNT_OF(MODULES); i++) {
        const struct api_module *module = MODULES[i];

        if (strcmp(module->name, name) == 0 &&
            (module->place == API_EVERYWHERE || module->place == place)) {
            lua_newtable(L);
            luaL_setfuncs(L, module->functions, 0);
            if (module->prepare) {
                module->prepare(L);
            }
            return true;
        }
    }
    return false;
}

static int l_open_trusted(lua_State *L)
{
    if (!api_push(L, luaL_checkstring(L, 1), API_TRUSTED)) {
        return luaL_error(L, "no raw module of that name");
    }
    return 1;
}

void api_preload(lua_State *L)
{
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
    for (size_t i = 0; i < COUNT_OF(MODULES); i++) {
        if (MODULES[i]->place != API_WORKER) {
            lua_pushcfunction(L, l_open_trusted);
            lua_setfield(L, -2, MODULES[i]->name);
        }
    }
    lua_pop(L, 1);
}
