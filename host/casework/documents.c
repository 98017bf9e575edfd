/* Papers that a decision asked for: drafted, or numbered when a person signed; rendering comes
 * later. */
#include "casework/documents.h"

bool documents_list(struct store *store, int64_t case_id, document_line_fn *each, void *context,
                    struct err *err)
{
    static const char sql[] = "SELECT d.document_id, c.number, d.effect_key, d.name, d.number, "
                              "d.data, d.status, d.created_at"
                              " FROM documents AS d LEFT JOIN cases AS c ON c.case_id = d.case_id"
                              " WHERE $1 = 0 OR d.case_id = $1 ORDER BY d.document_id";
    struct stmt *stmt = NULL;
    bool has_row = false;

    if (!store_ask(store, sql, &stmt, err, "i", case_id)) {
        return false;
    }
    while (stmt_step(stmt, &has_row, err)) {
        struct document_line line;

        if (!has_row) {
            stmt_reset(stmt);
            return true;
        }
        line.document_id = stmt_int(stmt, 0);
        line.case_number = stmt_text(stmt, 1, NULL);
        line.effect_key = stmt_text(stmt, 2, NULL);
        line.name = stmt_text(stmt, 3, NULL);
        line.number = stmt_text(stmt, 4, NULL);
        line.data = stmt_text(stmt, 5, NULL);
        line.status = stmt_text(stmt, 6, NULL);
        line.created_at = stmt_int(stmt, 7);
        if (!each(context, &line)) {
            stmt_reset(stmt);
            return true;
        }
    }
    return false;
}

bool documents_add(struct store *store, const struct document_new *row, struct err *err)
{
    static const char sql[] = "INSERT INTO documents (case_id, effect_key, name, number, data, "
                              "status, created_at, office_id)"
                              " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    struct stmt *stmt = NULL;

    return store_use(store, sql, &stmt, err) &&
           (row->case_id ? stmt_bind_int(stmt, 1, row->case_id, err)
                         : stmt_bind_null(stmt, 1, err)) &&
           stmt_bind_text_n(stmt, 2, row->key.bytes, row->key.length, err) &&
           stmt_bind_text_n(stmt, 3, row->name.bytes, row->name.length, err) &&
           (row->number ? stmt_bind_text(stmt, 4, row->number, err)
                        : stmt_bind_null(stmt, 4, err)) &&
           stmt_bind_text_n(stmt, 5, row->data.bytes, row->data.length, err) &&
           stmt_bind_text(stmt, 6, row->number ? "numbered" : "drafted", err) &&
           stmt_bind_int(stmt, 7, row->at, err) && stmt_bind_int(stmt, 8, row->office_id, err) &&
           stmt_run(stmt, err);
}

bool documents_cancel(struct store *store, int64_t case_id, struct span prefix, struct err *err)
{
    static const char sql[] =
        "UPDATE documents SET status = 'cancelled' WHERE case_id = $1 AND status = 'drafted'"
        " AND substr(effect_key, 1, length($2)) = $2";
    struct stmt *stmt = NULL;

    return store_use(store, sql, &stmt, err) && stmt_bind_int(stmt, 1, case_id, err) &&
           stmt_bind_text_n(stmt, 2, prefix.bytes, prefix.length, err) && stmt_run(stmt, err);
}
