/* raw.encode: bytes as text that headers, addresses and bodies can carry. */
#include "base/encode.h"

#include "script/api.h"
#include "script/bind.h"

#define TEXT_MAX ((size_t)64 << 20)

static int push_encoded(lua_State *L,
                        void (*encode)(const void *bytes, size_t length, struct buf *out))
{
    size_t length;
    const char *bytes = luaL_checklstring(L, 1, &length);
    struct buf *out = bind_bytes(L, TEXT_MAX);

    encode(bytes, length, out);
    luaL_argcheck(L, !out->is_over, 1, "too long");
    lua_pushlstring(L, buf_text(out), out->length);
    bind_empty(out);
    return 1;
}

static int l_base64(lua_State *L)
{
    return push_encoded(L, encode_base64);
}

static int l_percent(lua_State *L)
{
    return push_encoded(L, encode_percent);
}

static int l_hex(lua_State *L)
{
    return push_encoded(L, encode_hex);
}

static int l_unbase64(lua_State *L)
{
    struct err err = {0};
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length);
    struct buf *out = bind_bytes(L, TEXT_MAX);

    if (!encode_unbase64(text, length, out, &err)) {
        return bind_fail(L, &err);
    }
    lua_pushlstring(L, buf_text(out), out->length);
    bind_empty(out);
    return 1;
}

static const struct luaL_Reg FUNCTIONS[] = {{"base64", l_base64},
                                            {"hex", l_hex},
                                            {"percent", l_percent},
                                            {"unbase64", l_unbase64},
                                            {NULL, NULL}};

const struct api_module API_ENCODE = {"raw.encode", FUNCTIONS, API_TRUSTED, NULL};
