/* One value of a setting: read from what people type, held against the limits of the script, and
   written back for people. ABOUT tells kind, default and limits as texts. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/registry_parts.h"
#include "casework/settings.h"

#define COUNT_LIMIT 3660
#define TEXT_LIMIT 1000

/* As text_normal leaves them: without spaces. */
static const struct unit_word {
    const char *word;
    const char *kind;
} WORDS[] = {
    {"wd", "workdays"},       {"个工作日", "workdays"},
    {"工作日", "workdays"},   {"workingdays", "workdays"},
    {"workdays", "workdays"}, {"d", "days"},
    {"日", "days"},           {"天", "days"},
    {"days", "days"},         {"m", "months"},
    {"个月", "months"},       {"月", "months"},
    {"months", "months"},
};

static bool is_time_kind(const char *kind)
{
    return kind && (strcmp(kind, "workdays") == 0 || strcmp(kind, "days") == 0 ||
                    strcmp(kind, "months") == 0);
}

static const char *kind_word(const char *kind)
{
    return strcmp(kind, "workdays") == 0 ? SAY("个工作日", " working days")
           : strcmp(kind, "days") == 0   ? SAY("日", " days")
                                         : SAY("个月", " months");
}

/* "40个工作日" to its count and kind; kind NULL for a plain number. False when it is neither. */
static bool read_count(const char *text, int64_t *count, const char **kind)
{
    bool ok = false;
    char *rest = NULL;
    char *plain = text_normal(text);

    errno = 0;
    *count = strtoll(plain, &rest, 10);
    *kind = NULL;
    if (rest != plain && !errno) {
        ok = *rest == '\0';
        for (size_t i = 0; !ok && i < COUNT_OF(WORDS); i++) {
            if (strcmp(rest, WORDS[i].word) == 0) {
                *kind = WORDS[i].kind;
                ok = true;
            }
        }
    }
    mem_free(plain);
    return ok;
}

static const struct value *find(const struct value *about, const char *name)
{
    const struct value *all = value_get(about, "settings");

    for (size_t i = 0; i < value_count(all); i++) {
        const char *id = value_get_text(value_at(all, i), "id");

        if (id && strcmp(id, name) == 0) {
            return value_at(all, i);
        }
    }
    return NULL;
}

/* Is the count within the limit, which ABOUT tells as a text or as a number? */
static bool is_within(const struct value *setting, const char *side, int64_t count)
{
    int64_t limit = 0;
    const char *kind = NULL;
    const struct value *bound = value_get(setting, side);

    if (value_kind(bound) == VALUE_INT) {
        limit = value_int(bound, 0);
    } else if (!value_text(bound) || !read_count(value_text(bound), &limit, &kind)) {
        return true;
    }
    return side[1] == 'i' ? count >= limit : count <= limit;
}

static const char *label_of(const struct value *setting)
{
    const char *label = value_get_text(setting, "label");

    return label ? label : value_get_text(setting, "id");
}

static bool check_limits(const struct value *setting, int64_t count, struct err *err)
{
    for (int i = 0; i < 2; i++) {
        const char *side = i ? "max" : "min";
        const struct value *bound = value_get(setting, side);

        if (!is_within(setting, side, count)) {
            char *text = setting_text(bound);

            err_set(err, ERR_INVALID,
                    i ? SAY("设置“%s”最多为 %s", "the setting \"%s\" is at most %s")
                      : SAY("设置“%s”最少为 %s", "the setting \"%s\" is at least %s"),
                    label_of(setting), text);
            mem_free(text);
            return false;
        }
    }
    return true;
}

static bool read_time(const struct value *setting, const char *kind, const char *text,
                      struct value **out, struct err *err)
{
    int64_t count = 0;
    const char *given = NULL;

