/* When a job runs: the instants of a plan, one period after the other. */
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "casework/conf.h"
#include "casework/occurrences.h"

#define AT_DEFAULT 540
#define MINUTE_MS 60000
#define PERIODS 4000 /* ten years of days */

static const char *const KINDS[] = {
    [EVERY_DAY] = "daily",         [EVERY_WEEK] = "weekly", [EVERY_MONTH] = "monthly",
    [EVERY_QUARTER] = "quarterly", [EVERY_YEAR] = "yearly",
};

static bool refuse(const char *zh, const char *en, struct err *err)
{
    err_set(err, ERR_INVALID, "every: %s", SAY(zh, en));
    return false;
}

static bool read_kind(const struct value *value, enum every_kind *out)
{
    const char *text = value_get_text(value, "kind");

    for (size_t i = 0; text && i < COUNT_OF(KINDS); i++) {
        if (strcmp(text, KINDS[i]) == 0) {
            *out = (enum every_kind)i;
            return true;
        }
    }
    return false;
}

static bool is_between(int64_t number, int64_t least, int64_t most)
{
    return number >= least && number <= most;
}

static bool check_numbers(const struct every *every, struct err *err)
{
    static const int64_t MONTHS[] = {[EVERY_DAY] = 0,
                                     [EVERY_WEEK] = 0,
                                     [EVERY_MONTH] = 0,
                                     [EVERY_QUARTER] = 3,
                                     [EVERY_YEAR] = 12};
    int64_t most_days = every->kind == EVERY_WEEK                    ? 7
                        : every->kind == EVERY_MONTH || every->month ? 31
                        : every->kind == EVERY_QUARTER               ? 92
                                                                     : 366;

    if (every->day && every->workday) {
        return refuse("day 与 workday 只能写一个", "either day or workday, not both", err);
    }
    if (!is_between(every->month, 0, MONTHS[every->kind])) {
        return refuse("month 不在范围内", "month is out of range", err);
    }
    if (!is_between(every->day, -most_days, most_days) || !is_between(every->workday, -262, 262)) {
        return refuse("day 或 workday 不在范围内", "day or workday is out of range", err);
    }
    if (every->kind == EVERY_DAY && (every->day || every->workday)) {
        return refuse("daily 只写 at", "daily takes at alone", err);
    }
    return true;
}

bool every_read(const struct value *value, struct every *out, struct err *err)
{
    struct every every = {.at = AT_DEFAULT};

    if (!read_kind(value, &every.kind)) {
        return refuse("应是 daily、weekly、monthly、quarterly 或 yearly",
                      "is daily, weekly, monthly, quarterly or yearly", err);
    }
    every.workday = value_get_int(value, "workday", 0);
    every.day = value_get_int(value, "day", 0);
    every.month = value_get_int(value, "month", 0);
    if (value_get(value, "at") && !conf_parse_time(value_get_text(value, "at"), &every.at)) {
        return refuse("at 应是一天中的时刻，如 \"09:00\"", "at is a time of day, such as \"09:00\"",
                      err);
    }
    if (!check_numbers(&every, err)) {
        return false;
    }
    if (every.kind != EVERY_DAY && !every.day && !every.workday) {
        every.day = 1;
    }
    *out = every;
    return true;
}

bool missed_read(const char *text, enum missed *out, struct err *err)
{
    static const char *const WORDS[] = {
        [MISSED_ONCE] = "once", [MISSED_EACH] = "each", [MISSED_SKIP] = "skip"};

    for (size_t i = 0; i < COUNT_OF(WORDS); i++) {
        if (strcmp(text ? text : "once", WORDS[i]) == 0) {
            *out = (enum missed)i;
            return true;
        }
    }
    err_set(err, ERR_INVALID,
            SAY("missed 应是 once、each 或 skip", "missed is once, each or skip"));
    return false;
}

struct period {
    int64_t first;
    int64_t last;
};

/* The period that lies `ahead` periods after the one that holds the day. */
static struct period period_at(const struct every *every, int64_t day, int64_t ahead)
{
    struct civil civil = workdays_civil(day);
    struct period period = {0};
    int64_t month = civil.month;
    int64_t length = 1;

    switch (every->kind) {
    case EVERY_DAY:
        period.first = day + ahead;
        period.last = period.first;
        return period;
    case EVERY_WEEK:
        period.first = day - workdays_weekday(day) + 1 + 7 * ahead;
        period.last = period.first + 6;
        return period;
    case EVERY_MONTH:
        month += ahead;
        break;
    case EVERY_QUARTER:
        month = (civil.month - 1) / 3 * 3 + 1 + 3 * ahead + (every->month ? every->month - 1 : 0);
        length = every->month ? 1 : 3;
        break;
    case EVERY_YEAR:
        month = (every->month ? every->month : 1) + 12 * ahead;
        length = every->month ? 1 : 12;
        break;
    }
    period.first = workdays_day(civil.year, month, 1);
    period.last = workdays_day(civil.year, month + length, 1) - 1;
    return period;
}

/* The day of the plan in one period; false when it has no such working day. */
static bool day_in(const struct every *every, const struct workdays *workdays,
                   const struct period *period, int64_t *day)
{
    if (every->workday) {
        return workdays_nth(workdays, period->first, period->last, every->workday, day);
    }
    if (every->day < 0) {
        *day = period->last + every->day + 1;
        *day = *day < period->first ? period->first : *day;
    } else {
        *day = period->first + (every->day ? every->day - 1 : 0);
        *day = *day > period->last ? period->last : *day;
    }
    return true;
}

bool every_next(const struct every *every, const struct workdays *workdays, int64_t after,
                int64_t *next)
{
    int64_t start = clock_day(after);
    int64_t end = start + 3660;

    for (int64_t ahead = 0; ahead < PERIODS; ahead++) {
        int64_t day = 0;
        struct period period = period_at(every, start, ahead);

        if (period.first > end) {
            return false;
        }
        if (day_in(every, workdays, &period, &day)) {
            int64_t instant = clock_day_start(day) + every->at * MINUTE_MS;

            if (instant > after) {
                *next = instant;
                return true;
            }
        }
    }
    return false;
}
