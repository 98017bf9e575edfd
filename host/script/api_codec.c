/* raw.codec: values to the one binary form and back. */
#include "base/pipe.h"
#include "script/api.h"
#include "script/bind.h"
#include "script/convert.h"

/* The buffer of encode is made once and kept: making one for each snapshot would cost more than the
 * encoding. */
static int l_encode(lua_State *L)
{
    struct buf *bytes = lua_touserdata(L, lua_upvalueindex(1));
    struct err err = {0};

    luaL_checkany(L, 1);
    buf_reset(bytes);
    if (!convert_encode(L, 1, bytes, &err)) {
        return luaL_error(L, "%s", err.text);
    }
    lua_pushlstring(L, buf_text(bytes), bytes->length);
    return 1;
}

static int l_decode(lua_State *L)
{
    struct err err = {0};
    size_t length;
    const char *bytes = luaL_checklstring(L, 1, &length);

    return convert_decode(L, bytes, length, &err) ? 1 : bind_fail(L, &err);
}

static void prepare(lua_State *L)
{
    bind_bytes(L, PIPE_FRAME_MAX);
    lua_pushcclosure(L, l_encode, 1);
    lua_setfield(L, -2, "encode");
}

static const struct luaL_Reg FUNCTIONS[] = {
    {"decode", l_decode}, {"encode", l_encode}, {NULL, NULL}};

const struct api_module API_CODEC = {"raw.codec", FUNCTIONS, API_EVERYWHERE, prepare};
