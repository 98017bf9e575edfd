/* The configuration of a site: duban.conf.lua, read as data and never executed. */
#ifndef DUBAN_CONF_H
#define DUBAN_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "base/value.h"
#include "casework/quiet.h"

#define CONF_FILE "duban.conf.lua"
#define CONF_LIMIT ((size_t)64 * 1024)

struct conf {
    char *office;                 /* the code used when no --office is given */
    int64_t opens_at;             /* minutes after midnight: rungs fire then */
    bool is_confinement_required; /* confinement = "require"; else workers may run without */
    bool may_approve_alone;       /* an author may approve the own draft, and it is recorded so */
    bool is_accredited;           /* texts with a 密级 mark are accepted */
    struct value *roles;          /* map: names beyond the house's own, to their Chinese titles */
    struct value *channels;       /* map: name to what is said about it, its kind at least */
    struct value *route;          /* list of names in the order they are tried */
    struct value *rehearsal;      /* map: the same two for a rehearsal, which has one sink */
    char *link;                   /* what stands before a case's number in a link; NULL: no link */
    struct quiet quiet;           /* of everybody who does not say otherwise */
};

/* Reads text (named name in messages) into *out, which the caller clears. Keys that are absent get
   their default, but office must be there. A mistake is ERR_INVALID with line:column, and for an
   unknown key the nearest known one. */
MUST_USE bool conf_parse(const char *name, const char *text, size_t length, struct conf *out,
                         struct err *err);
/* The same from duban.conf.lua in folder. */
MUST_USE bool conf_read(const char *folder, struct conf *out, struct err *err);
/* Writes the first configuration of a new site, with a comment at each key. */
MUST_USE bool conf_write(const char *folder, const char *office, struct err *err);
void conf_clear(struct conf *conf);
/* "09:30" to 570; false when it is no time of day. */
MUST_USE bool conf_parse_time(const char *text, int64_t *minutes);

#endif
