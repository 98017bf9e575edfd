/* A site in one file, and back into a folder. */
#ifndef DUBAN_BACKUP_H
#define DUBAN_BACKUP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "casework/site.h"

/* Puts the configuration into the database, so that it travels with a copy; in the transaction of
   the act. ERR_CONFLICT when path is taken. */
MUST_USE bool backup_prepare(struct site *site, const char *path, struct err *err);
/* Then copies the whole database into a new file (0600), checked on the copy. ERR_CONFLICT when
   path is taken. */
MUST_USE bool backup_write(struct site *site, const char *path, struct err *err);

struct backup_way {
    const char *file;
    const char *folder; /* new, or empty */
    const char *library;
    bool is_rehearsal; /* the copy gets a virtual clock that starts now, and sends nothing */
};
/* A copy that waits for its proof in a folder of its own inside the new one, so that whatever
   happens meanwhile there is either a proven site or none. */
struct restoring;
/* Copies, checks integrity and migrations and the audit chain, writes configuration and folders.
   Nothing of it stays when something fails. way is borrowed until backup_end. */
MUST_USE bool backup_begin(const struct backup_way *way, struct restoring **out, struct err *err);
/* Where the copy is, as a site to be opened; folding the cases again is for the caller. */
const char *backup_folder(const struct restoring *restoring);
/* Proven: the copy becomes the site. Else all of it is taken away. Frees restoring. */
MUST_USE bool backup_end(struct restoring *restoring, bool is_proven, struct err *err);

#endif
