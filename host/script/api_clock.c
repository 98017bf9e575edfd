/* raw.clock: the time, and days of UTC+08:00. */
#include "base/clock.h"
#include "script/api.h"
#include "script/bind.h"

static int l_now(lua_State *L)
{
    lua_pushinteger(L, clock_now());
    return 1;
}

static int l_steady(lua_State *L)
{
    lua_pushinteger(L, clock_steady());
    return 1;
}

static int l_micros(lua_State *L)
{
    lua_pushinteger(L, clock_micros());
    return 1;
}

static int l_day(lua_State *L)
{
    lua_pushinteger(L, clock_day(luaL_checkinteger(L, 1)));
    return 1;
}

static int l_day_start(lua_State *L)
{
    lua_pushinteger(L, clock_day_start(luaL_checkinteger(L, 1)));
    return 1;
}

static int l_parse_day(lua_State *L)
{
    struct err err = {0};
    int64_t day;

    if (!clock_parse_day(luaL_checkstring(L, 1), &day, &err)) {
        return bind_fail(L, &err);
    }
    lua_pushinteger(L, day);
    return 1;
}

static int l_parse_instant(lua_State *L)
{
    struct err err = {0};
    int64_t instant;

    if (!clock_parse_instant(luaL_checkstring(L, 1), &instant, &err)) {
        return bind_fail(L, &err);
    }
    lua_pushinteger(L, instant);
    return 1;
}

static int l_format_day(lua_State *L)
{
    char text[12];

    clock_format_day(luaL_checkinteger(L, 1), text);
    lua_pushstring(L, text);
    return 1;
}

static int l_format_instant(lua_State *L)
{
    char text[24];

    clock_format_instant(luaL_checkinteger(L, 1), text);
    lua_pushstring(L, text);
    return 1;
}

static const struct luaL_Reg FUNCTIONS[] = {{"day", l_day},
                                            {"day_start", l_day_start},
                                            {"format_day", l_format_day},
                                            {"format_instant", l_format_instant},
                                            {"micros", l_micros},
                                            {"now", l_now},
                                            {"parse_day", l_parse_day},
                                            {"parse_instant", l_parse_instant},
                                            {"steady", l_steady},
                                            {NULL, NULL}};

const struct api_module API_CLOCK = {"raw.clock", FUNCTIONS, API_EVERYWHERE, NULL};
