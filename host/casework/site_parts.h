/* What making a site and restoring one share; nobody else needs it. */
#ifndef DUBAN_SITE_PARTS_H
#define DUBAN_SITE_PARTS_H

#include <stdbool.h>

#include "base/base.h"
#include "base/err.h"
#include "casework/site.h"
#include "store/store.h"

/* What was not there before, so that a failure can take it away again. */
struct site_made {
    const char *folder;
    bool is_folder_new;
    bool is_begun; /* the folder held no site and the lock is ours: so are its files */
    int lock;      /* descriptor; -1: none is held */
    unsigned new_folders;
};

/* The folder, its lock, which is held from here on, and its subfolders. ERR_CONFLICT when a site is
   there or another process is making one. made is filled also on failure, for site_unmake. */
MUST_USE bool site_make_folders(const char *folder, struct site_made *made, struct err *err);
/* Takes away what was made, and gives the lock back after that. */
void site_unmake(struct site_made *made);
/* The site is there: only the lock is given back. */
void site_keep(struct site_made *made);
/* A site of this or an older release, under its lock and with nothing looked at but its schema: for
   upgrades. */
MUST_USE bool site_open_any(const char *folder, const char *library, struct site **out,
                            bool *is_current, struct err *err);
/* A store by the path of its file. */
MUST_USE bool site_open_file(const char *path, enum store_mode mode, struct store **out,
                             struct err *err);

#endif
