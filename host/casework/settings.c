/* Settings as offices keep them: a row where an office set something, the office above everywhere
 * else. */
#include "casework/settings.h"

#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/publish.h"
#include "casework/versions.h"

#define JSON_LIMIT ((size_t)256 * 1024)

/* Every row of the offices from the asking one upwards, the farthest first: what comes later wins.
 */
#define ROWS_ABOVE                                                                             \
    "WITH RECURSIVE above (office_id, parent_id, code, name, distance) AS "                    \
    "(SELECT office_id, parent_id, code, name, 0 FROM offices WHERE office_id = $1 UNION ALL " \
    "SELECT o.office_id, o.parent_id, o.code, o.name, b.distance + 1 FROM offices AS o "       \
    "JOIN above AS b ON o.office_id = b.parent_id WHERE b.distance < 4) "                      \
    "SELECT s.name, s.value, b.code, b.name FROM settings AS s "                               \
    "JOIN above AS b ON b.office_id = s.office_id WHERE s.workflow = $2 ORDER BY b.distance DESC"

/* Map of setting id to {value, from, from_name}. */
static bool read_rows(struct site *site, int64_t office_id, const char *workflow,
                      struct value **out, struct err *err)
{
    bool ok = false;
    struct value *rows = value_new_map();
    struct stmt *stmt = NULL;

    if (!store_ask(site->store, ROWS_ABOVE, &stmt, err, "it", office_id, workflow)) {
        goto done;
    }
    for (;;) {
        bool has_row = false;
        size_t length = 0;
        const char *json;
        struct value *value = NULL;
        struct value *row;

        if (!stmt_step(stmt, &has_row, err)) {
            goto done;
        }
        if (!has_row) {
            break;
        }
        json = stmt_text(stmt, 1, &length);
        if (!json_parse(json, length, &value, err)) {
            goto done;
        }
        row = value_new_map();
        value_set(row, "value", value);
        value_set_text(row, "from", stmt_text(stmt, 2, NULL));
        value_set_text(row, "from_name", stmt_text(stmt, 3, NULL));
        value_set(rows, stmt_text(stmt, 0, NULL), row);
    }
    *out = rows;
    rows = NULL;
    ok = true;
done:
    if (stmt) {
        stmt_reset(stmt);
    }
    value_free(rows);
    return ok;
}

/* A newer version may have narrower limits than the one a value was set under. */
static bool check_still(const struct value *about, const char *id, const struct value *row,
                        struct err *err)
{
    bool ok;
    struct value *again = NULL;
    char *text = setting_text(value_get(row, "value"));

    ok = setting_read(about, id, text, &again, err);
    if (!ok) {
        err_add(err,
                SAY("%s设置过的值“%s”不再适用", "the value of %s (\"%s\") does not fit any more"),
                value_get_text(row, "from_name"), text);
    }
    value_free(again);
    mem_free(text);
    return ok;
}

static bool refuse_size(struct err *err)
{
    err_set(err, ERR_INVALID, SAY("设置合起来超过 %d KB", "the settings are over %d KB"),
            (int)(JSON_LIMIT / 1024));
    return false;
}

static bool seal(struct site *site, struct settings *settings, struct err *err)
{
    bool ok;
    unsigned char bytes[DIGEST_SIZE];
    struct value *whole = value_new_map();
    struct buf json;

    buf_init(&json, JSON_LIMIT);
    value_set_int(whole, "opens_at", settings->opens_at);
    value_set(whole, "values", value_copy(settings->values));
    json_write(whole, &json);
    digest_bytes(site->digest, json.bytes, json.length, bytes);
    digest_hex(bytes, settings->hash);
    settings->json = mem_text(buf_text(&json));
    ok = !json.is_over || refuse_size(err);
    buf_clear(&json);
    value_free(whole);
    return ok;
}

bool setting_resolve(struct site *site, int64_t office_id, const char *workflow,
                     const struct value *about, struct settings *out, struct err *err)
{
    bool ok = true;
    const struct value *all = value_get(about, "settings");
    struct value *rows = NULL;
    struct settings settings = {.opens_at = site->conf.opens_at};

    if (!read_rows(site, office_id, workflow, &rows, err)) {
        return false;
    }
    settings.values = value_new_map();
    for (size_t i = 0; ok && i < value_count(all); i++) {
        const char *id = value_get_text(value_at(all, i), "id");
        const struct value *row = id ? value_get(rows, id) : NULL;

        if (row) {
            ok = check_still(about, id, row, err);
            value_set(settings.values, id, value_copy(value_get(row, "value")));
        }
    }
    ok = ok && seal(site, &settings, err);
    if (ok) {
        *out = settings;
        memset(&settings, 0, sizeof settings); /* the caller owns it now */
    }
    setting_clear(&settings);
    value_free(rows);
    return ok;
}

void setting_clear(struct settings *settings)
{
    if (settings) {
        value_free(settings->values);
        mem_free(settings->json);
        memset(settings, 0, sizeof *settings);
    }
}

bool setting_split(const char *json, struct value **values, int64_t *opens_at, struct err *err)
{
    struct value *whole = NULL;
    const struct value *inner;

    if (!json_parse(json, strlen(json), &whole, err)) {
        return false;
    }
    inner = value_get(whole, "values");
    *values = value_kind(inner) == VALUE_MAP ? value_copy(inner) : value_new_map();
    *opens_at = value_get_int(whole, "opens_at", 540);
    value_free(whole);
    return true;
}

