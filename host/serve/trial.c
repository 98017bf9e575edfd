/* Fits the keeper's view of zygote and workers to the table that raw.trial takes. */
#include "serve/trial.h"

#include <string.h>

#include "base/clock.h"
#include "serve/zygote.h"

static bool trial_start(const char *library, void **house, struct err *err)
{
    const struct zygote_options options = {.library = library};
    struct zygote *zygote;

    if (!zygote_start(&options, &zygote, err)) {
        return false;
    }
    *house = zygote;
    return true;
}

static void trial_stop(void *house)
{
    zygote_stop(house);
}

static bool trial_fork(void *house, const struct trial_limits *limits, void **hand, struct err *err)
{
    const struct worker_limits inner = {.cpu_ms = limits->cpu_ms,
                                        .memory = (size_t)limits->memory,
                                        .output = (size_t)limits->output};
    struct worker_link *link;

    if (!zygote_fork(house, &inner, &link, err)) {
        return false;
    }
    *hand = link;
    return true;
}

static int trial_pid(void *hand)
{
    return worker_pid(hand);
}

static bool trial_send(void *hand, const struct buf *request, int64_t wall_ms, struct err *err)
{
    return worker_send(hand, request, clock_steady() + wall_ms, err);
}

static bool trial_receive(void *hand, struct buf *reply, int64_t wall_ms, struct err *err)
{
    return worker_receive(hand, reply, clock_steady() + wall_ms, err);
}

static void trial_finish(void *hand, struct trial_end *end)
{
    static const char *const FATES[] = {"served", "fault", "outside"};
    struct worker_end how;

    worker_end(hand, &how);
    end->fate = FATES[how.fate];
    end->signal = how.signal;
    end->line = how.line;
    memcpy(end->kind, how.kind, sizeof end->kind);
    memcpy(end->text, how.text, sizeof end->text);
    memcpy(end->file, how.file, sizeof end->file);
}

const struct trial_desk TRIAL_DESK = {
    .start = trial_start,
    .stop = trial_stop,
    .fork = trial_fork,
    .pid = trial_pid,
    .send = trial_send,
    .receive = trial_receive,
    .finish = trial_finish,
};
