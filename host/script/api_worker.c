/* raw.worker: how a worker's library talks to the keeper while a script runs. */
#include "base/clock.h"
#include "base/pipe.h"
#include "script/api.h"
#include "script/bind.h"
#include "script/convert.h"
#include "script/guard.h"
#include "script/state.h"

static struct guard *guard_of(lua_State *L)
{
    struct guard *guard = state_guard(state_of(L));

    if (!guard) {
        luaL_error(L, "only a worker can do this");
    }
    return guard;
}

/* Writes the value at index 1 as a frame; the ceiling is what one frame may hold. The guard pauses
   only once nothing can raise any more: a script that catches the error must still be watched.
   Gives back what guard_resume needs. */
static int send_value(lua_State *L, struct guard *guard)
{
    struct buf *bytes = bind_bytes(L, guard_output(guard));
    struct err err = {0};
    int was;

    if (!convert_encode(L, 1, bytes, &err)) {
        if (bytes->is_over) {
            guard_stop(guard, "output", L, NULL);
        }
        luaL_error(L, "%s", err.text);
    }
    guard_spend(guard, bytes->length, L);
    was = guard_pause(guard);
    if (!pipe_send(guard_fd(guard), bytes->bytes, bytes->length, 0, &err)) {
        guard_leave();
    }
    bind_empty(bytes);
    return was;
}

/* call(request): sends it and waits for the reply. */
static int l_call(lua_State *L)
{
    struct guard *guard = guard_of(L);
    struct err err = {0};
    struct buf *reply;
    int was;

    luaL_checktype(L, 1, LUA_TTABLE);
    reply = bind_bytes(L, PIPE_FRAME_MAX);
    was = send_value(L, guard);
    if (!pipe_receive(guard_fd(guard), reply, PIPE_FRAME_MAX, 0, &err)) {
        guard_leave();
    }
    guard_resume(guard, was); /* decoding may raise */
    if (!convert_decode(L, reply->bytes, reply->length, &err)) {
        return luaL_error(L, "%s", err.text);
    }
    bind_empty(reply);
    return 1;
}

/* out(frame): sends it without waiting. */
static int l_out(lua_State *L)
{
    struct guard *guard = guard_of(L);

    luaL_checktype(L, 1, LUA_TTABLE);
    guard_resume(guard, send_value(L, guard));
    return 0;
}

/* item(): the next item of a batch begins, with a whole budget of time. */
static int l_item(lua_State *L)
{
    guard_begin(guard_of(L));
    return 0;
}

static const struct luaL_Reg FUNCTIONS[] = {
    {"call", l_call}, {"item", l_item}, {"out", l_out}, {NULL, NULL}};

const struct api_module API_WORKER_CALLS = {"raw.worker", FUNCTIONS, API_WORKER, NULL};
