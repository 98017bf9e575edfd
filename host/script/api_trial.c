/* raw.trial: workers for the project's own specs, in the trusted interpreter only. */
#include "script/trial.h"

#include "base/pipe.h"
#include "script/bind.h"
#include "script/convert.h"

#define HOUSE "duban.trial.house"
#define HAND "duban.trial.hand"
#define WALL_MS 5000

struct house {
    const struct trial_desk *desk;
    void *house;
    int hands; /* at work: the house stays as long as one is */
};

struct hand {
    const struct trial_desk *desk;
    void *hand;
    struct house *house; /* kept alive by the box's user value */
};

/* start(library): the desk is upvalue 1. */
static int l_start(lua_State *L)
{
    struct err err = {0};
    const char *library = luaL_checkstring(L, 1);
    struct house *box = bind_box(L, sizeof *box, HOUSE);

    box->desk = lua_touserdata(L, lua_upvalueindex(1));
    return box->desk->start(library, &box->house, &err) ? 1 : bind_fail(L, &err);
}

static int l_stop(lua_State *L)
{
    struct house *box = luaL_checkudata(L, 1, HOUSE);

    if (box->house && box->hands == 0) {
        box->desk->stop(box->house);
        box->house = NULL;
    }
    return 0;
}

/* house:fork{ cpu_ms=, memory=, output= } */
static int l_fork(lua_State *L)
{
    struct err err = {0};
    struct house *house = luaL_checkudata(L, 1, HOUSE);
    struct trial_limits limits;
    struct hand *box;

    luaL_argcheck(L, house->house, 1, "it was stopped");
    luaL_checktype(L, 2, LUA_TTABLE);
    limits.cpu_ms = bind_option_int(L, 2, "cpu_ms", 200);
    limits.memory = bind_option_int(L, 2, "memory", 32 << 20);
    limits.output = bind_option_int(L, 2, "output", 1 << 20);
    box = bind_box(L, sizeof *box, HAND);
    lua_pushvalue(L, 1);
    lua_setiuservalue(L, -2, 1); /* the house must outlive it */
    box->desk = house->desk;
    if (!box->desk->fork(house->house, &limits, &box->hand, &err)) {
        return bind_fail(L, &err);
    }
    box->house = house;
    house->hands++;
    return 1;
}

static struct hand *hand_at_work(lua_State *L)
{
    struct hand *box = luaL_checkudata(L, 1, HAND);

    luaL_argcheck(L, box->hand, 1, "it was finished");
    return box;
}

/* hand:send(value, wall_ms) */
static int l_send(lua_State *L)
{
    struct err err = {0};
    struct hand *box = hand_at_work(L);
    lua_Integer wall = luaL_optinteger(L, 3, WALL_MS);
    struct buf *bytes;

    luaL_checkany(L, 2);
    bytes = bind_bytes(L, PIPE_FRAME_MAX);
    if (!convert_encode(L, 2, bytes, &err)) {
        return luaL_error(L, "%s", err.text);
    }
    return bind_done(L, box->desk->send(box->hand, bytes, wall, &err), &err);
}

/* hand:receive(wall_ms) gives one value in a list of one, so that nil can be told from failure. */
static int l_receive(lua_State *L)
{
    struct err err = {0};
    struct hand *box = hand_at_work(L);
    lua_Integer wall = luaL_optinteger(L, 2, WALL_MS);
    struct buf *bytes = bind_bytes(L, PIPE_FRAME_MAX);

    lua_createtable(L, 1, 0);
    if (!box->desk->receive(box->hand, bytes, wall, &err) ||
        !convert_decode(L, bytes->bytes, bytes->length, &err)) {
        return bind_fail(L, &err);
    }
    lua_rawseti(L, -2, 1);
    bind_empty(bytes);
    return 1;
}

static int l_pid(lua_State *L)
{
    struct hand *box = hand_at_work(L);

    lua_pushinteger(L, box->desk->pid(box->hand));
    return 1;
}

/* hand:finish() gives { fate, signal, line, kind, text, file }. */
static int l_finish(lua_State *L)
{
    struct hand *box = luaL_checkudata(L, 1, HAND);
    struct trial_end end = {0};

    if (!box->hand) {
        return 0;
    }
    box->desk->finish(box->hand, &end);
    box->hand = NULL;
    box->house->hands--;
    lua_createtable(L, 0, 6);
    lua_pushstring(L, end.fate);
    lua_setfield(L, -2, "fate");
    lua_pushinteger(L, end.signal);
    lua_setfield(L, -2, "signal");
    lua_pushinteger(L, end.line);
    lua_setfield(L, -2, "line");
    lua_pushstring(L, end.kind);
    lua_setfield(L, -2, "kind");
    lua_pushstring(L, end.text);
    lua_setfield(L, -2, "text");
    lua_pushstring(L, end.file);
    lua_setfield(L, -2, "file");
    return 1;
}

static const struct luaL_Reg HOUSE_METHODS[] = {{"fork", l_fork}, {"stop", l_stop}, {NULL, NULL}};
static const struct luaL_Reg HAND_METHODS[] = {
    {"finish", l_finish}, {"pid", l_pid}, {"receive", l_receive}, {"send", l_send}, {NULL, NULL}};

static int l_open_trial(lua_State *L)
{
    bind_type(L, HOUSE, HOUSE_METHODS, l_stop);
    bind_type(L, HAND, HAND_METHODS, l_finish);
    lua_newtable(L);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_pushcclosure(L, l_start, 1);
    lua_setfield(L, -2, "start");
    return 1;
}

void trial_preload(struct lua_State *L, const struct trial_desk *desk)
{
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
    lua_pushlightuserdata(L, (void *)(uintptr_t)desk);
    lua_pushcclosure(L, l_open_trial, 1);
    lua_setfield(L, -2, "raw.trial");
    lua_pop(L, 1);
}
