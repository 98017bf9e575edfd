/* One state for the life of a worker. The module is found once; each request is decoded, answered
   and encoded with the clock running, so that nothing of it escapes the limits. */
#include "script/service.h"

#include <lauxlib.h>
#include <lua.h>

#include "base/json.h"
#include "base/mem.h"
#include "script/convert.h"
#include "script/library.h"
#include "script/state.h"

#define MODULE "engine.service"
#define REST_BYTES ((size_t)4 << 20) /* garbage that is worth a collection between requests */
#define ROOM_BYTES ((size_t)8 << 20) /* what a collection during a request waits for */

struct service {
    struct state *state;
    struct guard *guard;
    size_t resting; /* bytes in use after the last collection */
};

bool service_open(const char *library, struct service **out, struct err *err)
{
    struct service *service = mem_new(sizeof *service);
    lua_State *L;
    bool ok = false;

    json_prepare(); /* a worker cannot */
    service->state = state_new();
    L = state_lua(service->state);
    if (!library_load(L, library, err) || !library_require(L, MODULE, err)) {
        goto done;
    }
    if (!lua_istable(L, -1) || lua_getfield(L, -1, "answer") != LUA_TFUNCTION) {
        err_set(err, ERR_INVALID, "%s has no function answer", MODULE);
        goto done;
    }
    lua_replace(L, 1);
    lua_settop(L, 1); /* service.answer stays at 1 */
    lua_gc(L, LUA_GCCOLLECT);
    *out = service;
    service = NULL;
    ok = true;
done:
    service_close(service);
    return ok;
}

void service_close(struct service *service)
{
    if (service) {
        state_free(service->state);
        mem_free(service);
    }
}

/* The collector's pause, in percent of what is in use, that lets ROOM_BYTES of garbage gather. */
static int pause_for(size_t used)
{
    size_t percent = 100 + ROOM_BYTES * 100 / used;

    return percent < 1000 ? (int)percent : 1000;
}

void service_limit(struct service *service, const struct guard_limits *limits, int fd)
{
    lua_State *L = state_lua(service->state);

    service->guard = guard_start(service->state, limits, fd);
    service->resting = state_used(service->state);
    /* The library is most of the heap and never garbage: marking it for every few decisions would
       cost more than the decisions. */
    lua_gc(L, LUA_GCINC, pause_for(service->resting), 200, 0);
}

void service_answer(struct service *service, const void *bytes, size_t length, struct buf *reply)
{
    lua_State *L = state_lua(service->state);
    struct err err = {0};

    buf_reset(reply);
    guard_begin(service->guard);
    lua_pushvalue(L, 1);
    if (!convert_decode(L, bytes, length, &err)) {
        guard_stop(service->guard, "protocol", NULL, err.text);
    }
    if (!script_call(L, 1, 1, &err)) {
        guard_stop(service->guard, "error", NULL, err.text);
    }
    reply->ceiling = guard_output(service->guard);
    if (!convert_encode(L, -1, reply, &err)) {
        guard_stop(service->guard, reply->is_over ? "output" : "error", NULL,
                   reply->is_over ? NULL : err.text);
    }
    lua_settop(L, 1);
    guard_pause(service->guard);
}

void service_refuse(struct service *service, const char *why)
{
    guard_stop(service->guard, "denied", NULL, why);
}

void service_rest(struct service *service)
{
    if (state_used(service->state) > service->resting + REST_BYTES) {
        lua_gc(state_lua(service->state), LUA_GCCOLLECT);
        service->resting = state_used(service->state);
    }
}