/* What the active version says about itself. */
static bool read_about(struct site *site, int64_t office_id, const char *workflow,
                       struct value **about, struct err *err)
{
    bool ok;
    struct activation active = {0};

    ok = activation_active(site, office_id, workflow, &active, err) &&
         json_parse(active.about, strlen(active.about), about, err);
    activation_clear(&active);
    return ok;
}

static void copy_key(struct value *to, const char *name, const struct value *from, const char *key)
{
    if (value_get(from, key)) {
        value_set(to, name, value_copy(value_get(from, key)));
    }
}

bool setting_list(struct site *site, int64_t office_id, const char *workflow, struct value **out,
                  struct err *err)
{
    const struct value *all;
    struct value *about = NULL;
    struct value *rows = NULL;

    if (!read_about(site, office_id, workflow, &about, err)) {
        return false;
    }
    if (!read_rows(site, office_id, workflow, &rows, err)) {
        value_free(about);
        return false;
    }
    *out = value_new_list();
    all = value_get(about, "settings");
    for (size_t i = 0; i < value_count(all); i++) {
        static const char *const KEYS[] = {"id", "label", "kind", "min", "max", "fixed"};
        const struct value *setting = value_at(all, i);
        const char *id = value_get_text(setting, "id");
        const struct value *row = id ? value_get(rows, id) : NULL;
        char *text = setting_text(row ? value_get(row, "value") : value_get(setting, "value"));
        struct value *one = value_new_map();

        for (size_t k = 0; k < COUNT_OF(KEYS); k++) {
            copy_key(one, KEYS[k], setting, KEYS[k]);
        }
        copy_key(one, "default", setting, "value");
        copy_key(one, "from", row, "from");
        copy_key(one, "from_name", row, "from_name");
        value_set_text(one, "value", text);
        value_push(*out, one);
        mem_free(text);
    }
    value_free(rows);
    value_free(about);
    return true;
}

/* The id for an id or a label; borrowed from about. */
static const char *find_id(const struct value *about, const char *name, struct err *err)
{
    const struct value *all = value_get(about, "settings");
    struct buf known;

    for (size_t i = 0; i < value_count(all); i++) {
        const char *id = value_get_text(value_at(all, i), "id");
        const char *label = value_get_text(value_at(all, i), "label");

        if (id && (strcmp(id, name) == 0 || (label && strcmp(label, name) == 0))) {
            return id;
        }
    }
    buf_init(&known, 600);
    for (size_t i = 0; i < value_count(all); i++) {
        const char *id = value_get_text(value_at(all, i), "id");

        buf_add_format(&known, "%s%s", i ? SAY("、", ", ") : "", id ? id : "");
    }
    err_set(err, ERR_MISSING,
            SAY("没有“%s”这个设置；有：%s", "there is no setting \"%s\"; there are: %s"), name,
            known.length ? buf_text(&known) : SAY("无", "none"));
    buf_clear(&known);
    return NULL;
}

static bool write_row(struct site *site, const struct setting_change *change, const char *id,
                      const struct value *value, struct err *err)
{
    bool ok;
    struct buf json;

    buf_init(&json, JSON_LIMIT);
    json_write(value, &json);
    ok = !json.is_over || refuse_size(err);
    ok = ok && store_run(site->store,
                         "INSERT INTO settings (office_id, workflow, name, value, set_by, set_at) "
                         "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (office_id, workflow, name) "
                         "DO UPDATE SET value = excluded.value, set_by = excluded.set_by, "
                         "set_at = excluded.set_at",
                         NULL, err, "itttii", change->office_id, change->workflow, id,
                         buf_text(&json), change->actor->account_id, site_now(site));
    buf_clear(&json);
    return ok;
}

static bool drop_row(struct site *site, const struct setting_change *change, const char *id,
                     struct err *err)
{
    int64_t dropped = 0;

    if (!store_run(site->store,
                   "DELETE FROM settings WHERE office_id = $1 AND workflow = $2 AND name = $3",
                   &dropped, err, "itt", change->office_id, change->workflow, id)) {
        return false;
    }
    if (!dropped) {
        err_set(err, ERR_MISSING,
                SAY("本机构没有自己的“%s”", "this office has no \"%s\" of its own"), id);
    }
    return dropped != 0;
}

bool setting_set(struct site *site, const struct setting_change *change, int64_t *changed,
                 struct err *err)
{
    bool ok = false;
    const char *id;
    struct value *about = NULL;
    struct value *value = NULL;
    struct buf note;

    buf_init(&note, 400);
    if (!read_about(site, change->office_id, change->workflow, &about, err)) {
        goto done;
    }
    id = find_id(about, change->name, err);
    if (!id) {
        goto done;
    }
    if (change->text) {
        ok = setting_check_text(site, change->text, err) &&
             setting_read(about, id, change->text, &value, err) &&
             write_row(site, change, id, value, err);
        buf_add_format(&note, SAY("设置 %s = %s", "set %s = %s"), id, change->text);
    } else {
        ok = drop_row(site, change, id, err);
        buf_add_format(&note, SAY("设置 %s 交还上级", "gave %s back to the office above"), id);
    }
    ok = ok && activation_resettle(site, change->office_id, change->workflow, change->actor,
                                   buf_text(&note), changed, err);
done:
    buf_clear(&note);
    value_free(value);
    value_free(about);
    return ok;
}
