/* What is kept at hand while letters are written: templates and working calendars, which are dear
   to read and seldom change. */
#ifndef DUBAN_PIGEONHOLES_H
#define DUBAN_PIGEONHOLES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "casework/site.h"
#include "casework/template.h"
#include "casework/workdays.h"

struct pigeonholes;

struct pigeonholes *pigeonholes_new(struct site *site);
void pigeonholes_free(struct pigeonholes *pigeonholes); /* accepts NULL */
/* The template in force: a file that was edited is read again after two seconds at most. Borrowed
   until the next call. ERR_MISSING, or ERR_INVALID with its place. */
MUST_USE bool pigeonholes_template(struct pigeonholes *pigeonholes, const char *name,
                                   const struct template **out, struct err *err);
/* The working days of an office; borrowed until the next call. */
MUST_USE bool pigeonholes_workdays(struct pigeonholes *pigeonholes, int64_t office_id,
                                   const struct workdays **out, struct err *err);

#endif
