/* A site in one file, and back into a folder. */
#ifndef DUBAN_BACKUP_H
#define DUBAN_BACKUP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "casework/site.h"

/* Copies the whole database into a new file (0600), checked on the copy. The configuration travels
   in it. The site is open for writing. ERR_CONFLICT when path is taken. */
MUST_USE bool backup_write(struct site *site, const char *path, struct err *err);

struct backup_way {
    const char *file;
    const char *folder; /* new, or empty */
    const char *library;
    bool is_rehearsal; /* the copy gets a virtual clock that starts now, and sends nothing */
};
/* Makes a site out of a backup: copies, checks integrity and migrations, the audit chain, writes
   configuration and folders. Nothing of it stays when something fails. Folding the cases again is
   for the caller. */
MUST_USE bool backup_restore(const struct backup_way *way, struct err *err);

#endif
