/* Bringing a site of an older release to the schema of this one. */
#ifndef DUBAN_UPGRADE_H
#define DUBAN_UPGRADE_H

#include <stdbool.h>

#include "base/base.h"
#include "base/err.h"

/* A migrated copy that waits for its proof in a folder inside the site, whose own database stays as
   it is until then: whatever happens meanwhile, there is the old site or the new one. */
struct upgrade;

/* Takes the site's lock, backs the database up below backup/, migrates a copy. *out is NULL when
   there is nothing to do. Nothing but the backup stays when something fails. */
MUST_USE bool upgrade_begin(const char *folder, const char *library, struct upgrade **out,
                            struct err *err);
/* Where the migrated copy is, as a site to be opened; folding its cases again is for the caller. */
const char *upgrade_folder(const struct upgrade *upgrade);
/* The file of the backup. */
const char *upgrade_backup(const struct upgrade *upgrade);
/* Proven: the copy takes the place of the site's database. Else it is taken away. Frees upgrade. */
MUST_USE bool upgrade_end(struct upgrade *upgrade, bool is_proven, struct err *err);

#endif
