/* Who would not be reached: every message a procedure may send, held against who holds the roles
   today and through what they can be told. Nothing is written and no case is decided. */
#ifndef DUBAN_REACH_H
#define DUBAN_REACH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "base/value.h"
#include "casework/site.h"

#define REACH_CASES INT64_C(20000) /* looked at in one go */
#define REACH_NIGHT "reach"        /* where the site keeps what the first tick of a day found */

/* The gaps of one case: a list of { at, title, template, text, is_nobody }, the caller's. title is
   that of the rung or state; is_nobody tells that the message would reach no one at all. A closed
   case has none, nor has one whose version was published before gaps were known. */
MUST_USE bool reach_case(struct site *site, const char *number, struct value **gaps,
                         struct err *err);
/* The gaps of up to REACH_CASES open cases of the office and those below it (0: of the whole site),
   the same ones together: a list of { workflow, title, text, is_nobody, cases, example }. */
MUST_USE bool reach_all(struct site *site, int64_t office_id, struct value **gaps, struct err *err);
/* Once a day, in a transaction of its own: keeps what reach_all finds and warns of it in the log.
 *is_done is false when today's is there already. */
MUST_USE bool reach_nightly(struct site *site, bool *is_done, struct err *err);

#endif
