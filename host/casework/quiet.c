/* A day has at most two stretches in which messages may go; the first of them that ends after the
   instant, today or on a later day, is the answer. */
#include "casework/quiet.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/conf.h"
#include "casework/workdays.h"

#define MINUTE_MS INT64_C(60000)
#define DAY_MINUTES 1440

bool quiet_parse(const char *text, int64_t *from, int64_t *to)
{
    static const char *const DASHES[] = {"-", "至", "—", "–", "~", "～"};
    char *normal = text_normal(text);
    char *dash = NULL;
    size_t width = 0;
    bool ok;

    for (size_t i = 0; !dash && i < COUNT_OF(DASHES); i++) {
        dash = strstr(normal, DASHES[i]);
        width = strlen(DASHES[i]);
    }
    if (dash) {
        *dash = '\0';
    }
    ok = dash && conf_parse_time(normal, from) && conf_parse_time(dash + width, to) && *from != *to;
    mem_free(normal);
    return ok;
}

bool quiet_parse_time(const char *text, int64_t *minutes)
{
    char *normal = text_normal(text);
    bool ok = conf_parse_time(normal, minutes);

    mem_free(normal);
    return ok;
}

static bool is_off(const struct quiet *quiet, const struct workdays *workdays, int64_t day)
{
    return quiet->is_workdays && workdays_count(workdays, day, day) == 0;
}

/* The first instant of [start, end) minutes of the day that is not before `instant`. */
static bool within(int64_t day, int64_t start, int64_t end, int64_t *instant)
{
    int64_t first = clock_day_start(day) + start * MINUTE_MS;
    int64_t last = clock_day_start(day) + end * MINUTE_MS;

    if (start >= end || *instant >= last) {
        return false;
    }
    *instant = *instant > first ? *instant : first;
    return true;
}

static bool is_open_on(const struct quiet *quiet, int64_t day, int64_t *instant)
{
    if (quiet->from == QUIET_NEVER) {
        return within(day, 0, DAY_MINUTES, instant);
    }
    if (quiet->to <= quiet->from) {
        return within(day, quiet->to, quiet->from, instant);
    }
    return within(day, 0, quiet->from, instant) || within(day, quiet->to, DAY_MINUTES, instant);
}

int64_t quiet_until(const struct quiet *quiet, const struct workdays *workdays, int64_t instant)
{
    int64_t day = clock_day(instant);

    for (int64_t i = 0; i < QUIET_HORIZON; i++) {
        int64_t open = instant;

        if (!is_off(quiet, workdays, day + i) && is_open_on(quiet, day + i, &open)) {
            return open;
        }
    }
    return instant; /* a calendar in which nobody works is no calendar */
}

int64_t quiet_next(const struct quiet *quiet, const struct workdays *workdays, int64_t minutes,
                   int64_t instant)
{
    int64_t day = clock_day(instant);

    for (int64_t i = 0; i < QUIET_HORIZON; i++) {
        int64_t at = clock_day_start(day + i) + minutes * MINUTE_MS;

        if (at > instant && !is_off(quiet, workdays, day + i)) {
            return at;
        }
    }
    return clock_day_start(day + 1) + minutes * MINUTE_MS;
}
