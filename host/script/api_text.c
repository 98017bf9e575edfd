/* raw.text: UTF-8, width, names as they are compared, secrecy marks. */
#include <string.h>

#include "base/mem.h"
#include "base/pinyin.h"
#include "base/text.h"
#include "script/api.h"
#include "script/bind.h"

static int l_is_utf8(lua_State *L)
{
    size_t length;
    const char *bytes = luaL_checklstring(L, 1, &length);

    lua_pushboolean(L, text_is_utf8(bytes, length));
    return 1;
}

static int l_width(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)text_width(luaL_checkstring(L, 1)));
    return 1;
}

static int l_fit(lua_State *L)
{
    const char *text = luaL_checkstring(L, 1);
    lua_Integer width = luaL_checkinteger(L, 2);

    luaL_argcheck(L, width >= 0, 2, "a width is not negative");
    lua_pushlstring(L, text, text_fit(text, (size_t)width));
    return 1;
}

static int l_normal(lua_State *L)
{
    const char *text = luaL_checkstring(L, 1);
    struct loan *loan = bind_loan(L, mem_free);

    loan->thing = text_normal(text);
    lua_pushstring(L, loan->thing);
    bind_return(loan);
    return 1;
}

static int l_is_classified(lua_State *L)
{
    lua_pushboolean(L, text_is_classified(luaL_checkstring(L, 1)));
    return 1;
}

static int l_initials(lua_State *L)
{
    lua_pushinteger(L, pinyin_fit(luaL_checkstring(L, 1), luaL_checkstring(L, 2)));
    return 1;
}

static int l_is_zh(lua_State *L)
{
    lua_pushboolean(L, text_is_zh());
    return 1;
}

static const struct luaL_Reg FUNCTIONS[] = {{"fit", l_fit},
                                            {"initials", l_initials},
                                            {"is_classified", l_is_classified},
                                            {"is_utf8", l_is_utf8},
                                            {"is_zh", l_is_zh},
                                            {"normal", l_normal},
                                            {"width", l_width},
                                            {NULL, NULL}};

const struct api_module API_TEXT = {"raw.text", FUNCTIONS, API_EVERYWHERE, NULL};
