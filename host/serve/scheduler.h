/* What keeps a site's dates while `duban serve` runs: it sleeps until the next case or planned job
   is due, does what is due, and sleeps again. */
#ifndef DUBAN_SCHEDULER_H
#define DUBAN_SCHEDULER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "casework/acts.h"
#include "casework/site.h"
#include "serve/keeper.h"

struct scheduler;

/* Borrows site and keeper; the actor (who runs serve; may be all zero) is copied, its texts are
   borrowed. Everything is due to be looked at once. */
MUST_USE bool scheduler_open(struct site *site, struct keeper *keeper, const struct actor *actor,
                             struct scheduler **out, struct err *err);
void scheduler_close(struct scheduler *scheduler); /* accepts NULL */
/* Readable when an instant has come, or when the wall's clock was set. */
int scheduler_fd(const struct scheduler *scheduler);
/* Of clock_steady: now when something was written since the last step or more is left to do,
   INT64_MAX when the descriptor tells everything. */
int64_t scheduler_wake_at(const struct scheduler *scheduler);
/* Does what is due, for a short while at most. false when the world failed: nothing more should be
   asked of this keeper. */
MUST_USE bool scheduler_step(struct scheduler *scheduler, struct err *err);

#endif
