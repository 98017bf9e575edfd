/* Forms as people fill them in: names become codes, the workflow's own reading makes the rest
 * canonical. */
#ifndef DUBAN_FORMS_H
#define DUBAN_FORMS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "base/value.h"

struct keeper;

/* A copy of given in which fields of the kinds unit and person hold codes. fields is a list of
   ABOUT. given may be NULL. The caller frees *out. */
MUST_USE bool forms_codes(struct keeper *keeper, int64_t office_id, const struct value *fields,
                          const struct value *given, struct value **out, struct err *err);
/* The id of a fact by id or title; NULL with ERR_MISSING. Borrowed from about. */
const char *forms_fact(const struct value *about, const char *name, struct err *err);

/* What a correction says of another fact, its names made codes like the form of that fact itself.
   out is a copy of the form of "corrected"; ERR_MISSING says that there is no such unit or person.
 */
MUST_USE bool forms_correction(struct keeper *keeper, int64_t office_id, const struct value *about,
                               const struct value *given, struct value **out, struct err *err);

#endif
