/* Messages that would not reach anybody, told where people look: at a new case, at what comes next,
   at the doctor's. */
#ifndef DUBAN_GAPS_H
#define DUBAN_GAPS_H

#include <stdbool.h>

#include "base/base.h"
#include "base/err.h"
#include "base/value.h"
#include "cli/doctor_site.h"
#include "cli/house.h"

/* Prints the gaps of a case and pushes each to list (may be NULL) as { kind = "unreached", text }.
 */
MUST_USE bool gaps_show(struct house *house, const char *number, struct value *list,
                        struct err *err);
/* Tells them beside what the command prints: on standard error, or in its document. */
MUST_USE bool gaps_warn(struct house *house, const char *number, struct err *err);
/* The finding of each kind of gap among the open cases. */
MUST_USE bool gaps_examine(struct examination *exam, struct err *err);

#endif
