/* A date is a number with a format, so the format decides. The day 60 of the 1900 system is
   29 February 1900: it is written as that, and whoever wants a day refuses it. */
#include "paper/xlsx_format.h"

#include <inttypes.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#define DAYS_1900 25569 /* from its day 0 to 1970-01-01, for days after the false leap day */
#define DAYS_1904 24107
#define FALSE_DAY 60
#define LAST_DAY 2958465 /* 9999-12-31 */
#define DAY_SECONDS 86400

/* The letters of a code that mean something. */
struct letters {
    size_t zeros; /* as many when the code is nothing else */
    bool has_year, has_month, has_day, has_clock, has_other;
};

/* Behind a quoted, bracketed or escaped stretch; NULL when at begins none. */
static const char *skip_quoted(const char *at)
{
    const char *end;

    switch (*at) {
    case '"':
        end = strchr(at + 1, '"');
        return end ? end + 1 : at + strlen(at);
    case '[':
        end = strchr(at, ']');
        return end ? end + 1 : at + strlen(at);
    case '\\':
    case '_':
    case '*':
        return at[1] ? at + 2 : at + 1;
    default:
        return NULL;
    }
}

static void take_letter(struct letters *letters, char letter)
{
    switch (letter) {
    case 'y':
    case 'Y':
    case 'e': /* the year in East Asian codes; that of 0.00E+00 is a capital */
        letters->has_year = true;
        break;
    case 'm':
    case 'M':
        letters->has_month = true;
        break;
    case 'd':
    case 'D':
        letters->has_day = true;
        break;
    case 'h':
    case 'H':
    case 's':
    case 'S':
        letters->has_clock = true;
        break;
    case '0':
        letters->zeros++;
        break;
    default:
        letters->has_other = letters->has_other || strchr("#?.,%@/E+", letter) != NULL;
        break;
    }
}

struct format format_of_code(const char *code)
{
    struct letters letters = {0};
    struct format format = {FORMAT_PLAIN, 0};

    if (strncmp(code, "General", 7) == 0) {
        return format;
    }
    for (const char *at = code; *at && *at != ';';) {
        const char *behind = skip_quoted(at);

        if (behind && *at == '[' && strchr("hHmMsS", at[1])) {
            letters.has_clock = true; /* hours beyond 24, as in [h]:mm */
        }
        if (!behind) {
            take_letter(&letters, *at);
        }
        at = behind ? behind : at + 1;
    }
    if (letters.has_day || (letters.has_month && !letters.has_year && !letters.has_clock) ||
        (letters.has_year && !letters.has_month)) {
        format.kind = letters.has_clock ? FORMAT_MOMENT : FORMAT_DAY;
    } else if (letters.has_year) {
        format.kind = letters.has_clock ? FORMAT_MOMENT : FORMAT_MONTH;
    } else if (letters.has_clock) {
        format.kind = FORMAT_TIME;
    } else if (letters.zeros > 1 && letters.zeros < 32 && !letters.has_other) {
        format = (struct format){FORMAT_ZEROS, (unsigned char)letters.zeros};
    }
    return format;
}

struct format format_built_in(long id)
{
    struct format format = {FORMAT_PLAIN, 0};

    if (id == 22) {
        format.kind = FORMAT_MOMENT;
    } else if (id == 17 || id == 27 || id == 36 || id == 50 || id == 52 || id == 57) {
        format.kind = FORMAT_MONTH;
    } else if ((id >= 14 && id <= 16) || (id >= 28 && id <= 31) || id == 51 || id == 53 ||
               id == 54 || id == 58) {
        format.kind = FORMAT_DAY;
    } else if ((id >= 18 && id <= 21) || (id >= 32 && id <= 35) || (id >= 45 && id <= 47) ||
               id == 55 || id == 56) {
        format.kind = FORMAT_TIME;
    }
    return format;
}

