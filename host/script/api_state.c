/* raw.state: what the sweep over failing allocations needs of the trusted interpreter. */
#include "script/api.h"
#include "script/bind.h"
#include "script/state.h"

/* fail(nth): that allocation from now on fails once, 0 for none; returns whether the last one asked
 * for did. */
static int l_fail(lua_State *L)
{
    lua_Integer nth = luaL_checkinteger(L, 1);
    bool has_failed;

    luaL_argcheck(L, nth >= 0, 1, "a count is not negative");
    has_failed = state_fail_nth(state_of(L), 0);
    lua_pushboolean(L, has_failed);
    (void)state_fail_nth(state_of(L), (size_t)nth);
    return 1;
}

static int l_used(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)state_used(state_of(L)));
    return 1;
}

static const struct luaL_Reg FUNCTIONS[] = {{"fail", l_fail}, {"used", l_used}, {NULL, NULL}};

const struct api_module API_STATE = {"raw.state", FUNCTIONS, API_TRUSTED, NULL};
