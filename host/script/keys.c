/* Decisions must come out the same on every run, and Lua's own order of keys depends on addresses
   and on a seed; hence one order, used by the codec and by pairs. */
#include "script/keys.h"

#include <string.h>

#include <lauxlib.h>
#include <lua.h>

#define NEAR 48 /* keys sorted without asking Lua for memory */

static uint64_t prefix_of(const char *text, size_t length)
{
    uint64_t prefix = 0;
    size_t taken = length < 8 ? length : 8;

    if (length >= 8) {
        unsigned char first[8];

        memcpy(first, text, 8);
        return (uint64_t)first[0] << 56 | (uint64_t)first[1] << 48 | (uint64_t)first[2] << 40 |
               (uint64_t)first[3] << 32 | (uint64_t)first[4] << 24 | (uint64_t)first[5] << 16 |
               (uint64_t)first[6] << 8 | (uint64_t)first[7];
    }
    for (size_t i = 0; i < taken; i++) {
        prefix |= (uint64_t)(unsigned char)text[i] << (56 - 8 * i);
    }
    return prefix;
}

bool key_read(struct lua_State *L, int index, struct key *key)
{
    if (lua_type(L, index) == LUA_TSTRING) {
        key->text = lua_tolstring(L, index, &key->length);
        key->prefix = prefix_of(key->text, key->length);
        return true;
    }
    key->text = NULL;
    if (lua_isinteger(L, index)) {
        key->number = lua_tointeger(L, index);
        return true;
    }
    return false;
}

static int compare(const struct key *a, const struct key *b)
{
    int order;

    if (!a->text || !b->text) {
        if (a->text || b->text) {
            return a->text ? 1 : -1;
        }
        return a->number < b->number ? -1 : a->number > b->number;
    }
    if (a->prefix != b->prefix) {
        return a->prefix < b->prefix ? -1 : 1;
    }
    order = memcmp(a->text, b->text, a->length < b->length ? a->length : b->length);
    return order ? order : a->length < b->length ? -1 : a->length > b->length;
}

/* Lets the key at `at` sink below its larger children, among the first count. */
static void sink(struct key *keys, size_t at, size_t count)
{
    struct key moving = keys[at];

    for (size_t child = 2 * at + 1; child < count; child = 2 * at + 1) {
        if (child + 1 < count && compare(&keys[child], &keys[child + 1]) < 0) {
            child++;
        }
        if (compare(&moving, &keys[child]) >= 0) {
            break;
        }
        keys[at] = keys[child];
        at = child;
    }
    keys[at] = moving;
}

/* A heap sort, because the C library's qsort asks the system for memory sizes, which kills a
 * confined worker. */
static void sort_many(struct key *keys, size_t count)
{
    for (size_t at = count / 2; at-- > 0;) {
        sink(keys, at, count);
    }
    for (size_t left = count; left-- > 1;) {
        struct key largest = keys[0];

        keys[0] = keys[left];
        keys[left] = largest;
        sink(keys, 0, left);
    }
}

void keys_sort(struct key *keys, size_t count)
{
    if (count > NEAR) {
        sort_many(keys, count);
        return;
    }
    for (size_t i = 1; i < count; i++) {
        struct key moving = keys[i];
        size_t at = i;

        while (at > 0 && compare(&keys[at - 1], &moving) > 0) {
            keys[at] = keys[at - 1];
            at--;
        }
        keys[at] = moving;
    }
}

void key_push(struct lua_State *L, const struct key *key)
{
    if (key->text) {
        lua_pushlstring(L, key->text, key->length);
    } else {
        lua_pushinteger(L, key->number);
    }
}

static size_t count_keys(lua_State *L, int index)
{
    size_t count = 0;

    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        count++;
    }
    return count;
}

/* Appends what is neither integer nor string to the list on top: floats ascending, false, true, one
 * other. */
static void add_rest(lua_State *L, int index, lua_Integer at)
{
    int list = lua_gettop(L);
    bool has_other = false;
    lua_Integer floats = at;

    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        lua_Integer to = at;

        if (lua_type(L, -2) != LUA_TNUMBER || lua_isinteger(L, -2)) {
            continue;
        }
        lua_pushvalue(L, -2);
        for (; to > floats; to--) {
            lua_rawgeti(L, list, to); /* … key value key before */
            if (lua_tonumber(L, -1) < lua_tonumber(L, -2)) {
                lua_pop(L, 1);
                break;
            }
            lua_rawseti(L, list, to + 1);
        }
        lua_rawseti(L, list, to + 1);
        at++;
    }
    for (int is_true = 0; is_true < 2; is_true++) {
        lua_pushboolean(L, is_true);
        if (lua_rawget(L, index) != LUA_TNIL) {
            lua_pushboolean(L, is_true);
            lua_rawseti(L, list, ++at);
        }
        lua_pop(L, 1);
    }
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        int type = lua_type(L, -2);

        if (type == LUA_TSTRING || type == LUA_TNUMBER || type == LUA_TBOOLEAN) {
            continue;
        }
        if (has_other) {
            luaL_error(L, "pairs: keys of type %s have no order", lua_typename(L, type));
        }
        has_other = true;
        lua_pushvalue(L, -2);
        lua_rawseti(L, list, ++at);
    }
}

size_t keys_push_all(struct lua_State *L, int index)
{
    struct key near[NEAR];
    struct key *keys = near;
    size_t total;
    size_t known = 0;

    index = lua_absindex(L, index);
    luaL_checkstack(L, 8, "keys of a table");
    total = count_keys(L, index);
    if (total > NEAR) {
        keys = lua_newuserdatauv(L, total * sizeof *keys, 0);
    } else {
        lua_pushnil(L); /* the same picture either way: … keys list */
    }
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        known += key_read(L, -2, &keys[known]);
    }
    keys_sort(keys, known);
    lua_createtable(L, (int)total, 0);
    for (size_t i = 0; i < known; i++) {
        key_push(L, &keys[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    if (known < total) {
        add_rest(L, index, (lua_Integer)known);
    }
    lua_remove(L, -2);
    return total;
}
