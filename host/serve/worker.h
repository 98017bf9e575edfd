/* The worker's side of the pipe: one confined process that answers requests until its pipe closes.
 */
#ifndef DUBAN_WORKER_H
#define DUBAN_WORKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"

struct service;

struct worker_limits {
    int64_t cpu_ms;  /* for one item of a batch, or for a whole job */
    int64_t wall_ms; /* the keeper's deadline for one item; worker_receive gets the product */
    size_t memory;   /* bytes of Lua beyond the library */
    size_t output;   /* bytes of all frames of one request */
};

/* The limits of rules (200 ms, 1 s, 32 MB) and of jobs (30 s, 60 s, 128 MB, 1 MB out). */
extern const struct worker_limits WORKER_RULE;
extern const struct worker_limits WORKER_JOB;

/* Confines this process and serves fd for ever. When the lock cannot be put on, one fault frame of
   the kind "denied" is all that comes, unless is_loose. */
NO_RETURN void worker_run(struct service *service, const struct worker_limits *limits, int fd,
                          bool is_loose);

#endif
