/* A snapshot crosses this file twice for every decision, so maps of ordinary size are sorted on the
   C stack with their keys and values left on Lua's, and nothing is looked up again. */
#include "script/convert.h"

#include <math.h>
#include <string.h>

#include <lauxlib.h>
#include <lua.h>

#include "base/codec.h"
#include "script/keys.h"

#define NEAR 48 /* pairs of a map that are kept on the Lua stack */

/* Most values are short: one byte of tag, one of length or number. These write them in place, and
   leave the rest to the codec. */
static bool put_short(struct buf *out, enum codec_tag tag, uint64_t number)
{
    if (number >= 0x80 || out->room < out->length + 4 || out->is_over || out->ceiling < out->room) {
        return false;
    }
    out->bytes[out->length++] = (char)tag;
    out->bytes[out->length++] = (char)number;
    out->bytes[out->length] = '\0';
    return true;
}

static void put_integer(struct buf *out, int64_t number)
{
    uint64_t bits = (uint64_t)number;

    if (!put_short(out, CODEC_INT, bits << 1 ^ (number < 0 ? UINT64_MAX : 0))) {
        codec_put_int(out, number);
    }
}

static void put_text(struct buf *out, const char *text, size_t length)
{
    if (out->room < out->length + length + 4 || !put_short(out, CODEC_STRING, length)) {
        codec_put_string(out, text, length);
        return;
    }
    memcpy(out->bytes + out->length, text, length);
    out->length += length;
    out->bytes[out->length] = '\0';
}

static bool put(lua_State *L, int index, struct buf *out, int depth, struct err *err);

static bool put_number(lua_State *L, int index, struct buf *out, struct err *err)
{
    lua_Number number;

    if (lua_isinteger(L, index)) {
        put_integer(out, lua_tointeger(L, index));
        return true;
    }
    number = lua_tonumber(L, index);
    if (isnan(number)) {
        err_set(err, ERR_INVALID, "a number that is not a number (NaN) cannot be stored");
        return false;
    }
    codec_put_float(out, number);
    return true;
}

static bool put_list(lua_State *L, int index, struct buf *out, int depth, struct err *err)
{
    lua_Integer count = (lua_Integer)lua_rawlen(L, index);

    codec_put_list(out, (size_t)count);
    for (lua_Integer i = 1; i <= count; i++) {
        bool is_good;

        lua_rawgeti(L, index, i);
        is_good = put(L, lua_gettop(L), out, depth, err);
        lua_pop(L, 1);
        if (!is_good) {
            return false;
        }
    }
    return true;
}

static bool refuse_key(lua_State *L, int index, struct err *err)
{
    err_set(err, ERR_INVALID, "a key of a table must be text or an integer, not a %s",
            luaL_typename(L, index));
    return false;
}

static bool put_key(const struct key *key, struct buf *out)
{
    if (key->text) {
        put_text(out, key->text, key->length);
    } else {
        put_integer(out, key->number);
    }
    return !out->is_over;
}

/* count pairs lie on the stack from slot first: key value key value … */
static bool put_near(lua_State *L, int first, size_t count, struct buf *out, int depth,
                     struct err *err)
{
    struct key keys[NEAR];

    for (size_t i = 0; i < count; i++) {
        keys[i].slot = first + 2 * (int)i;
        if (!key_read(L, keys[i].slot, &keys[i])) {
            return refuse_key(L, keys[i].slot, err);
        }
    }
    keys_sort(keys, count);
    codec_put_map(out, count);
    for (size_t i = 0; i < count; i++) {
        if (!put_key(&keys[i], out) || !put(L, keys[i].slot + 1, out, depth, err)) {
            return false;
        }
    }
    return true;
}

