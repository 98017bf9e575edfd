/* Messages that a decision asked for. Sending them is the work of a courier; here they are put down
   once under their key, listed and cancelled. */
#include "casework/outbox.h"

bool outbox_list(struct store *store, int64_t case_id, const char *status, outbox_line_fn *each,
                 void *context, struct err *err)
{
    static const char sql[] =
        "SELECT o.outbox_id, c.number, p.office_id, o.effect_key, p.code, p.name, u.name, "
        "o.template,"
        " o.data, o.status, o.created_at FROM outbox AS o JOIN people AS p ON p.person_id = "
        "o.person_id"
        " LEFT JOIN cases AS c ON c.case_id = o.case_id LEFT JOIN units AS u ON u.unit_id = "
        "p.unit_id"
        " WHERE ($1 = 0 OR o.case_id = $1) AND ($2 = '' OR o.status = $2) ORDER BY o.outbox_id";
    struct stmt *stmt = NULL;
    bool has_row = false;

    if (!store_ask(store, sql, &stmt, err, "it", case_id, status ? status : "")) {
        return false;
    }
    while (stmt_step(stmt, &has_row, err)) {
        struct outbox_line line;

        if (!has_row) {
            stmt_reset(stmt);
            return true;
        }
        line.outbox_id = stmt_int(stmt, 0);
        line.number = stmt_text(stmt, 1, NULL);
        line.office_id = stmt_int(stmt, 2);
        line.effect_key = stmt_text(stmt, 3, NULL);
        line.person = stmt_text(stmt, 4, NULL);
        line.person_name = stmt_text(stmt, 5, NULL);
        line.unit_name = stmt_text(stmt, 6, NULL);
        line.template = stmt_text(stmt, 7, NULL);
        line.data = stmt_text(stmt, 8, NULL);
        line.status = stmt_text(stmt, 9, NULL);
        line.created_at = stmt_int(stmt, 10);
        if (!each(context, &line)) {
            stmt_reset(stmt);
            return true;
        }
    }
    return false;
}

bool outbox_add(struct store *store, const struct outbox_new *row, int64_t person_id,
                struct err *err)
{
    static const char sql[] =
        "INSERT INTO outbox (case_id, effect_key, person_id, template, data, principals, status,"
        " created_at, priority, retry_at, lease_until, attempts, reason)"
        " VALUES (NULLIF($1, 0), $2, $3, $4, $5, $6, 'waiting', $7, 2, 0, 0, 0, '')"
        " ON CONFLICT DO NOTHING";

    return store_run(store, sql, NULL, err, "itittti", row->case_id, row->key.bytes, person_id,
                     row->template.bytes, row->data.bytes,
                     row->principals.bytes ? row->principals.bytes : "[]", row->at);
}

bool outbox_cancel(struct store *store, int64_t case_id, struct span prefix, struct err *err)
{
    static const char sql[] =
        "UPDATE outbox SET status = 'cancelled' WHERE case_id = $1"
        " AND substr(effect_key, 1, length($2)) = $2 AND (status = 'waiting' OR"
        " (status = 'digested' AND EXISTS (SELECT 1 FROM digests AS d"
        " WHERE d.digest_id = outbox.digest_id AND d.status = 'open')))";
    struct stmt *stmt = NULL;

    return store_use(store, sql, &stmt, err) && stmt_bind_int(stmt, 1, case_id, err) &&
           stmt_bind_text_n(stmt, 2, prefix.bytes, prefix.length, err) && stmt_run(stmt, err);
}
