/* Script files as commands are given them: their text, the modules they require, and what kind they
 * are. */
#ifndef DUBAN_SOURCES_H
#define DUBAN_SOURCES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"
#include "base/err.h"
#include "base/value.h"
#include "cli/house.h"

struct source {
    char *path; /* as it is shown */
    char *name; /* its last part: the chunk name */
    char *text;
    const char *kind; /* "workflow", "job" or "channel", by the constructor it returns, else by its
                         folder */
    struct value *modules; /* map: name a require uses to source, of all it reaches */
    struct value *about;   /* of the worker; NULL until somebody asked */
    bool is_extra;         /* only there so that others can be checked against it */
    bool is_stopped;       /* a worker ended on it: asking once is enough */
};

struct sources {
    struct source *items;
    size_t count;
};

/* Embeds; zero it first, sources_clear at the end. Adds one file; a file that is there already
   (same content name) is not added again. */
MUST_USE bool sources_add(struct house *house, struct sources *sources, const char *path,
                          bool is_extra, struct err *err);
/* Every *.lua of folder/workflows and folder/jobs, in order of name; of folder/channels too unless
   they are extra: no other script is held against a channel's. */
MUST_USE bool sources_add_folder(struct house *house, struct sources *sources, const char *folder,
                                 bool is_extra, struct err *err);
void sources_clear(struct sources *sources);
/* The names of templates an office can use, of the site and of the library, as a map of name to
   true; the caller's. */
MUST_USE bool sources_templates(struct house *house, struct value **names, struct err *err);

#endif
