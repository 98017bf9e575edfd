/* The courier's loop: all that the pipe holds is read, all that may begins, all that ended is
   judged, and what there is to tell is written in one piece. */
#include "net/courier.h"

#include "base/crash.h"
#include "net/courier_parts.h"

#define TIDY_MS INT64_C(1000) /* while jobs wait, whose deadline may pass */
#define REST_MS INT64_C(10000)
#define WAITING_MAX 4096

static bool take_jobs(struct courier *courier, struct err *err)
{
    struct codec_in in;
    struct err why = {0};

    while (wire_next(&courier->wire, &in, &why)) {
        struct wire_job wire;
        struct job *job;
        enum wire_op op;

        if (!wire_get_job(&in, &op, &wire, err)) {
            return false;
        }
        if (op == WIRE_STOP) {
            wire_job_clear(&wire);
            courier->is_stopping = true;
            continue;
        }
        job = job_new();
        job->wire = wire;
        job->channel = channel_of(courier, &wire);
        job->wire.conf = NULL; /* the channel has it; the frame goes */
        channel_put(courier, job, false);
        crash_point("courier.taken");
    }
    if (why.kind == ERR_NONE && courier->waiting > WAITING_MAX) {
        err_set(&why, ERR_INVALID, "too many jobs at once");
    }
    if (why.kind != ERR_NONE) {
        *err = why;
        return false;
    }
    return true;
}

static void drop_waiting(struct courier *courier, struct channel *channel)
{
    struct job *job;

    while ((job = channel_take(courier, channel))) {
        job_tell_unsent(courier, job, "");
    }
}

static void start_jobs(struct courier *courier)
{
    for (struct channel *channel = courier->channels; channel; channel = channel->next) {
        if (courier->is_stopping) {
            drop_waiting(courier, channel);
        }
        job_drop_late(courier, channel);
        while (channel->first && job_start_next(courier, channel)) {
        }
    }
}

static void finish_jobs(struct courier *courier)
{
    struct fetch_end end;

    while (fetch_next(courier->fetch, &end)) {
        job_finish(courier, &end);
        fetch_release(courier->fetch);
    }
}

/* The pipe's other end is gone when err is ERR_MISSING: nobody would hear what else happens. */
static bool serve(struct courier *courier, struct err *err)
{
    while (!courier->is_stopping || fetch_running(courier->fetch) ||
           wire_is_behind(&courier->wire)) {
        int64_t wait = courier->waiting ? TIDY_MS : courier->channels ? REST_MS : -1;
        bool is_ready =
            fetch_turn(courier->fetch, courier->wire.fd, wire_is_behind(&courier->wire), wait);

        if (is_ready && (!wire_fill(&courier->wire, err) || !take_jobs(courier, err))) {
            return false;
        }
        finish_jobs(courier);
        start_jobs(courier);
        if (!wire_flush(&courier->wire, err)) {
            return false;
        }
        channels_tidy(courier, false);
    }
    return true;
}

bool courier_run(int fd, const struct secret_environment *environment, struct err *err)
{
    struct courier courier = {.environment = environment};
    struct fetch_end end;
    struct err why = {0};
    bool ok;

    if (!fetch_open(&courier.fetch, err)) {
        return false;
    }
    wire_init(&courier.wire, fd);
    wire_put_ready(&courier.wire);
    ok = serve(&courier, &why) || why.kind == ERR_MISSING;
    if (!ok) {
        *err = why;
    }
    /* What still runs is cut: its keeper is gone, and the lease brings the rows back. */
    fetch_cut(courier.fetch);
    while (fetch_next(courier.fetch, &end)) {
        job_drop(&courier, end.owner);
        fetch_release(courier.fetch);
    }
    channels_tidy(&courier, true);
    fetch_close(courier.fetch);
    wire_clear(&courier.wire);
    return ok;
}
