/* When people are left alone: hours of the day and days that nobody works, as pure arithmetic over
   a working calendar. */
#ifndef DUBAN_QUIET_H
#define DUBAN_QUIET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"

struct workdays; /* casework/workdays.h */

#define QUIET_NEVER (-1)
#define QUIET_HORIZON 60 /* days looked ahead for one that is worked */

struct quiet {
    int64_t from;     /* minutes after midnight; QUIET_NEVER: no hour is quiet */
    int64_t to;       /* the first minute that is not; before from: over midnight */
    bool is_workdays; /* days off are quiet as a whole */
};

/* "18:00-08:30", with any dash or 至 between; false when it is no such span. */
MUST_USE bool quiet_parse(const char *text, int64_t *from, int64_t *to);
/* "09:00", also in full width and with blanks. */
MUST_USE bool quiet_parse_time(const char *text, int64_t *minutes);
/* The first instant at or after `instant` that is not quiet. */
int64_t quiet_until(const struct quiet *quiet, const struct workdays *workdays, int64_t instant);
/* The first instant after `instant` at which the clock shows `minutes`, on a day that is worked
   where days off are quiet. */
int64_t quiet_next(const struct quiet *quiet, const struct workdays *workdays, int64_t minutes,
                   int64_t instant);

#endif
