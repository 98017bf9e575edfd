/* What is kept at hand while letters are written: templates and working calendars, which are dear
   to read and seldom change. */
#ifndef DUBAN_DESK_H
#define DUBAN_DESK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "casework/site.h"
#include "casework/template.h"
#include "casework/workdays.h"

struct desk;

struct desk *desk_new(struct site *site);
void desk_free(struct desk *desk); /* accepts NULL */
/* The template in force: a file that was edited is read again after two seconds at most. Borrowed
   until the next call. ERR_MISSING, or ERR_INVALID with its place. */
MUST_USE bool desk_template(struct desk *desk, const char *name, const struct template **out,
                            struct err *err);
/* The working days of an office; borrowed until the next call. */
MUST_USE bool desk_workdays(struct desk *desk, int64_t office_id, const struct workdays **out,
                            struct err *err);

#endif
