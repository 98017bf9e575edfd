/* What the doctor finds in the rows of a site. */
#ifndef DUBAN_DOCTOR_SITE_H
#define DUBAN_DOCTOR_SITE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "cli/house.h"

enum doctor_level {
    DOCTOR_FINE,
    DOCTOR_NOTE,
    DOCTOR_WRONG
};

struct examination {
    struct house *house;
    struct value *findings; /* list of { level, text, remedy } */
    size_t levels[3];       /* how many of each */
};

/* Prints and keeps one finding; remedy may be NULL. */
void doctor_note(struct examination *exam, enum doctor_level level, const char *text,
                 const char *remedy);
/* Appends ", SQLite 3.40.1" when a site is open. */
void doctor_sqlite(struct examination *exam, struct buf *text);
/* Calendar, roles, templates, cases and versions put aside, drafts. */
MUST_USE bool doctor_site(struct examination *exam, struct err *err);
/* Who left with open cases to their name, and signatures that nobody can give any more. */
MUST_USE bool doctor_people(struct examination *exam, struct err *err);
/* What the configuration says of channels and cannot mean. */
void doctor_channels(struct examination *exam);
/* Messages that did not arrive, channels that let nothing through. */
MUST_USE bool doctor_messages(struct examination *exam, struct err *err);

#endif
