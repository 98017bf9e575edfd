/* raw.json: JSON text to values and back, canonical on the way out. Both ways cross the codec's
   form, so there is one converter to trust. */
#include "base/codec.h"
#include "base/json.h"
#include "base/pipe.h"
#include "script/api.h"
#include "script/bind.h"
#include "script/convert.h"

static void free_value(void *value)
{
    value_free(value);
}

static int l_encode(lua_State *L)
{
    struct err err = {0};
    struct buf *bytes;
    struct buf *text;
    struct codec_in in;

    luaL_checkany(L, 1);
    bytes = bind_bytes(L, PIPE_FRAME_MAX);
    text = bind_bytes(L, PIPE_FRAME_MAX);
    if (!convert_encode(L, 1, bytes, &err)) {
        return luaL_error(L, "%s", err.text);
    }
    codec_begin(&in, bytes->bytes, bytes->length);
    if (!codec_get_json(&in, text) || text->is_over) {
        return luaL_error(L, "%s",
                          text->is_over ? "the value is too large" : "a text in it is not UTF-8");
    }
    lua_pushlstring(L, buf_text(text), text->length);
    bind_empty(bytes);
    bind_empty(text);
    return 1;
}

static int l_decode(lua_State *L)
{
    struct err err = {0};
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length);
    struct loan *loan = bind_loan(L, free_value);
    struct buf *bytes = bind_bytes(L, PIPE_FRAME_MAX);
    struct value *value = NULL;

    if (!json_parse(text, length, &value, &err)) {
        return bind_fail(L, &err);
    }
    loan->thing = value;
    codec_put_value(bytes, value);
    bind_return(loan);
    if (bytes->is_over) {
        err_set(&err, ERR_INVALID, "the text is too large");
        return bind_fail(L, &err);
    }
    if (!convert_decode(L, bytes->bytes, bytes->length, &err)) {
        return bind_fail(L, &err);
    }
    bind_empty(bytes);
    return 1;
}

static const struct luaL_Reg FUNCTIONS[] = {
    {"decode", l_decode}, {"encode", l_encode}, {NULL, NULL}};

const struct api_module API_JSON = {"raw.json", FUNCTIONS, API_EVERYWHERE, NULL};
