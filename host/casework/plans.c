/* The catch-up list: what an outage held back, until a person says what is still to be done. */
#include "casework/plans.h"

bool plans_list(struct store *store, int64_t case_id, bool only_waiting, plan_line_fn *each,
                void *context, struct err *err)
{
    static const char sql[] =
        "SELECT p.plan_id, p.case_id, c.number, c.workflow, c.office_id, p.effect_key, p.step,"
        " p.planned_at, p.status FROM plans AS p JOIN cases AS c ON c.case_id = p.case_id"
        " WHERE ($1 = 0 OR p.case_id = $1) AND ($2 = 0 OR p.status = 'waiting')"
        " ORDER BY p.planned_at, c.number, p.plan_id";
    struct stmt *stmt = NULL;
    bool has_row = false;

    if (!store_ask(store, sql, &stmt, err, "ii", case_id, (int64_t)only_waiting)) {
        return false;
    }
    while (stmt_step(stmt, &has_row, err)) {
        struct plan_line line;

        if (!has_row) {
            stmt_reset(stmt);
            return true;
        }
        line.plan_id = stmt_int(stmt, 0);
        line.case_id = stmt_int(stmt, 1);
        line.number = stmt_text(stmt, 2, NULL);
        line.workflow = stmt_text(stmt, 3, NULL);
        line.office_id = stmt_int(stmt, 4);
        line.effect_key = stmt_text(stmt, 5, NULL);
        line.step = stmt_text(stmt, 6, NULL);
        line.planned_at = stmt_int(stmt, 7);
        line.status = stmt_text(stmt, 8, NULL);
        if (!each(context, &line)) {
            stmt_reset(stmt);
            return true;
        }
    }
    return false;
}

bool plans_add(struct store *store, const struct plan_new *row, struct err *err)
{
    static const char sql[] = "INSERT INTO plans (case_id, effect_key, step, planned_at, status)"
                              " VALUES ($1, $2, $3, $4, 'waiting') ON CONFLICT DO NOTHING";
    struct stmt *stmt = NULL;

    return store_use(store, sql, &stmt, err) && stmt_bind_int(stmt, 1, row->case_id, err) &&
           stmt_bind_text_n(stmt, 2, row->key.bytes, row->key.length, err) &&
           stmt_bind_text_n(stmt, 3, row->step.bytes, row->step.length, err) &&
           stmt_bind_int(stmt, 4, row->planned_at, err) && stmt_run(stmt, err);
}

bool plans_settle(struct store *store, int64_t case_id, struct span key, const char *status,
                  struct err *err)
{
    static const char sql[] = "UPDATE plans SET status = $3"
                              " WHERE case_id = $1 AND effect_key = $2 AND status = 'waiting'";
    struct stmt *stmt = NULL;

    return store_use(store, sql, &stmt, err) && stmt_bind_int(stmt, 1, case_id, err) &&
           stmt_bind_text_n(stmt, 2, key.bytes, key.length, err) &&
           stmt_bind_text(stmt, 3, status, err) && stmt_run(stmt, err);
}
