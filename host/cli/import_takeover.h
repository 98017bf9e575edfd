/* Taking a running ledger over: what the old way would have done before a day is not done again. */
#ifndef DUBAN_IMPORT_TAKEOVER_H
#define DUBAN_IMPORT_TAKEOVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "cli/house.h"

struct takeover {
    struct house *house; /* site and keeper are open for writing */
    int64_t before;      /* the instant the day begins */
    size_t quiet;        /* cases that had something before it */
    int64_t cancelled;   /* messages that are not sent */
    int64_t skipped;     /* rungs taken off the catch-up list */
};

/* For one imported case whose timers have run: cancels the messages of states entered and rungs
   planned before that day, skips such rungs on the catch-up list with the reason 接管前, and notes
   it in the case. Harmless twice. */
MUST_USE bool takeover_case(struct takeover *takeover, const char *number, struct err *err);

#endif
