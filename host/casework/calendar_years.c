/* Year files: read strictly, because a wrong day moves the dates of every case. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "casework/calendars.h"
#include "casework/workdays.h"

#define MARGIN 14 /* days a notice may name before and after its year */
#define NAME_LIMIT 200
#define DAYS_LIMIT 120

/* One file while it is read. */
struct reading {
    const char *name;
    int64_t number;
    struct value *year; /* what comes out */
    struct err *err;
};

static bool refuse(const struct reading *reading, const char *where, const char *zh, const char *en)
{
    err_set(reading->err, ERR_INVALID, "%s: %s%s%s", reading->name, where, *where ? " " : "",
            SAY(zh, en));
    return false;
}

static bool check_keys(const struct reading *reading, const struct value *map, const char *where,
                       const char *const *known)
{
    for (size_t i = 0; i < value_count(map); i++) {
        bool is_known = false;

        for (size_t k = 0; known[k]; k++) {
            is_known = is_known || strcmp(value_key_at(map, i), known[k]) == 0;
        }
        if (!is_known) {
            char at[200];

            snprintf(at, sizeof at, "%s%s%.100s", where, *where ? "." : "", value_key_at(map, i));
            return refuse(reading, at, "不是年度日历的内容", "does not belong in a calendar year");
        }
    }
    return true;
}

/* A day in the one form hashes cover. */
static bool read_date(const struct reading *reading, const char *text, int64_t *day)
{
    char plain[12];

    if (!text || !clock_parse_day(text, day, reading->err)) {
        return refuse(reading, text && strlen(text) < 40 ? text : "date", "不是存在的日期",
                      "is no day that exists");
    }
    clock_format_day(*day, plain);
    if (strcmp(plain, text) != 0) {
        return refuse(reading, text, "应写成 2026-01-01 的形式", "is written like 2026-01-01");
    }
    return true;
}

static bool check_day(const struct reading *reading, const char *date, int64_t day, bool works)
{
    const char *other = works ? "off" : "work";
    const char *own = works ? "work" : "off";

    if (day < workdays_day(reading->number, 1, 1) - MARGIN ||
        day > workdays_day(reading->number, 12, 31) + MARGIN) {
        return refuse(reading, date, "不在这一年，也不在岁末年初", "lies outside of this year");
    }
    if (value_get(value_get(reading->year, own), date)) {
        return refuse(reading, date, "写了两次", "stands twice");
    }
    if (value_get(value_get(reading->year, other), date)) {
        return refuse(reading, date, "既放假又上班", "is both off and worked");
    }
    if (works && workdays_weekday(day) <= 5) {
        return refuse(reading, date, "不是周六或周日，不必列为上班日",
                      "is no Saturday or Sunday and needs no place among the days worked");
    }
    return true;
}

static bool read_days(const struct reading *reading, const struct value *list, bool works)
{
    static const char *const KEYS[] = {"date", "name", NULL};
    const char *where = works ? "on" : "off";
    struct value *days = value_new_map();

    value_set(reading->year, works ? "work" : "off", days);
    if (value_kind(list) != VALUE_LIST || value_count(list) > DAYS_LIMIT) {
        return refuse(reading, where, "应是日期的列表", "is a list of days");
    }
    for (size_t i = 0; i < value_count(list); i++) {
        int64_t day = 0;
        const struct value *one = value_at(list, i);
        const char *date = value_get_text(one, "date");
        const char *name = value_get_text(one, "name");

        if (value_kind(one) != VALUE_MAP) {
            return refuse(reading, where, "每一项应是 {date, name}", "holds {date, name}");
        }
        if (!check_keys(reading, one, where, KEYS) || !read_date(reading, date, &day) ||
            !check_day(reading, date, day, works)) {
            return false;
        }
        if (!name || !*name || strlen(name) > NAME_LIMIT) {
            return refuse(reading, date, "没有写节日名称", "has no name");
        }
        value_set_text(days, date, name);
    }
    return true;
}

static bool read_head(const struct reading *reading, const struct value *tree)
{
    int64_t day = 0;
    const char *notice = value_get_text(tree, "notice");
    const char *issued = value_get_text(tree, "issued");

    if ((value_get(tree, "notice") && value_kind(value_get(tree, "notice")) != VALUE_NIL &&
         (!notice || strlen(notice) > NAME_LIMIT))) {
        return refuse(reading, "notice", "应是文号或 null", "is the number of the notice or null");
    }
    if (value_get(tree, "issued") && value_kind(value_get(tree, "issued")) != VALUE_NIL &&
        !read_date(reading, issued, &day)) {
        return false;
    }
    if (notice) {
        value_set_text(reading->year, "notice", notice);
    }
    if (issued) {
        value_set_text(reading->year, "issued", issued);
    }
    return true;
}

