/* Forms are told apart by the digest of their headings, so a file that comes every quarter adds
   nothing but its new rows. */
#include "casework/sheets.h"

#include <string.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/json.h"

#define JSON_MAX ((size_t)16 * 1024 * 1024)

static bool write_json(const struct value *value, struct buf *out, struct err *err)
{
    buf_init(out, JSON_MAX);
    json_write(value, out);
    if (out->is_over) {
        err_set(err, ERR_INVALID, "a row of the sheet takes more than %zu bytes", JSON_MAX);
    }
    return !out->is_over;
}

bool sheets_keep(struct site *site, int64_t office_id, const char *workflow,
                 const struct value *headings, int64_t *sheet_id, struct err *err)
{
    unsigned char bytes[DIGEST_SIZE];
    char digest[DIGEST_HEX];
    struct buf text;
    bool ok = write_json(headings, &text, err);

    if (ok) {
        digest_bytes(site->digest, buf_text(&text), text.length, bytes);
        digest_hex(bytes, digest);
        ok = store_run(site->store,
                       "INSERT INTO sheets (office_id, workflow, headings, digest, added_at) "
                       "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (office_id, workflow, digest) DO "
                       "NOTHING",
                       NULL, err, "ittti", office_id, workflow, buf_text(&text), digest,
                       site_now(site)) &&
             store_one_int(site->store,
                           "SELECT sheet_id FROM sheets WHERE office_id = $1 AND workflow = $2 AND "
                           "digest = $3",
                           sheet_id, err, "itt", office_id, workflow, digest);
    }
    buf_clear(&text);
    return ok;
}

bool sheets_keep_row(struct site *site, int64_t sheet_id, const char *number,
                     const struct value *cells, struct err *err)
{
    struct buf text;
    bool ok = write_json(cells, &text, err) &&
              store_run(site->store,
                        "INSERT INTO sheet_rows (sheet_id, number, cells) VALUES ($1, $2, $3) ON "
                        "CONFLICT (number) DO NOTHING",
                        NULL, err, "itt", sheet_id, number, buf_text(&text));

    buf_clear(&text);
    return ok;
}

/* The JSON in a column as a tree that the caller frees. */
static bool read_json(const struct stmt *stmt, int column, struct value **out, struct err *err)
{
    size_t length = 0;
    const char *text = stmt_text(stmt, column, &length);

    return json_parse(text ? text : "", length, out, err);
}

bool sheets_list(struct site *site, int64_t office_id, const char *workflow, sheets_form_fn *each,
                 void *context, struct err *err)
{
    struct stmt *stmt = NULL;
    bool has_row = false;
    bool ok = store_ask(site->store,
                        "SELECT s.sheet_id, s.headings FROM sheets AS s WHERE s.office_id = $1 AND "
                        "s.workflow = $2 ORDER BY (SELECT MAX(r.row_id) FROM sheet_rows AS r WHERE "
                        "r.sheet_id = s.sheet_id) DESC, s.sheet_id DESC",
                        &stmt, err, "it", office_id, workflow);

    while (ok && (ok = stmt_step(stmt, &has_row, err)) && has_row) {
        struct value *headings = NULL;

        ok = read_json(stmt, 1, &headings, err) && each(context, stmt_int(stmt, 0), headings, err);
        value_free(headings);
    }
    if (stmt) {
        stmt_reset(stmt);
    }
    return ok;
}

bool sheets_rows(struct site *site, int64_t office_id, const char *workflow, sheets_row_fn *each,
                 void *context, struct err *err)
{
    struct stmt *stmt = NULL;
    bool has_row = false;
    bool ok =
        store_ask(site->store,
                  "SELECT r.sheet_id, r.number, r.cells FROM sheet_rows AS r JOIN sheets AS s "
                  "ON s.sheet_id = r.sheet_id WHERE s.office_id = $1 AND s.workflow = $2 "
                  "ORDER BY r.row_id",
                  &stmt, err, "it", office_id, workflow);

    while (ok && (ok = stmt_step(stmt, &has_row, err)) && has_row) {
        struct value *cells = NULL;

        ok = read_json(stmt, 2, &cells, err) &&
             each(context, stmt_int(stmt, 0), stmt_text(stmt, 1, NULL), cells, err);
        value_free(cells);
    }
    if (stmt) {
        stmt_reset(stmt);
    }
    return ok;
}

bool sheets_has(struct site *site, const char *number, bool *is_there, struct err *err)
{
    int64_t count = 0;
    bool ok = store_one_int(site->store, "SELECT COUNT(*) FROM sheet_rows WHERE number = $1",
                            &count, err, "t", number);

    *is_there = count != 0;
    return ok;
}
