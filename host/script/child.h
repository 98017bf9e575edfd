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

/* argv and env are NULL-terminated; env NULL keeps ours, cwd NULL stays here. input is written to
   its standard input, which is closed then; it is copied. The caller ends it with child_free, which
   kills what still runs. */
MUST_USE bool child_start(char *const *argv, char *const *env, const char *cwd,
                          const struct buf *input, struct child **out, struct err *err);
void child_free(struct child *child);
/* Gathers output until it ends; ERR_TIMEOUT at the deadline, and it may be waited for again. */
MUST_USE bool child_wait(struct child *child, int64_t deadline, struct err *err);
void child_signal(struct child *child, int number);
int child_pid(const struct child *child);
const struct buf *child_out(const struct child *child);
const struct buf *child_errors(const struct child *child);
/* After child_wait: the exit code, or -1 and the signal. */
int child_code(const struct child *child, int *signal_number);

#endif
