/* The keeper's side: a zygote that opened nothing and holds the library, the workers it forks, and
   how they ended. Start it before anything else is opened. It dies with the process that started
   it, and its workers with it. */
#ifndef DUBAN_ZYGOTE_H
#define DUBAN_ZYGOTE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "serve/worker.h"

struct zygote;
struct worker_link;

struct zygote_options {
    const char *library; /* the folder that holds scripts/ */
    bool is_loose;       /* a setting of the site allows a kernel without seccomp */
};

/* Forks the zygote and waits until the library is loaded; its reason when it cannot be. */
MUST_USE bool zygote_start(const struct zygote_options *options, struct zygote **out,
                           struct err *err);
/* Ends it and its workers; accepts NULL. End the links first. */
void zygote_stop(struct zygote *zygote);
/* Readable when the zygote is gone while nobody asks it; -1 when that is known already. */
int zygote_fd(const struct zygote *zygote);
/* One fresh worker. ERR_MISSING when the zygote is gone: start another. */
MUST_USE bool zygote_fork(struct zygote *zygote, const struct worker_limits *limits,
                          struct worker_link **out, struct err *err);
/* One fresh reader of files (serve/reader.h), asked and ended like a worker. */
MUST_USE bool zygote_fork_reader(struct zygote *zygote, struct worker_link **out, struct err *err);

/* Writes one request (a value in the codec's form); deadline is of clock_steady, 0 for none. */
MUST_USE bool worker_send(struct worker_link *link, const struct buf *request, int64_t deadline,
                          struct err *err);
/* Tells a worker that a request follows at once, so that it is awake by then. */
void worker_rouse(struct worker_link *link);
/* Reads one frame into reply, which is reset first: bytes of one codec value, not checked further.
   On false the worker serves no more: ERR_TIMEOUT it was killed at the deadline, ERR_INVALID it
   reported a fault (err is the sentence) or broke the protocol, ERR_MISSING it ended without a
   word. worker_end tells which. */
MUST_USE bool worker_receive(struct worker_link *link, struct buf *reply, int64_t deadline,
                             struct err *err);
int worker_pid(const struct worker_link *link);
void worker_kill(struct worker_link *link);

enum worker_fate {
    WORKER_SERVED, /* ended because its keeper had no more work for it */
    WORKER_FAULT,  /* the script ended it: counts against case and version */
    WORKER_OUTSIDE /* killed from outside, or the zygote went: counts against nobody, try again */
};

struct worker_end {
    enum worker_fate fate;
    int signal;      /* that ended it; 0 for none */
    char kind[16];   /* time memory output error protocol crash blocked denied, or empty */
    char text[1024]; /* one sentence for the author, empty unless a fault */
    char file[128];  /* the script, empty when not known */
    int line;        /* 0 when not known */
};

/* Ends the worker when it still runs, tells how it ended (how may be NULL) and frees the link;
 * accepts NULL. */
void worker_end(struct worker_link *link, struct worker_end *how);

#endif