/* Digits without an exponent, as a cell shows them: 110101199003070000, not 1.1e+17. */
static void add_number(double number, const char *text, struct buf *out)
{
    char *end = NULL;
    struct buf plain;
    double rounded;

    if (strspn(text, "-0123456789") == strlen(text)) {
        buf_add_text(out, text);
        return;
    }
    buf_init(&plain, 512);
    buf_add_format(&plain, "%.15g", number); /* 15 digits are what a cell holds */
    rounded = strtod(buf_text(&plain), &end);
    if (strchr(buf_text(&plain), 'e') && fabs(rounded) < 1e21) {
        buf_reset(&plain);
        buf_add_format(&plain, fabs(rounded) >= 1 ? "%.0f" : "%.20f", rounded);
        while (fabs(rounded) < 1 && plain.length > 1 && plain.bytes[plain.length - 1] == '0') {
            plain.bytes[--plain.length] = '\0';
        }
    }
    buf_add_text(out, buf_text(&plain));
    buf_clear(&plain);
}

static void add_zeros(double number, size_t width, const char *text, struct buf *out)
{
    if (number < 0 || number >= 1e15 || floor(number) < number || number > floor(number)) {
        add_number(number, text, out);
        return;
    }
    buf_add_format(out, "%0*.0f", (int)width, number);
}

/* The day of a serial number as 2026-03-05. */
static void add_day(int64_t serial, bool is_1904, struct buf *out)
{
    char day[12];

    if (!is_1904 && serial == FALSE_DAY) {
        buf_add_text(out, "1900-02-29");
        return;
    }
    clock_format_day(
        is_1904 ? serial - DAYS_1904 : serial - DAYS_1900 + (serial < FALSE_DAY ? 1 : 0), day);
    buf_add_text(out, day);
}

static void add_month(int64_t serial, bool is_1904, struct buf *out)
{
    struct buf day;

    buf_init(&day, 16);
    add_day(serial, is_1904, &day);
    buf_add_format(out, "%ld年%ld月", strtol(buf_text(&day), NULL, 10),
                   strtol(buf_text(&day) + 5, NULL, 10));
    buf_clear(&day);
}

static void add_clock(int64_t seconds, struct buf *out)
{
    buf_add_format(out, "%02" PRId64 ":%02" PRId64, seconds / 3600, seconds / 60 % 60);
    if (seconds % 60) {
        buf_add_format(out, ":%02" PRId64, seconds % 60);
    }
}

/* To the second, so that 9:30 kept as 0.39583 stays 9:30. */
static void add_moment(enum format_kind kind, double number, bool is_1904, struct buf *out)
{
    int64_t all = (int64_t)floor(number * DAY_SECONDS + 0.5);
    int64_t serial =
        kind == FORMAT_MOMENT || kind == FORMAT_TIME ? all / DAY_SECONDS : (int64_t)floor(number);

    switch (kind) {
    case FORMAT_TIME:
        add_clock(all, out); /* beyond a day the hours go on */
        break;
    case FORMAT_MONTH:
        add_month(serial, is_1904, out);
        break;
    case FORMAT_MOMENT:
        add_day(serial, is_1904, out);
        if (all % DAY_SECONDS) {
            buf_add_byte(out, ' ');
            add_clock(all % DAY_SECONDS, out);
        }
        break;
    default:
        add_day(serial, is_1904, out);
        break;
    }
}

void format_number(struct format format, bool is_1904, const char *text, struct buf *out)
{
    char *end = NULL;
    double number = strtod(text, &end);
    bool is_number = end != text && *end == '\0' && isfinite(number);
    double first = format.kind == FORMAT_TIME || is_1904 ? 0 : 1;

    if (!is_number) {
        buf_add_text(out, text);
    } else if (format.kind == FORMAT_ZEROS) {
        add_zeros(number, format.width, text, out);
    } else if (format.kind == FORMAT_PLAIN || number < first || number >= LAST_DAY + 1) {
        add_number(number, text, out); /* a date before the first or after the last is none */
    } else {
        add_moment((enum format_kind)format.kind, number, is_1904, out);
    }
}
