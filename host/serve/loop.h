/* The loop of the keeper of `duban serve`: it sleeps until one of its engines has something to do.
   An engine is what takes part in it: the reception, the scheduler, the link to the courier. */
#ifndef DUBAN_LOOP_H
#define DUBAN_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"

#define LOOP_ENGINES 8

struct engine {
    void *self;
    /* To be polled for reading; -1 or no function: none. */
    int (*fd)(void *self);
    /* The descriptor is to be polled for writing too; no function: never. */
    bool (*is_behind)(void *self);
    /* When to be stepped without that, of clock_steady; INT64_MAX or no function: never. */
    int64_t (*wake_at)(void *self);
    /* Does what can be done now without waiting for anybody outside. false: the world failed, and
       the keeper ends. */
    bool (*step)(void *self, struct err *err);
    /* The configuration was read again; no function: nothing to do. */
    void (*reload)(void *self);
};

struct loop {
    struct engine engines[LOOP_ENGINES];
    size_t count;
    bool is_over; /* set by an engine: the loop ends after this round */
};

/* The order in which they are added is the order in which they are stepped. */
void loop_add(struct loop *loop, const struct engine *engine);
/* Until is_over (true) or an engine fails (false). */
MUST_USE bool loop_run(struct loop *loop, struct err *err);
void loop_reload(const struct loop *loop);

#endif
