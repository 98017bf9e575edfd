/* A role that somebody lends for a time (代理): the other one holds it beside the own roles, and
   acts done in it say whose it is. */
#ifndef DUBAN_LENDING_H
#define DUBAN_LENDING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "casework/registry.h"
#include "casework/site.h"

struct lending {
    int64_t office_id;
    int64_t unit_id; /* 0: whichever the role is held for; else for that unit */
    const char *role;
    const struct person *from;
    const struct person *to;
    const char *since; /* days */
    const char *until;
    const char *reason;
};

/* Writes it in the caller's transaction. A lending of the same role between the two that overlaps
   it gets its last day instead (*is_moved). Refused: what the lender does not hold for the whole
   time as an own role, what the other one holds anyway, days before today. */
MUST_USE bool lending_make(struct site *site, const struct lending *lending, struct role *out,
                           bool *is_moved, struct err *err);
/* The role that a word means, by its name or title; ERR_MISSING names what there is. Borrowed from
   the site or the house. */
MUST_USE bool lending_role(const struct site *site, const char *word, char role[static 64],
                           struct err *err);

#endif
