/* What a person may do on a day, who may do it, and what a person may see. */
#ifndef DUBAN_RIGHTS_H
#define DUBAN_RIGHTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "base/value.h"
#include "casework/site.h"

/* On which ground somebody may act. */
struct rights_how {
    size_t principal; /* index in the list */
    char role[64];    /* "" when it is the person as such */
    int64_t unit_id;  /* 0: by a role in the office */
    int64_t lent_id;  /* the lent role (role_id) it is done in; 0: in one of the own */
};

/* True for the house's own role names and those of the configuration. */
bool rights_is_role(const struct site *site, const char *role);
/* 编办主任 for director, from the house or the configuration; the name itself when unknown.
 * Borrowed. */
const char *rights_title(const struct site *site, const char *role);
/* All known roles: a map from name to title, the caller's. */
struct value *rights_roles(const struct site *site);

/* Does the person hold one of the principals on that day? Principals are a list of
   {kind="role",role=} {kind="unit_of",field=,role=} {kind="person_of",field=}, or resolved ones as
   in rights_find; record is the case's (units and people as codes; a list field means any of them).
   A lent role counts as long as its lender holds it too, an own one comes first; the roles for a
   unit that another one succeeded are those of its successor. how may be NULL. ERR_DENIED with a
   sentence that names the role needed and who holds it that day, and err->wants_role set. */
struct rights_question {
    int64_t office_id; /* of the case */
    int64_t person_id; /* 0: nobody is acting, refused */
    const struct value *principals;
    const struct value *record; /* may be NULL */
    int64_t day;
};
MUST_USE bool rights_may(struct site *site, const struct rights_question *question,
                         struct rights_how *how, struct err *err);
/* May this account administer the office (import people, publish, change settings, keep accounts)?
   One that administers the site may, and one whose own person is admin in the office or above it.
   is_owner: the command runs with the files' own rights; where nobody at all could administer the
   site, that is enough. ERR_DENIED names who may, with err->wants_role set. */
struct account;
struct rights_admin {
    int64_t office_id;
    const struct account *account;
    bool is_owner;
};
MUST_USE bool rights_administer(struct site *site, const struct rights_admin *who, struct err *err);
/* The people who hold a resolved principal on that day: {kind="role",role=}
   {kind="unit",unit=code,role=} {kind="person",person=code}; by person_id, none twice. Nobody is
   count 0 and no error. *ids is the caller's (mem_free). A role nobody holds in the office itself
   is not looked for above. */
MUST_USE bool rights_find(struct site *site, int64_t office_id, const struct value *principal,
                          int64_t day, int64_t **ids, size_t *count, struct err *err);

/* Principals as a script names them (unit_of, person_of) over a record: a list of resolved ones,
   the caller's. */
struct value *rights_resolve(const struct value *principals, const struct value *record);

/* What somebody sees: an office and those below it, or (unit_id) only the own rows of a unit. */
struct rights_scope {
    int64_t office_id;
    int64_t unit_id; /* 0: all rows of those offices */
};
/* The scope of a person (0: of a machine account) who works through office_id. */
MUST_USE bool rights_scope(struct site *site, int64_t office_id, int64_t person_id,
                           struct rights_scope *out, struct err *err);
/* Puts the table `below` (office_id) of the office $1 and those under it before a SELECT. */
#define RIGHTS_BELOW                                                                          \
    "WITH RECURSIVE below (office_id) AS (SELECT office_id FROM offices WHERE office_id = $1" \
    " UNION ALL SELECT o.office_id FROM offices AS o JOIN below AS b ON o.parent_id = "       \
    "b.office_id) "

#endif
