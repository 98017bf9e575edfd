/* Bottom-up merge sort between two scratch tables, so that an order function that contradicts
   itself gives some order and nothing worse, and equal elements keep their places. */
#include "script/sort.h"

#include <stdbool.h>

#include <lauxlib.h>
#include <lua.h>

enum {
    LIST = 1,
    ORDER = 2,
    FROM = 3,
    INTO = 4
};

/* Is the value on top before the one below it? Pops nothing. */
static bool is_before(lua_State *L)
{
    bool answer;

    if (lua_isnil(L, ORDER)) {
        return lua_compare(L, -1, -2, LUA_OPLT);
    }
    lua_pushvalue(L, ORDER);
    lua_pushvalue(L, -2);
    lua_pushvalue(L, -4); /* left right order right left */
    lua_call(L, 2, 1);
    answer = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return answer;
}

/* Merges [start, middle) and [middle, end) of FROM into INTO. */
static void merge(lua_State *L, lua_Integer start, lua_Integer middle, lua_Integer end)
{
    lua_Integer left = start;
    lua_Integer right = middle;

    for (lua_Integer at = start; at < end; at++) {
        bool takes_right = left >= middle;

        if (left < middle && right < end) {
            lua_rawgeti(L, FROM, left);
            lua_rawgeti(L, FROM, right);
            takes_right = is_before(L);
            lua_pop(L, 2);
        }
        lua_rawgeti(L, FROM, takes_right ? right++ : left++);
        lua_rawseti(L, INTO, at);
    }
}

void sort_list(struct lua_State *L)
{
    lua_Integer count = luaL_len(L, LIST);

    luaL_checkstack(L, 10, "sort");
    lua_createtable(L, count < 1000 ? (int)count : 0, 0);
    lua_createtable(L, count < 1000 ? (int)count : 0, 0);
    for (lua_Integer i = 1; i <= count; i++) {
        lua_geti(L, LIST, i);
        lua_rawseti(L, FROM, i);
    }
    for (lua_Integer width = 1; width < count; width *= 2) {
        for (lua_Integer at = 1; at <= count; at += 2 * width) {
            lua_Integer middle = at + width <= count + 1 ? at + width : count + 1;
            lua_Integer end = at + 2 * width <= count + 1 ? at + 2 * width : count + 1;

            merge(L, at, middle, end);
        }
        lua_pushvalue(L, FROM); /* what was written is read next */
        lua_copy(L, INTO, FROM);
        lua_replace(L, INTO);
    }
    for (lua_Integer i = 1; i <= count; i++) {
        lua_rawgeti(L, FROM, i);
        lua_seti(L, LIST, i);
    }
    lua_settop(L, 2);
}
