/* Units after a reform: which one took over what another one did. The old one keeps its name and
   its papers; whoever held a role for it does so no longer, and the successor's people answer for
   it. */
#ifndef DUBAN_SUCCESSIONS_H
#define DUBAN_SUCCESSIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "casework/registry.h"
#include "casework/site.h"

/* In the caller's transaction: from the day since on, into stands in the place of unit. *ended is
   how many roles held for the old one ended. Said again of the same two and the same day it changes
   nothing. ERR_CONFLICT when another unit succeeded it, or into no longer stands. */
MUST_USE bool succession_make(struct site *site, const struct unit *unit, const struct unit *into,
                              const char *since, int64_t *ended, struct err *err);

#endif
