/* The only reader of the time. Calendar arithmetic is done on counts of days with whole-number
   formulas (proleptic Gregorian, years 1 to 9999), so neither the zone of the machine nor its
   library matters. */
#include "base/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/text.h"

#define DAY_FIRST INT64_C(-719162) /* 0001-01-01 */
#define DAY_LAST INT64_C(2932896)  /* 9999-12-31 */

static int64_t read_micros(clockid_t which)
{
    struct timespec now = {0};

    clock_gettime(which, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t clock_now(void)
{
    return read_micros(CLOCK_REALTIME) / 1000;
}

int64_t clock_steady(void)
{
    return read_micros(CLOCK_BOOTTIME) / 1000;
}

int64_t clock_micros(void)
{
    return read_micros(CLOCK_BOOTTIME);
}

static int64_t clamp_day(int64_t day)
{
    return day < DAY_FIRST ? DAY_FIRST : day > DAY_LAST ? DAY_LAST : day;
}

int64_t clock_day(int64_t instant)
{
    int64_t day = instant / CLOCK_DAY_MS;
    int64_t rest = instant % CLOCK_DAY_MS;

    /* The zone is added to the remainder, where it cannot overflow. */
    rest += CLOCK_ZONE_MS;
    if (rest < 0) {
        return day - 1;
    }
    return rest >= CLOCK_DAY_MS ? day + 1 : day;
}

int64_t clock_day_start(int64_t day)
{
    return clamp_day(day) * CLOCK_DAY_MS - CLOCK_ZONE_MS;
}

/* Days from 1970-01-01 in eras of 400 years that begin in March, so the leap day is the last of its
   year. */
static int64_t day_of(int64_t year, int month, int mday)
{
    int64_t shifted = month <= 2 ? year - 1 : year;
    int64_t era = (shifted >= 0 ? shifted : shifted - 399) / 400;
    int64_t year_of_era = shifted - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + mday - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

    return era * 146097 + day_of_era - 719468;
}

static void split_day(int64_t day, int date[static 3])
{
    int64_t shifted = clamp_day(day) + 719468;
    int64_t era = shifted / 146097; /* not negative after clamping */
    int64_t day_of_era = shifted - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * day_of_year + 2) / 153;

    date[2] = (int)(day_of_year - (153 * month + 2) / 5 + 1);
    date[1] = (int)(month < 10 ? month + 3 : month - 9);
    date[0] = (int)(year_of_era + era * 400 + (date[1] <= 2));
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* Reads least to most digits; NULL when there are fewer. */
static const char *read_number(const char *at, int least, int most, int *out)
{
    int number = 0;
    int count = 0;

    while (count < most && is_digit(at[count])) {
        number = number * 10 + (at[count] - '0');
        count++;
    }
    if (count < least) {
        return NULL;
    }
    *out = number;
    return at + count;
}

static const char *read_mark(const char *at, const char *mark)
{
    size_t length = strlen(mark);

    return at && strncmp(at, mark, length) == 0 ? at + length : NULL;
}

static bool is_day_real(const int date[static 3])
{
    static const int LENGTHS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = (date[0] % 4 == 0 && date[0] % 100 != 0) || date[0] % 400 == 0;

    if (date[0] < 1 || date[1] < 1 || date[1] > 12 || date[2] < 1) {
        return false;
    }
    return date[2] <= LENGTHS[date[1] - 1] + (date[1] == 2 && is_leap);
}

/* The marks after year, month and day for each way of writing a date. */
static const char *const MARKS[][3] = {
    {"-", "-", ""}, {"/", "/", ""}, {".", ".", ""}, {"年", "月", "日"}};

static const char *read_date(const char *text, int date[static 3])
{
    for (size_t i = 0; i < COUNT_OF(MARKS); i++) {
        const char *at = read_number(text, 4, 4, &date[0]);

        for (int part = 0; at && part < 2; part++) {
            at = read_mark(at, MARKS[i][part]);
            at = at ? read_number(at, 1, 2, &date[part + 1]) : NULL;
        }
        at = read_mark(at, MARKS[i][2]);
        if (at && !is_digit(*at)) {
            return at;
        }
    }
    return NULL;
}

static bool refuse(const char *text, bool is_form, struct err *err)
{
    if (is_form) {
        err_set(err, ERR_INVALID, SAY("日期“%.40s”不存在", "the date \"%.40s\" does not exist"),
                text);
    } else {
        err_set(err, ERR_INVALID,
                SAY("“%.40s”不是日期，请写成 2026-09-28 或 2026年9月28日",
                    "\"%.40s\" is not a date such as 2026-09-28"),
                text);
    }
    return false;
}

bool clock_parse_day(const char *text, int64_t *day, struct err *err)
{
    int date[3] = {0};
    const char *at = read_date(text, date);

    if (!at || *at) {
        return refuse(text, false, err);
    }
    if (!is_day_real(date)) {
        return refuse(text, true, err);
    }
    *day = day_of(date[0], date[1], date[2]);
    return true;
}

/* "10:30" or "10:30:05" after the date; an empty rest is midnight. */
static bool read_time(const char *at, int64_t *seconds)
{
    int hour = 0;
    int minute = 0;
    int second = 0;

    *seconds = 0;
    if (!*at) {
        return true;
    }
    if (*at != ' ' && *at != 'T') {
        return false;
    }
    at = read_number(at + 1, 1, 2, &hour);
    at = read_mark(at, ":");
    at = at ? read_number(at, 2, 2, &minute) : NULL;
    if (at && *at == ':') {
        at = read_number(at + 1, 2, 2, &second);
    }
    *seconds = hour * 3600 + minute * 60 + second;
    return at && !*at && hour < 24 && minute < 60 && second < 60;
}

bool clock_parse_instant(const char *text, int64_t *instant, struct err *err)
{
    int date[3] = {0};
    int64_t seconds = 0;
    const char *at = read_date(text, date);

    if (!at) {
        return refuse(text, false, err);
    }
    if (!is_day_real(date)) {
        return refuse(text, true, err);
    }
    if (!read_time(at, &seconds)) {
        err_set(err, ERR_INVALID,
                SAY("“%.40s”不是时间，请写成 2026-09-28 10:30",
                    "\"%.40s\" is not a time such as 2026-09-28 10:30"),
                text);
        return false;
    }
    *instant = clock_day_start(day_of(date[0], date[1], date[2])) + seconds * 1000;
    return true;
}

/* Writes width digits and the mark behind them. */
static char *put_number(char *out, int number, int width, char mark)
{
    for (int i = width - 1; i >= 0; i--) {
        out[i] = (char)('0' + number % 10);
        number /= 10;
    }
    out[width] = mark;
    return out + width + 1;
}

void clock_format_day(int64_t day, char out[static 12])
{
    int date[3] = {0};

    split_day(day, date);
    out = put_number(out, date[0], 4, '-');
    out = put_number(out, date[1], 2, '-');
    put_number(out, date[2], 2, '\0');
}

void clock_format_instant(int64_t instant, char out[static 24])
{
    int64_t day = clamp_day(clock_day(instant));
    int64_t rest = (instant - clock_day_start(day)) / 1000;
    int seconds = (int)(rest < 0 ? 0 : rest > 86399 ? 86399 : rest);

    clock_format_day(day, out);
    out[10] = ' ';
    out = put_number(out + 11, seconds / 3600, 2, ':');
    out = put_number(out, seconds / 60 % 60, 2, ':');
    put_number(out, seconds % 60, 2, '\0');
}
