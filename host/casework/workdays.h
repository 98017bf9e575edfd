/* Working days as a bit map over the years a calendar knows; weekends alone outside of them. */
#ifndef DUBAN_WORKDAYS_H
#define DUBAN_WORKDAYS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/value.h"

struct workdays;

/* From calendar.years; free accepts NULL. */
struct workdays *workdays_new(const struct value *years);
void workdays_free(struct workdays *workdays);
/* How many from first to last, both counted; 0 when last lies before first. */
int64_t workdays_count(const struct workdays *workdays, int64_t first, int64_t last);
/* The nth working day from first to last (1 the first, -1 the last); false when there are not as
 * many. */
MUST_USE bool workdays_nth(const struct workdays *workdays, int64_t first, int64_t last, int64_t n,
                           int64_t *day);

/* Civil dates and days since 1970-01-01. month may be beyond 1 to 12 and carries into the year. */
struct civil {
    int64_t year;
    int64_t month;
    int64_t date;
};
struct civil workdays_civil(int64_t day);
int64_t workdays_day(int64_t year, int64_t month, int64_t date);
/* 1 for Monday to 7 for Sunday. */
int64_t workdays_weekday(int64_t day);

#endif
