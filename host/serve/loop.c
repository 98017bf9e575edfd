/* Asking everyone when, sleeping, and giving everyone a turn. After each round all are asked anew,
   because what one does may be work for another. */
#include "serve/loop.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>

#include "base/clock.h"

void loop_add(struct loop *loop, const struct engine *engine)
{
    if (loop->count < LOOP_ENGINES) {
        loop->engines[loop->count++] = *engine;
    }
}

void loop_reload(const struct loop *loop)
{
    for (size_t i = 0; i < loop->count; i++) {
        if (loop->engines[i].reload) {
            loop->engines[i].reload(loop->engines[i].self);
        }
    }
}

static int64_t wake_of(const struct engine *engine)
{
    return engine->wake_at ? engine->wake_at(engine->self) : INT64_MAX;
}

static int rest_of(const struct loop *loop)
{
    int64_t first = INT64_MAX;
    int64_t rest;

    for (size_t i = 0; i < loop->count; i++) {
        int64_t wake = wake_of(&loop->engines[i]);

        first = wake < first ? wake : first;
    }
    if (first == INT64_MAX) {
        return -1;
    }
    rest = first - clock_steady();
    return rest < 0 ? 0 : rest > INT_MAX ? INT_MAX : (int)rest;
}

static struct pollfd poll_of(const struct engine *engine)
{
    bool is_behind = engine->is_behind && engine->is_behind(engine->self);

    return (struct pollfd){.fd = engine->fd ? engine->fd(engine->self) : -1,
                           .events = (short)(POLLIN | (is_behind ? POLLOUT : 0))};
}

bool loop_run(struct loop *loop, struct err *err)
{
    struct pollfd polled[LOOP_ENGINES];

    while (!loop->is_over) {
        for (size_t i = 0; i < loop->count; i++) {
            polled[i] = poll_of(&loop->engines[i]);
        }
        if (poll(polled, (nfds_t)loop->count, rest_of(loop)) < 0 && errno != EINTR) {
            err_set(err, ERR_INTERNAL, "poll: %s", strerror(errno));
            return false;
        }
        for (size_t i = 0; i < loop->count; i++) {
            const struct engine *engine = &loop->engines[i];

            if ((polled[i].revents || wake_of(engine) <= clock_steady()) &&
                !engine->step(engine->self, err)) {
                return false;
            }
        }
    }
    return true;
}
