/* Brings a database to the schema of this release: numbered SQL files, forward only, never edited.
 */
#ifndef DUBAN_MIGRATE_H
#define DUBAN_MIGRATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "store/store.h"

/* Applies what the database lacks of the NNNN_name.sql files in folder, in order, each in one
   transaction with its row in the table migrations; now is what applied_at gets. Refuses a database
   of a newer release, a file that was edited after it was applied, and a database that is not
   duban's. */
MUST_USE bool migrate_up(struct store *store, const char *folder, int64_t now, struct err *err);
/* Only looks: false with ERR_CONFLICT when migrate_up would have something to do, or with its
   refusals. */
MUST_USE bool migrate_is_current(struct store *store, const char *folder, struct err *err);

#endif
