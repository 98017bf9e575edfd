/* What is due, and what comes next. */
#ifndef DUBAN_KEEPER_TIME_H
#define DUBAN_KEEPER_TIME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"

struct actor;
struct keeper;

struct keeper_ticked {
    int64_t waves;       /* batches committed */
    int64_t cases;       /* decided */
    int64_t rows;        /* of events */
    int64_t messages;    /* rows put into the outbox */
    int64_t proposals;   /* raised */
    int64_t opened;      /* cases */
    int64_t put_aside;   /* cases */
    int64_t quarantined; /* versions */
    int64_t jobs;        /* runs of jobs done */
    int64_t jobs_failed;
    int64_t until; /* instant reached */
    bool is_cut;   /* there is more to do, see keeper_tick_for */
};
/* Does everything due: cases and planned jobs, in order of time. until 0 is the site's now; later
   is for virtual clocks only, whose clock walks from wake to wake up to it. *out is filled as far
   as it came, also on failure. */
MUST_USE bool keeper_tick(struct keeper *keeper, const struct actor *actor, int64_t until,
                          struct keeper_ticked *out, struct err *err);
/* The same up to the site's now, but after so many ms it ends with is_cut, between two waves. */
MUST_USE bool keeper_tick_for(struct keeper *keeper, const struct actor *actor, int64_t ms,
                              struct keeper_ticked *out, struct err *err);
/* The instant something is due at next, a case or a planned job; INT64_MAX when nothing is. */
MUST_USE bool keeper_due(struct keeper *keeper, int64_t *instant, struct err *err);

#endif
