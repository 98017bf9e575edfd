/* What the files of the registry share; nobody else needs it. */
#ifndef DUBAN_REGISTRY_PARTS_H
#define DUBAN_REGISTRY_PARTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "casework/site.h"

/* A text people typed: not empty, below limit bytes, UTF-8, one line, without a mark of secrecy on
   a site that must not hold them. what names it in the sentence. */
MUST_USE bool registry_check_text(const struct site *site, const char *what, const char *text,
                                  size_t limit, struct err *err);
/* A day written "2026-09-28", or "" where is_open. */
MUST_USE bool registry_check_day(const char *what, const char *text, bool is_open, struct err *err);

/* A search for one of several with a name. sql gives id, code, name, office_id, 1 when it is
   current, a remark (may be NULL); $1 is the code, $2 the name as compared, $3 today. */
struct registry_search {
    const char *what; /* "单位" */
    const char *sql;
    const char *text;
    int64_t office_id; /* who looks; it sees its own, those above and those below */
    const char *names; /* SQL: names of the office $1 that contain $2; NULL: none is suggested */
};
MUST_USE bool registry_search(struct site *site, const struct registry_search *search, int64_t *id,
                              struct err *err);

#endif
