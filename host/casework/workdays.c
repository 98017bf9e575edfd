/* Working days as a bit map. Jobs count from the ends of a month or a year, which needs nothing
   finer; the dates of cases are computed in Lua by scripts/calendar.lua from the same years. */
#include "casework/workdays.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"

#define MONDAY 4          /* 1970-01-05 */
#define DAYS_LIMIT 146097 /* four hundred years are more than any calendar knows */

struct workdays {
    int64_t first;
    int64_t count;
    unsigned char *bits;
};

static int64_t floor_mod(int64_t a, int64_t b)
{
    int64_t rest = a % b;

    return rest < 0 ? rest + b : rest;
}

int64_t workdays_day(int64_t year, int64_t month, int64_t date)
{
    int64_t carry = (month - 1 - floor_mod(month - 1, 12)) / 12;
    int64_t month0 = floor_mod(month - 1, 12);
    int64_t shifted = year + carry - (month0 < 2);
    int64_t era = (shifted - floor_mod(shifted, 400)) / 400;
    int64_t of_era = shifted - era * 400;
    int64_t of_year = (153 * ((month0 + 10) % 12) + 2) / 5 + date - 1;

    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

struct civil workdays_civil(int64_t day)
{
    struct civil civil = {0};
    int64_t shifted = day + 719468;
    int64_t of_era = floor_mod(shifted, 146097);
    int64_t era = (shifted - of_era) / 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    int64_t part = (5 * of_year + 2) / 153;

    civil.month = part < 10 ? part + 3 : part - 9;
    civil.year = year + era * 400 + (civil.month <= 2);
    civil.date = of_year - (153 * part + 2) / 5 + 1;
    return civil;
}

int64_t workdays_weekday(int64_t day)
{
    return floor_mod(day - MONDAY, 7) + 1;
}

/* All special days of a year into the map; the days a notice names beyond its year too. */
static void mark(struct workdays *workdays, const struct value *days, bool works)
{
    for (size_t i = 0; i < value_count(days); i++) {
        int64_t day;

        if (!clock_parse_day(value_key_at(days, i), &day, NULL)) {
            continue;
        }
        day -= workdays->first;
        if (day >= 0 && day < workdays->count) {
            unsigned char bit = (unsigned char)(1u << (day % 8));

            if (works) {
                workdays->bits[day / 8] |= bit;
            } else {
                workdays->bits[day / 8] &= (unsigned char)~bit;
            }
        }
    }
}

struct workdays *workdays_new(const struct value *years)
{
    struct workdays *workdays = mem_new(sizeof *workdays);
    size_t count = value_count(years);
    int64_t first = count ? strtoll(value_key_at(years, 0), NULL, 10) : 0;
    int64_t last = count ? strtoll(value_key_at(years, count - 1), NULL, 10) : 0;

    if (count && first > 0 && last >= first && last < 10000) {
        /* A year of margin on both sides, for days that a notice names beyond its own year. */
        workdays->first = workdays_day(first - 1, 1, 1);
        workdays->count = workdays_day(last + 2, 1, 1) - workdays->first;
    }
    if (workdays->count > DAYS_LIMIT) {
        workdays->count = DAYS_LIMIT;
    }
    workdays->bits = mem_new((size_t)workdays->count / 8 + 1);
    for (int64_t i = 0; i < workdays->count; i++) {
        if (workdays_weekday(workdays->first + i) <= 5) {
            workdays->bits[i / 8] |= (unsigned char)(1u << (i % 8));
        }
    }
    for (size_t i = 0; i < count; i++) {
        mark(workdays, value_get(value_at(years, i), "off"), false);
        mark(workdays, value_get(value_at(years, i), "work"), true);
    }
    return workdays;
}

void workdays_free(struct workdays *workdays)
{
    if (workdays) {
        mem_free(workdays->bits);
        mem_free(workdays);
    }
}

static bool is_workday(const struct workdays *workdays, int64_t day)
{
    int64_t at = day - workdays->first;

    if (at < 0 || at >= workdays->count) {
        return workdays_weekday(day) <= 5;
    }
    return (workdays->bits[at / 8] >> (at % 8) & 1) != 0;
}

int64_t workdays_count(const struct workdays *workdays, int64_t first, int64_t last)
{
    int64_t count = 0;

    for (int64_t day = first; day <= last; day++) {
        count += is_workday(workdays, day);
    }
    return count;
}

bool workdays_nth(const struct workdays *workdays, int64_t first, int64_t last, int64_t n,
                  int64_t *day)
{
    int64_t step = n > 0 ? 1 : -1;
    int64_t left = n > 0 ? n : -n;

    for (int64_t at = n > 0 ? first : last; left && at >= first && at <= last; at += step) {
        if (is_workday(workdays, at) && --left == 0) {
            *day = at;
            return true;
        }
    }
    return false;
}