static bool put_far(lua_State *L, int index, struct buf *out, int depth, struct err *err)
{
    size_t count = 0;
    size_t at = 0;
    struct key *keys;

    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        count++;
    }
    keys = lua_newuserdatauv(L, count * sizeof *keys, 0);
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        if (!key_read(L, -2, &keys[at++])) {
            return refuse_key(L, -2, err);
        }
    }
    keys_sort(keys, count);
    codec_put_map(out, count);
    for (at = 0; at < count; at++) {
        bool is_good;

        key_push(L, &keys[at]);
        lua_rawget(L, index);
        is_good = put_key(&keys[at], out) && put(L, lua_gettop(L), out, depth, err);
        lua_pop(L, 1);
        if (!is_good) {
            return false;
        }
    }
    return true;
}

/* Walks once: pushes the pairs as long as they are near, and finds out whether the keys are 1..n.
 */
static bool put_table(lua_State *L, int index, struct buf *out, int depth, struct err *err)
{
    lua_Integer length = (lua_Integer)lua_rawlen(L, index);
    lua_Integer listed = 0; /* keys within 1..length */
    int top = lua_gettop(L);
    size_t count = 0;
    bool is_good;

    if (depth >= CODEC_DEPTH) {
        err_set(err, ERR_INVALID, "tables inside tables deeper than %d levels", CODEC_DEPTH);
        return false;
    }
    luaL_checkstack(L, 2 * NEAR + 10, "a table");
    lua_pushnil(L);
    while (lua_next(L, index)) {
        count++;
        if (length > 0 && lua_isinteger(L, -2)) {
            lua_Integer key = lua_tointeger(L, -2);

            listed += key >= 1 && key <= length;
        }
        if (count > NEAR || listed == (lua_Integer)count) {
            lua_pop(L, 1); /* too many to keep, or still a list, which is read by position */
        } else {
            lua_pushvalue(L, -2);
        }
    }
    if (listed == (lua_Integer)count) {
        lua_settop(L, top);
        return put_list(L, index, out, depth + 1, err);
    }
    if (count > NEAR || lua_gettop(L) - top != 2 * (int)count) {
        lua_settop(L, top);
        is_good = put_far(L, index, out, depth + 1, err);
    } else {
        is_good = put_near(L, top + 1, count, out, depth + 1, err);
    }
    lua_settop(L, top);
    return is_good;
}

static bool put(lua_State *L, int index, struct buf *out, int depth, struct err *err)
{
    size_t length;
    const char *text;
    bool is_good = true;

    switch (lua_type(L, index)) {
    case LUA_TNIL:
        codec_put_nil(out);
        break;
    case LUA_TBOOLEAN:
        codec_put_bool(out, lua_toboolean(L, index));
        break;
    case LUA_TNUMBER:
        is_good = put_number(L, index, out, err);
        break;
    case LUA_TSTRING:
        text = lua_tolstring(L, index, &length);
        put_text(out, text, length);
        break;
    case LUA_TTABLE:
        is_good = put_table(L, index, out, depth, err);
        break;
    default:
        err_set(err, ERR_INVALID, "a %s cannot be stored", luaL_typename(L, index));
        return false;
    }
    if (is_good && out->is_over) {
        err_set(err, ERR_INVALID, "the value is larger than %zu bytes", out->ceiling);
        return false;
    }
    return is_good;
}

bool convert_encode(struct lua_State *L, int index, struct buf *out, struct err *err)
{
    int top = lua_gettop(L);
    bool is_good;

    is_good = put(L, lua_absindex(L, index), out, 0, err);
    if (!is_good && out->is_over) {
        err_set(err, ERR_INVALID, "the value is larger than %zu bytes", out->ceiling);
    }
    lua_settop(L, top);
    return is_good;
}

/* The payload of one byte behind the next tag, without leaving this file; -1 when it is longer or
 * missing. */
static int take_short(struct codec_in *in)
{
    if (in->is_broken || in->end - in->at < 2 || in->at[1] >= 0x80) {
        return -1;
    }
    in->at += 2;
    return in->at[-1];
}

static bool take_integer(struct codec_in *in, int64_t *out)
{
    int bits = codec_peek(in) == CODEC_INT ? take_short(in) : -1;

    if (bits < 0) {
        return codec_get_int(in, out);
    }
    *out = (bits >> 1) ^ -(bits & 1);
    return true;
}

