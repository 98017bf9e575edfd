/* The calendars of the offices. A row holds all years known at the time, so that a date can be
   computed again from one hash; a new year file makes a new row. */
#include "casework/calendars.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/rows.h"

#define SHIPPED "schema/data/calendar"
#define YEARS_LIMIT ((size_t)4 * 1024 * 1024)

#define COLUMNS \
    "SELECT c.calendar_id, c.office_id, c.added_at, c.hash, c.note, c.years FROM calendars AS c "
/* Offices from the asking one upwards, by distance. */
#define ABOVE                                                                      \
    "WITH RECURSIVE above (office_id, parent_id, distance) AS "                    \
    "(SELECT office_id, parent_id, 0 FROM offices WHERE office_id = $1 UNION ALL " \
    "SELECT o.office_id, o.parent_id, a.distance + 1 FROM offices AS o "           \
    "JOIN above AS a ON o.office_id = a.parent_id WHERE a.distance < 4) "
#define NEAREST \
    "JOIN above AS a ON a.office_id = c.office_id ORDER BY a.distance, c.added_at DESC LIMIT 1"

static bool take(struct stmt *stmt, struct calendar *out, struct err *err)
{
    bool ok = false;
    bool has_row = false;
    size_t length = 0;
    const char *json;

    if (!stmt_step(stmt, &has_row, err)) {
        return false;
    }
    if (!has_row) {
        err_set(err, ERR_MISSING, SAY("没有工作日历", "there is no such calendar"));
        return false;
    }
    json = stmt_text(stmt, 5, &length);
    if (json_parse(json, length, &out->years, err)) {
        out->calendar_id = stmt_int(stmt, 0);
        out->office_id = stmt_int(stmt, 1);
        out->added_at = stmt_int(stmt, 2);
        row_text(stmt, 3, out->hash, sizeof out->hash);
        out->note = row_copy(stmt, 4);
        ok = true;
    }
    stmt_reset(stmt);
    return ok;
}

bool calendar_current(struct site *site, int64_t office_id, struct calendar *out, struct err *err)
{
    struct stmt *stmt = NULL;

    return store_ask(site->store, ABOVE COLUMNS NEAREST, &stmt, err, "i", office_id) &&
           take(stmt, out, err);
}

bool calendar_current_id(struct site *site, int64_t office_id, int64_t *id,
                         char hash[static DIGEST_HEX], struct err *err)
{
    bool has_row = false;
    struct stmt *stmt = NULL;

    if (!store_ask(site->store, ABOVE "SELECT c.calendar_id, c.hash FROM calendars AS c " NEAREST,
                   &stmt, err, "i", office_id) ||
        !stmt_step(stmt, &has_row, err)) {
        return false;
    }
    if (has_row) {
        *id = stmt_int(stmt, 0);
        row_text(stmt, 1, hash, DIGEST_HEX);
    } else {
        err_set(err, ERR_MISSING,
                SAY("没有工作日历，先用 duban calendar import 导入",
                    "there is no calendar; bring one in with duban calendar import"));
    }
    stmt_reset(stmt);
    return has_row;
}

bool calendar_by_hash(struct site *site, const char *hash, struct calendar *out, struct err *err)
{
    struct stmt *stmt = NULL;

    return store_ask(site->store, COLUMNS "WHERE c.hash = $1 ORDER BY c.calendar_id LIMIT 1", &stmt,
                     err, "t", hash) &&
           take(stmt, out, err);
}

void calendar_clear(struct calendar *calendar)
{
    if (calendar) {
        mem_free(calendar->note);
        value_free(calendar->years);
        memset(calendar, 0, sizeof *calendar);
    }
}

int64_t calendar_last_year(const struct value *years)
{
    size_t count = value_count(years);

    return count ? strtoll(value_key_at(years, count - 1), NULL, 10) : 0;
}

