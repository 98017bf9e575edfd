/* What somebody may do in many cases at once: the roles of one person on one day are read a single
   time, and most questions are answered by comparing words. rights.h answers the same question for
   one case, with the sentence that says why not. */
#ifndef DUBAN_DUTIES_H
#define DUBAN_DUTIES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "base/value.h"
#include "casework/site.h"

struct duties;

MUST_USE bool duties_open(struct site *site, int64_t person_id, int64_t day, struct duties **out,
                          struct err *err);
void duties_close(struct duties *duties); /* accepts NULL */

/* In that office itself, not for a unit. */
bool duties_has_role(const struct duties *duties, int64_t office_id, const char *role);
/* A director, deputy or section head of the office. */
bool duties_is_head(const struct duties *duties, int64_t office_id);
bool duties_is_head_role(const char *role);

enum duty {
    DUTY_NO,
    DUTY_YES,
    DUTY_ASKS /* the record of the case decides */
};
/* Does the person hold one of the principals (as in rights_may) in a case of that office? record
   NULL: not at hand. With a record the answer is never DUTY_ASKS. */
enum duty duties_may(const struct duties *duties, const struct value *principals, int64_t office_id,
                     const struct value *record);

#endif