bool calendar_read_year(const char *name, const void *bytes, size_t length, int64_t *number,
                        struct value **year, struct err *err)
{
    static const char *const KEYS[] = {"year", "notice", "issued", "off", "on", NULL};
    bool ok = false;
    const char *text = bytes ? bytes : "";
    struct value *tree = NULL;
    struct reading reading = {.name = name, .err = err};

    if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
        length -= 3;
    }
    if (!json_parse(text, length, &tree, err)) {
        err_add(err, "%s", name);
        return false;
    }
    reading.year = value_new_map();
    reading.number = value_get_int(tree, "year", 0);
    if (value_kind(tree) != VALUE_MAP || reading.number < 1990 || reading.number > 2200) {
        refuse(&reading, "year", "应是四位年份", "is a year of four digits");
        goto done;
    }
    if (!check_keys(&reading, tree, "", KEYS) || !read_head(&reading, tree) ||
        !read_days(&reading, value_get(tree, "off"), false) ||
        !read_days(&reading, value_get(tree, "on"), true)) {
        goto done;
    }
    *number = reading.number;
    *year = reading.year;
    reading.year = NULL; /* the caller owns it now */
    ok = true;
done:
    value_free(reading.year);
    value_free(tree);
    return ok;
}

/* A day beyond the turn of the year may stand in the neighbour's notice too, but never the other
 * way. */
static bool check_neighbour(const struct value *years, int64_t number, const struct value *year,
                            struct err *err)
{
    static const char *const SIDES[] = {"off", "work"};
    char key[24];
    const struct value *neighbour;

    snprintf(key, sizeof key, "%" PRId64, number);
    neighbour = value_get(years, key);
    for (size_t side = 0; neighbour && side < 2; side++) {
        const struct value *days = value_get(year, SIDES[side]);
        const struct value *against = value_get(neighbour, SIDES[1 - side]);

        for (size_t i = 0; i < value_count(days); i++) {
            if (value_get(against, value_key_at(days, i))) {
                err_set(
                    err, ERR_CONFLICT,
                    SAY("%s 在 %s 年的日历里正相反", "%s is the other way round in the year %s"),
                    value_key_at(days, i), key);
                return false;
            }
        }
    }
    return true;
}

bool calendar_with_year(const struct value *years, int64_t number, const struct value *year,
                        struct value **out, struct err *err)
{
    char key[24];

    snprintf(key, sizeof key, "%" PRId64, number);
    if (value_get(years, key) && value_is_equal(value_get(years, key), year)) {
        err_set(err, ERR_CONFLICT, SAY("%s 年的日历已经是这样", "the year %s is like this already"),
                key);
        return false;
    }
    if (!check_neighbour(years, number - 1, year, err) ||
        !check_neighbour(years, number + 1, year, err)) {
        return false;
    }
    *out = years ? value_copy(years) : value_new_map();
    value_set(*out, key, value_copy(year));
    return true;
}

/* All special days of a set of years as one map: date to {name, works}. */
static struct value *all_days(const struct value *years)
{
    struct value *all = value_new_map();

    for (size_t i = 0; i < value_count(years); i++) {
        for (int works = 0; works < 2; works++) {
            const struct value *days = value_get(value_at(years, i), works ? "work" : "off");

            for (size_t j = 0; j < value_count(days); j++) {
                struct value *one = value_new_map();

                value_set_text(one, "name", value_text(value_at(days, j)));
                value_set_bool(one, "works", works == 1);
                value_set(all, value_key_at(days, j), one);
            }
        }
    }
    return all;
}

static bool works_on(const struct value *all, const char *date)
{
    int64_t day = 0;
    const struct value *special = value_get(all, date);

    if (special) {
        return value_get_bool(special, "works");
    }
    return clock_parse_day(date, &day, NULL) && workdays_weekday(day) <= 5;
}

struct value *calendar_difference(const struct value *before, const struct value *after)
{
    struct value *list = value_new_list();
    struct value *old = all_days(before);
    struct value *new = all_days(after);
    struct value *both = value_copy(old);

    for (size_t i = 0; i < value_count(new); i++) {
        value_set(both, value_key_at(new, i), value_copy(value_at(new, i)));
    }
    for (size_t i = 0; i < value_count(both); i++) {
        const char *date = value_key_at(both, i);

        if (works_on(old, date) != works_on(new, date)) {
            struct value *one = value_new_map();

            value_set_text(one, "date", date);
            value_set_text(one, "name", value_get_text(value_at(both, i), "name"));
            value_set_bool(one, "works", works_on(new, date));
            value_set_bool(one, "was", works_on(old, date));
            value_push(list, one);
        }
    }
    value_free(both);
    value_free(new);
    value_free(old);
    return list;
}