/* Later than every other calendar of the office, also where a clock stands still. */
static bool newest_instant(struct site *site, int64_t office_id, int64_t *at, struct err *err)
{
    int64_t last = 0;

    if (!store_one_int(site->store,
                       "SELECT COALESCE(MAX(added_at), 0) FROM calendars WHERE office_id = $1",
                       &last, err, "i", office_id)) {
        return false;
    }
    *at = site_now(site) > last ? site_now(site) : last + 1;
    return true;
}

static bool put(struct site *site, const struct calendar *row, const char *json, int64_t *id,
                struct err *err)
{
    /* Content that comes back is the same row again: events name it by its id. */
    return store_run(site->store,
                     "INSERT INTO calendars (hash, office_id, years, note, added_at) "
                     "VALUES ($1, $2, $3, $4, $5) "
                     "ON CONFLICT (office_id, hash) DO UPDATE SET added_at = excluded.added_at",
                     NULL, err, "titti", row->hash, row->office_id, json, row->note,
                     row->added_at) &&
           store_one_int(site->store,
                         "SELECT calendar_id FROM calendars WHERE office_id = $1 AND hash = $2", id,
                         err, "it", row->office_id, row->hash);
}

bool calendar_add(struct site *site, int64_t office_id, const struct value *years, const char *note,
                  int64_t *id, struct err *err)
{
    bool ok = false;
    unsigned char bytes[DIGEST_SIZE];
    struct calendar row = {.office_id = office_id};
    struct buf json;

    buf_init(&json, YEARS_LIMIT);
    json_write(years, &json);
    if (json.is_over) {
        err_set(err, ERR_INVALID, SAY("日历太大", "the calendar is too large"));
        goto done;
    }
    row.note = mem_text(note ? note : "");
    digest_bytes(site->digest, json.bytes, json.length, bytes);
    digest_hex(bytes, row.hash);
    ok = newest_instant(site, office_id, &row.added_at, err) &&
         put(site, &row, buf_text(&json), id, err);
done:
    calendar_clear(&row);
    buf_clear(&json);
    return ok;
}

/* Puts one shipped file into the years; ERR_CONFLICT cannot come up among files that were checked.
 */
static bool read_file(const char *folder, const char *name, struct value **years, struct err *err)
{
    bool ok = false;
    int64_t number = 0;
    struct value *year = NULL;
    struct value *next = NULL;
    char *path = file_join(folder, name);
    struct buf bytes;

    buf_init(&bytes, CALENDARS_FILE_LIMIT);
    if (file_read(path, CALENDARS_FILE_LIMIT, &bytes, err) &&
        calendar_read_year(name, bytes.bytes, bytes.length, &number, &year, err) &&
        calendar_with_year(*years, number, year, &next, err)) {
        value_free(*years);
        *years = next;
        ok = true;
    }
    value_free(year);
    buf_clear(&bytes);
    mem_free(path);
    return ok;
}

bool calendar_ship(struct site *site, int64_t office_id, struct err *err)
{
    bool ok = false;
    int64_t id = 0;
    int64_t known = 0;
    char **names = NULL;
    char *folder = file_join(site->library, SHIPPED);
    struct value *years = value_new_map();

    if (!store_one_int(site->store,
                       ABOVE "SELECT COUNT(*) FROM calendars AS c "
                             "JOIN above AS a ON a.office_id = c.office_id",
                       &known, err, "i", office_id)) {
        goto done;
    }
    if (known) {
        ok = true;
        goto done;
    }
    if (!file_list(folder, ".json", false, &names, err)) {
        goto done;
    }
    for (size_t i = 0; names[i]; i++) {
        if (!read_file(folder, names[i], &years, err)) {
            goto done;
        }
    }
    if (!value_count(years)) {
        err_set(err, ERR_MISSING,
                SAY("程序库里没有工作日历（%s）", "the library ships no calendars (%s)"), folder);
        goto done;
    }
    ok = calendar_add(site, office_id, years, SAY("随程序提供", "shipped"), &id, err);
done:
    file_list_free(names);
    value_free(years);
    mem_free(folder);
    return ok;
}
