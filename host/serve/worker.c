/* The loop is short because everything it leans on ends the process: a request that breaks a limit
   never comes back here, and a keeper that is gone closes the pipe. */
#include "serve/worker.h"

#include <poll.h>
#include <sched.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/pipe.h"
#include "script/confine.h"
#include "script/service.h"

#define ROUSED_US 200 /* how long a roused worker looks out before it sleeps again */
#define SECOND_LINE ((size_t)512 * 1024 * 1024) /* address space beyond twice the memory limit */

const struct worker_limits WORKER_RULE = {
    .cpu_ms = 200, .wall_ms = 1000, .memory = (size_t)32 << 20, .output = PIPE_FRAME_MAX};
const struct worker_limits WORKER_JOB = {
    .cpu_ms = 30000, .wall_ms = 60000, .memory = (size_t)128 << 20, .output = (size_t)1 << 20};

/* Somebody is about to ask: waking up now takes less time than waking up then. */
static void look_out(int fd)
{
    int64_t until = clock_micros() + ROUSED_US;
    struct pollfd one = {.fd = fd, .events = POLLIN};

    while (poll(&one, 1, 0) == 0 && clock_micros() < until) {
        sched_yield(); /* the keeper may wait for this very processor */
    }
}

void worker_run(struct service *service, const struct worker_limits *limits, int fd, bool is_loose)
{
    struct guard_limits inner = {limits->cpu_ms, limits->memory, limits->output};
    struct err err = {0};
    struct buf request;
    struct buf reply;

    buf_init(&request, PIPE_FRAME_MAX);
    buf_init(&reply, PIPE_FRAME_MAX);
    service_limit(service, &inner, CONFINE_FD);
    if (!confine_now(fd, limits->memory * 2 + SECOND_LINE, is_loose, &err)) {
        service_refuse(service, err.text);
    }
    while (pipe_receive(CONFINE_FD, &request, PIPE_FRAME_MAX, 0, &err)) {
        if (request.length == 0) {
            look_out(CONFINE_FD);
            continue;
        }
        service_answer(service, request.bytes, request.length, &reply);
        if (!pipe_send(CONFINE_FD, reply.bytes, reply.length, 0, &err)) {
            break;
        }
        service_rest(service); /* while the keeper writes down what we answered */
    }
    _exit(0); /* without closing the Lua state: no finalizer runs outside the limits */
}
