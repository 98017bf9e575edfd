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
#define LINGER_US 400 /* the same after an answer, when the request came as soon after the last */
#define SECOND_LINE ((size_t)512 * 1024 * 1024) /* address space beyond twice the memory limit */

const struct worker_limits WORKER_RULE = {
    .cpu_ms = 200, .wall_ms = 1000, .memory = (size_t)32 << 20, .output = PIPE_FRAME_MAX};
const struct worker_limits WORKER_JOB = {
    .cpu_ms = 30000, .wall_ms = 60000, .memory = (size_t)128 << 20, .output = (size_t)1 << 20};

/* Looks for a request for a while, since waking up takes longer than a small answer does. */
static void look_out(int fd, int64_t micros)
{
    int64_t until = clock_micros() + micros;
    struct pollfd one = {.fd = fd, .events = POLLIN};

    while (poll(&one, 1, 0) == 0 && clock_micros() < until) {
        sched_yield(); /* the keeper may wait for this very processor */
    }
}

void worker_run(struct service *service, const struct worker_limits *limits, int fd, bool is_loose)
{
    struct guard_limits inner = {limits->cpu_ms, limits->memory, limits->output};
    struct err err = {0};
    int64_t answered = 0;
    struct buf request;
    struct buf reply;

    buf_init(&request, PIPE_FRAME_MAX);
    buf_init(&reply, PIPE_FRAME_MAX);
    service_limit(service, &inner, CONFINE_FD);
    if (!confine_now(fd, limits->memory * 2 + SECOND_LINE, is_loose, &err)) {
        service_refuse(service, err.text);
    }
    while (pipe_receive(CONFINE_FD, &request, PIPE_FRAME_MAX, 0, &err)) {
        bool is_hurried = clock_micros() - answered < LINGER_US;

        if (request.length == 0) { /* somebody is about to ask */
            look_out(CONFINE_FD, ROUSED_US);
            continue;
        }
        service_answer(service, request.bytes, request.length, &reply);
        if (!pipe_send(CONFINE_FD, reply.bytes, reply.length, 0, &err)) {
            break;
        }
        service_rest(service); /* while the keeper writes down what we answered */
        answered = clock_micros();
        if (is_hurried) {
            look_out(CONFINE_FD, LINGER_US);
        }
    }
    _exit(0); /* without closing the Lua state: no finalizer runs outside the limits */
}
