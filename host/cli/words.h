/* One row of a case's history as one sentence. */
#ifndef DUBAN_WORDS_H
#define DUBAN_WORDS_H

#include "base/buf.h"
#include "base/value.h"
#include "cli/label.h"

/* A row of events; borrows all of it. body NULL: the payload was lawfully destroyed. */
struct words_row {
    const char *kind;
    const char *name;
    const struct value *body;
    const char
        *because; /* what a rung stands at, as "办理时限 2026-10-12 之后 1 个工作日"; may be NULL */
};

/* Appends the row in the reader's words, without a full stop at the end. A kind it does not know is
   shown by its own words, so that nothing is ever hidden. */
void words_say(const struct labels *labels, const struct words_row *row, struct buf *out);
/* True for inputs that merely announce a decision which stands in the next rows (timers): a list
 * for people may leave them out. */
bool words_is_noise(const struct words_row *row);

#endif
