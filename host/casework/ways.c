/* Addresses are rows by kind, hours are columns of one row; people see one list of six texts. */
#include "casework/ways.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "casework/quiet.h"
#include "casework/registry_parts.h"

#define ADDRESS_LIMIT 129
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._@+-"
#define TIME_FORM "%02" PRId64 ":%02" PRId64

const char *const WAYS_NAMES[WAYS_COUNT] = {"wecom", "dingtalk", "feishu",
                                            "mail",  "quiet",    "digest"};

static bool is_quiet(const char *name)
{
    return strcmp(name, "quiet") == 0;
}

static bool is_digest(const char *name)
{
    return strcmp(name, "digest") == 0;
}

static void add_time(int64_t minutes, struct buf *out)
{
    buf_add_format(out, TIME_FORM, minutes / 60, minutes % 60);
}

static void add_span(int64_t from, int64_t to, struct buf *out)
{
    add_time(from, out);
    buf_add_byte(out, '-');
    add_time(to, out);
}

static bool normal_address(const struct site *site, const char *name, const char *what,
                           const char *text, struct buf *out, struct err *err)
{
    const char *at = strchr(text, '@');

    if (!registry_check_text(site, what, text, ADDRESS_LIMIT, err)) {
        return false;
    }
    if (strspn(text, LETTERS) != strlen(text) ||
        (strcmp(name, "mail") == 0 && (!at || at == text || !at[1] || strchr(at + 1, '@')))) {
        err_set(err, ERR_INVALID, SAY("%s“%s”不是有效的地址", "%s \"%s\" is no address"), what,
                text);
        return false;
    }
    buf_add_text(out, text);
    return true;
}

bool ways_normal(const struct site *site, const char *name, const char *what, const char *text,
                 struct buf *out, struct err *err)
{
    int64_t from = 0;
    int64_t to = 0;

    if (!*text) {
        return true;
    }
    if (!is_quiet(name) && !is_digest(name)) {
        return normal_address(site, name, what, text, out, err);
    }
    if (strcmp(text, WAYS_NONE) == 0) {
        buf_add_text(out, WAYS_NONE);
        return true;
    }
    if (is_quiet(name) && quiet_parse(text, &from, &to)) {
        add_span(from, to, out);
        return true;
    }
    if (is_digest(name) && quiet_parse_time(text, &from)) {
        add_time(from, out);
        return true;
    }
    err_set(err, ERR_INVALID,
            is_quiet(name)
                ? SAY("%s“%s”应写成 18:00-08:30，或“无”", "%s \"%s\" is written 18:00-08:30, or 无")
                : SAY("%s“%s”应写成 09:00，或“无”", "%s \"%s\" is written 09:00, or 无"),
            what, text);
    return false;
}

static bool get_hours(struct site *site, int64_t person_id, const char *name, struct buf *out,
                      struct err *err)
{
    struct stmt *stmt = NULL;
    bool has_row = false;
    int first = is_digest(name) ? 2 : 0;

    if (!store_ask(site->store,
                   "SELECT quiet_from, quiet_to, digest_at FROM preferences WHERE person_id = $1",
                   &stmt, err, "i", person_id) ||
        !stmt_step(stmt, &has_row, err)) {
        return false;
    }
    if (has_row && !stmt_is_null(stmt, first)) {
        if (is_digest(name)) {
            add_time(stmt_int(stmt, 2), out);
        } else {
            add_span(stmt_int(stmt, 0), stmt_int(stmt, 1), out);
        }
    }
    stmt_reset(stmt);
    return true;
}

bool ways_get(struct site *site, int64_t person_id, const char *name, struct buf *out,
              struct err *err)
{
    struct stmt *stmt = NULL;
    bool has_row = false;

    if (is_quiet(name) || is_digest(name)) {
        return get_hours(site, person_id, name, out, err);
    }
    if (!store_ask(site->store, "SELECT address FROM addresses WHERE person_id = $1 AND kind = $2",
                   &stmt, err, "it", person_id, name) ||
        !stmt_step(stmt, &has_row, err)) {
        return false;
    }
    if (has_row) {
        buf_add_text(out, stmt_text(stmt, 0, NULL));
    }
    stmt_reset(stmt);
    return true;
}

/* The hours of a text, -1 each for WAYS_NONE. */
static bool set_hours(struct site *site, int64_t person_id, const char *name, const char *text,
                      struct err *err)
{
    static const char quiet[] =
        "INSERT INTO preferences (person_id, quiet_from, quiet_to)"
        " VALUES ($1, NULLIF($2, -1), NULLIF($3, -1)) ON CONFLICT (person_id) DO UPDATE"
        " SET quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to";
    static const char digest[] =
        "INSERT INTO preferences (person_id, digest_at) VALUES ($1, NULLIF($2, $3))"
        " ON CONFLICT (person_id) DO UPDATE SET digest_at = excluded.digest_at";
    int64_t from = -1;
    int64_t to = -1;

    if (strcmp(text, WAYS_NONE) != 0 &&
        !(is_quiet(name) ? quiet_parse(text, &from, &to) : quiet_parse_time(text, &from))) {
        err_set(err, ERR_INVALID, SAY("“%s”不是时刻", "\"%s\" is no time"), text);
        return false;
    }
    return store_run(site->store, is_quiet(name) ? quiet : digest, NULL, err, "iii", person_id,
                     from, to);
}

bool ways_set(struct site *site, int64_t person_id, const char *name, const char *text,
              struct err *err)
{
    if (is_quiet(name) || is_digest(name)) {
        return set_hours(site, person_id, name, text, err);
    }
    return store_run(site->store,
                     "INSERT INTO addresses (person_id, kind, address) VALUES ($1, $2, $3)"
                     " ON CONFLICT (person_id, kind) DO UPDATE SET address = excluded.address",
                     NULL, err, "itt", person_id, name, text);
}
