/* The first process of `duban serve`: it holds the site's lock and socket, starts the keeper, and
   starts it again when it ends. It reads nothing that comes from outside. Linux only. */
#ifndef DUBAN_SUPERVISOR_H
#define DUBAN_SUPERVISOR_H

#include <stdbool.h>

#include "base/base.h"
#include "base/err.h"

/* What a keeper gets from its supervisor. */
struct post {
    int lock;     /* of the site, held for it */
    int listener; /* the site's socket */
    int signals;  /* readable when a signal waits: see post_signal */
    int report;   /* where it says that it is ready and alive */
};

struct supervisor {
    const char *folder; /* the site */
    /* The keeper's life, in a process of its own; its result is that process's exit status: 0 when
       it was told to stop and did. It has said why on standard error otherwise. */
    int (*keep)(void *context, const struct post *post);
    void *context;
};

/* Returns when it was told to stop (SIGTERM, SIGINT) and everything has ended, or when the first
   keeper could not begin: false, with nothing in err when that keeper has said why. */
MUST_USE bool supervisor_run(const struct supervisor *supervisor, struct err *err);

/* For the keeper: it begins to work; it is alive. */
void post_ready(const struct post *post);
void post_beat(const struct post *post);
#define POST_BEAT_MS 10000 /* how often it beats at least, unless it is at work */
enum post_word {
    POST_NOTHING,
    POST_STOP,
    POST_RELOAD
};
/* Takes one word of the supervisor's. */
enum post_word post_signal(const struct post *post);

#endif
