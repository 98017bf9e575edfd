/* What making a site and restoring one share; nobody else needs it. */
#ifndef DUBAN_SITE_PARTS_H
#define DUBAN_SITE_PARTS_H

#include <stdbool.h>

#include "base/base.h"
#include "base/err.h"

/* What was not there before, so that a failure can take it away again. */
struct site_made {
    const char *folder;
    bool is_folder_new;
    bool is_begun; /* the folder held no site: its files are ours */
    unsigned new_folders;
};

/* The folder and its subfolders; ERR_CONFLICT when a site is there. made is filled also on failure.
 */
MUST_USE bool site_make_folders(const char *folder, struct site_made *made, struct err *err);
void site_unmake(const struct site_made *made);

#endif