    if (!read_count(text, &count, &given) || !given) {
        err_set(err, ERR_INVALID,
                SAY("设置“%s”应写成期限，如 10%s", "the setting \"%s\" is a time, such as 10%s"),
                label_of(setting), kind_word(kind));
        return false;
    }
    if (strcmp(given, kind) != 0) {
        err_set(err, ERR_INVALID,
                SAY("设置“%s”以“%s”计，不能写成“%s”", "the setting \"%s\" counts%s, not%s"),
                label_of(setting), kind_word(kind), kind_word(given));
        return false;
    }
    if (count > COUNT_LIMIT || count < -COUNT_LIMIT) {
        err_set(err, ERR_INVALID, SAY("设置“%s”太长，最多 %d", "the setting \"%s\" is over %d"),
                label_of(setting), COUNT_LIMIT);
        return false;
    }
    if (!check_limits(setting, count, err)) {
        return false;
    }
    *out = value_new_map();
    value_set_text(*out, "kind", kind);
    value_set_int(*out, "n", count);
    return true;
}

static bool read_integer(const struct value *setting, const char *text, struct value **out,
                         struct err *err)
{
    int64_t count = 0;
    const char *kind = NULL;

    if (!read_count(text, &count, &kind) || kind) {
        err_set(err, ERR_INVALID, SAY("设置“%s”应是整数", "the setting \"%s\" is a whole number"),
                label_of(setting));
        return false;
    }
    if (!check_limits(setting, count, err)) {
        return false;
    }
    *out = value_new_int(count);
    return true;
}

static bool read_bool(const struct value *setting, const char *text, struct value **out,
                      struct err *err)
{
    static const char *const YES[] = {"true", "yes", "是", "1"};
    static const char *const NO[] = {"false", "no", "否", "0"};

    for (size_t i = 0; i < COUNT_OF(YES); i++) {
        if (strcmp(text, YES[i]) == 0 || strcmp(text, NO[i]) == 0) {
            *out = value_new_bool(strcmp(text, YES[i]) == 0);
            return true;
        }
    }
    err_set(err, ERR_INVALID, SAY("设置“%s”应是“是”或“否”", "the setting \"%s\" is yes or no"),
            label_of(setting));
    return false;
}

static bool is_one_of(const char *kind, const char *a, const char *b)
{
    return kind && (strcmp(kind, a) == 0 || strcmp(kind, b) == 0);
}

bool setting_read(const struct value *about, const char *name, const char *text,
                  struct value **value, struct err *err)
{
    const struct value *setting = find(about, name);
    const char *kind = value_get_text(setting, "kind");

    if (!setting) {
        err_set(err, ERR_MISSING, SAY("没有“%s”这个设置", "there is no setting \"%s\""), name);
        return false;
    }
    if (value_get_bool(setting, "fixed")) {
        err_set(err, ERR_DENIED,
                SAY("设置“%s”由脚本固定，不能改", "the setting \"%s\" is fixed by the script"),
                label_of(setting));
        return false;
    }
    if (is_time_kind(kind)) {
        return read_time(setting, kind, text, value, err);
    }
    if (is_one_of(kind, "integer", "number")) {
        return read_integer(setting, text, value, err);
    }
    if (is_one_of(kind, "bool", "boolean")) {
        return read_bool(setting, text, value, err);
    }
    *value = value_new_text(text);
    return true;
}

bool setting_check_text(const struct site *site, const char *text, struct err *err)
{
    return !*text || registry_check_text(site, SAY("设置的文字", "text of the setting"), text,
                                         TEXT_LIMIT, err);
}

char *setting_text(const struct value *value)
{
    char *text = NULL;
    const char *kind = value_get_text(value, "kind");
    struct buf out;

    buf_init(&out, TEXT_LIMIT + 64);
    if (is_time_kind(kind)) {
        buf_add_format(&out, "%" PRId64 "%s", value_get_int(value, "n", 0), kind_word(kind));
    } else if (value_kind(value) == VALUE_BOOL) {
        buf_add_text(&out, value_is_true(value) ? SAY("是", "yes") : SAY("否", "no"));
    } else if (value_kind(value) == VALUE_INT) {
        buf_add_format(&out, "%" PRId64, value_int(value, 0));
    } else if (value_text(value)) {
        buf_add_text(&out, value_text(value));
    }
    text = mem_text(buf_text(&out));
    buf_clear(&out);
    return text;
}
