/* Where commands of all users arrive: the connections of the site's socket, with their frames on
   the way in and on the way out. What has arrived by the time somebody looks is answered together,
   so that it can be committed together. Linux only. */
#ifndef DUBAN_RECEPTION_H
#define DUBAN_RECEPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"

struct reception;

/* One frame that came in. */
struct errand {
    int64_t uid;       /* of whoever is at the other end, as the kernel tells */
    const char *bytes; /* borrowed, hostile */
    size_t length;
    struct buf *reply; /* to be filled */
};
/* Answers all of them, in order. Nothing of it leaves before the whole list is answered. */
typedef void errands_fn(void *context, struct errand *errands, size_t count);

#define RECEPTION_MAX 1024     /* connections at once */
#define RECEPTION_MAX_USER 256 /* of one user */

/* Borrows the listening socket. */
MUST_USE bool reception_open(int listener, errands_fn *answer, void *context,
                             struct reception **out, struct err *err);
void reception_close(struct reception *reception); /* accepts NULL */
/* Readable when there is something to do. */
int reception_fd(const struct reception *reception);
/* When the patience with somebody ends, of clock_steady; INT64_MAX: nobody is waited for. */
int64_t reception_wake_at(const struct reception *reception);
/* Takes in what is there without waiting, answers what is complete, sends what can be sent. */
void reception_step(struct reception *reception);
/* Nobody new: answers what has arrived, refuses what is half here, and sends until everything is
   out or the deadline (of clock_steady) passes. */
void reception_end(struct reception *reception, int64_t deadline);

#endif
