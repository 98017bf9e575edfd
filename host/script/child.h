/* A command run beside us, with its output gathered: what raw.process needs, without Lua. */
#ifndef DUBAN_CHILD_H
#define DUBAN_CHILD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"

#define CHILD_OUTPUT_MAX ((size_t)64 * 1024 * 1024)

struct child;

struct child_plan {
    char *const *argv;       /* NULL-terminated */
    char *const *env;        /* likewise; NULL keeps ours */
    const char *cwd;         /* NULL stays here */
    const struct buf *input; /* written to its standard input, which is closed then; copied */
    bool has_pipe;           /* its descriptor 3 is one end of a pair of sockets, child_pipe ours */
};

/* The caller ends it with child_free, which kills what still runs. */
MUST_USE bool child_start(const struct child_plan *plan, struct child **out, struct err *err);
void child_free(struct child *child);
/* Gathers output until it ends; ERR_TIMEOUT at the deadline, and it may be waited for again. */
MUST_USE bool child_wait(struct child *child, int64_t deadline, struct err *err);
void child_signal(struct child *child, int number);
int child_pid(const struct child *child);
/* Our end of the pair, for base/pipe; -1 when there is none. child_hang_up closes it. */
int child_pipe(const struct child *child);
void child_hang_up(struct child *child);
const struct buf *child_out(const struct child *child);
const struct buf *child_errors(const struct child *child);
/* After child_wait: the exit code, or -1 and the signal. */
int child_code(const struct child *child, int *signal_number);

#endif