static bool take_text(struct codec_in *in, const char **text, size_t *length)
{
    if (in->end - in->at < 2 || in->at[1] >= 0x80 || in->at[1] > in->end - in->at - 2) {
        return codec_get_string(in, text, length);
    }
    *length = in->at[1];
    *text = (const char *)in->at + 2;
    in->at += 2 + *length;
    return true;
}

static bool take(lua_State *L, struct codec_in *in, int depth);

static bool take_list(lua_State *L, struct codec_in *in, int depth)
{
    size_t count;

    if (!codec_get_list(in, &count) || count > INT32_MAX) {
        return false;
    }
    lua_createtable(L, (int)count, 0);
    for (size_t i = 1; i <= count; i++) {
        if (!take(L, in, depth)) {
            return false;
        }
        lua_rawseti(L, -2, (lua_Integer)i);
    }
    return true;
}

/* Is the key after the one before? The order is part of the format: one value, one form. */
static bool is_after(const struct key *before, const struct key *key)
{
    size_t shorter;
    int order;

    if (!before->text || !key->text) {
        return key->text || (!before->text && before->number < key->number);
    }
    shorter = before->length < key->length ? before->length : key->length;
    order = memcmp(before->text, key->text, shorter);
    return order < 0 || (order == 0 && before->length < key->length);
}

static bool take_key(lua_State *L, struct codec_in *in, struct key *key)
{
    key->text = NULL;
    if (codec_peek(in) != CODEC_STRING) {
        if (!take_integer(in, &key->number)) {
            return false;
        }
        lua_pushinteger(L, key->number);
        return true;
    }
    if (!take_text(in, &key->text, &key->length)) {
        return false;
    }
    lua_pushlstring(L, key->text, key->length);
    return true;
}

static bool take_map(lua_State *L, struct codec_in *in, int depth)
{
    struct key before = {0};
    size_t count;

    if (!codec_get_map(in, &count) || count > INT32_MAX) {
        return false;
    }
    lua_createtable(L, 0, (int)count);
    for (size_t i = 0; i < count; i++) {
        struct key key = {0};

        if (!take_key(L, in, &key) || (i > 0 && !is_after(&before, &key)) || !take(L, in, depth)) {
            return false;
        }
        lua_rawset(L, -3);
        before = key;
    }
    return true;
}

/* Pushes the next value; on failure the stack holds some halves, which convert_decode drops. */
static bool take(lua_State *L, struct codec_in *in, int depth)
{
    const char *text;
    size_t length;
    int64_t number;
    double real;
    bool is_true;

    switch (codec_peek(in)) {
    case CODEC_NIL:
        lua_pushnil(L);
        return codec_get_nil(in);
    case CODEC_FALSE:
    case CODEC_TRUE:
        if (!codec_get_bool(in, &is_true)) {
            return false;
        }
        lua_pushboolean(L, is_true);
        return true;
    case CODEC_INT:
        if (!take_integer(in, &number)) {
            return false;
        }
        lua_pushinteger(L, number);
        return true;
    case CODEC_FLOAT:
        if (!codec_get_float(in, &real)) {
            return false;
        }
        lua_pushnumber(L, real);
        return true;
    case CODEC_STRING:
        if (!take_text(in, &text, &length)) {
            return false;
        }
        lua_pushlstring(L, text, length);
        return true;
    case CODEC_LIST:
    case CODEC_MAP:
        if (depth >= CODEC_DEPTH) {
            return false;
        }
        luaL_checkstack(L, 8, "a value");
        return codec_peek(in) == CODEC_LIST ? take_list(L, in, depth + 1)
                                            : take_map(L, in, depth + 1);
    }
    return false;
}

bool convert_decode(struct lua_State *L, const void *bytes, size_t length, struct err *err)
{
    int top = lua_gettop(L);
    struct codec_in in;

    luaL_checkstack(L, 8, "a value");
    codec_begin(&in, bytes, length);
    if (!take(L, &in, 0) || !codec_is_done(&in)) {
        lua_settop(L, top);
        err_set(err, ERR_INVALID, "damaged data");
        return false;
    }
    return true;
}
