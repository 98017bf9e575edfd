/* The loop is short because everything it leans on ends the process: a request that breaks a limit
   never comes back here, and a keeper that is gone closes the pipe. */
#include "serve/worker.h"

#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/pipe.h"
#include "script/confine.h"
#include "script/service.h"

#define SECOND_LINE ((size_t)512 * 1024 * 1024) /* address space beyond twice the memory limit */

const struct worker_limits WORKER_RULE = {
    .cpu_ms = 200, .wall_ms = 1000, .memory = (size_t)32 << 20, .output = PIPE_FRAME_MAX};
const struct worker_limits WORKER_JOB = {
    .cpu_ms = 30000, .wall_ms = 60000, .memory = (size_t)128 << 20, .output = (size_t)1 << 20};

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
        service_answer(service, request.bytes, request.length, &reply);
        if (!pipe_send(CONFINE_FD, reply.bytes, reply.length, 0, &err)) {
            break;
        }
        service_rest(service); /* while the keeper writes down what we answered */
    }
    _exit(0); /* without closing the Lua state: no finalizer runs outside the limits */
}
