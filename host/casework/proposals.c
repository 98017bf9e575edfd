/* Effects that wait for those who may sign: raised by a decision, settled by a decision. */
#include "casework/proposals.h"

#include "base/text.h"

#define PROPOSALS_SELECT                                                                        \
    "SELECT p.proposal_id, p.case_id, c.number, c.workflow, c.office_id, p.effect_key, p.step," \
    " p.title, p.signs, p.next_sign, p.status, p.raised_at, p.settled_at"                       \
    " FROM proposals AS p JOIN cases AS c ON c.case_id = p.case_id"

static void read_line(const struct stmt *stmt, struct proposal_line *line)
{
    line->proposal_id = stmt_int(stmt, 0);
    line->case_id = stmt_int(stmt, 1);
    line->number = stmt_text(stmt, 2, NULL);
    line->workflow = stmt_text(stmt, 3, NULL);
    line->office_id = stmt_int(stmt, 4);
    line->effect_key = stmt_text(stmt, 5, NULL);
    line->step = stmt_text(stmt, 6, NULL);
    line->title = stmt_text(stmt, 7, NULL);
    line->signs = stmt_text(stmt, 8, NULL);
    line->next_sign = stmt_int(stmt, 9);
    line->status = stmt_text(stmt, 10, NULL);
    line->raised_at = stmt_int(stmt, 11);
    line->settled_at = stmt_is_null(stmt, 12) ? INT64_MIN : stmt_int(stmt, 12);
}

static bool walk(struct stmt *stmt, proposal_line_fn *each, void *context, int64_t *count,
                 struct err *err)
{
    struct proposal_line line;
    bool has_row = false;

    while (stmt_step(stmt, &has_row, err)) {
        if (!has_row) {
            stmt_reset(stmt);
            return true;
        }
        read_line(stmt, &line);
        ++*count;
        if (!each(context, &line)) {
            stmt_reset(stmt);
            return true;
        }
    }
    return false;
}

bool proposals_list(struct store *store, int64_t case_id, bool only_waiting, proposal_line_fn *each,
                    void *context, struct err *err)
{
    static const char waiting[] =
        PROPOSALS_SELECT " WHERE p.status = 'waiting'"
                         " AND ($1 = 0 OR p.case_id = $1) ORDER BY p.proposal_id";
    static const char all[] =
        PROPOSALS_SELECT " WHERE $1 = 0 OR p.case_id = $1 ORDER BY p.proposal_id";
    struct stmt *stmt = NULL;
    int64_t count = 0;

    return store_ask(store, only_waiting ? waiting : all, &stmt, err, "i", case_id) &&
           walk(stmt, each, context, &count, err);
}

bool proposals_show(struct store *store, int64_t proposal_id, proposal_line_fn *each, void *context,
                    struct err *err)
{
    struct stmt *stmt = NULL;
    int64_t count = 0;

    if (!store_ask(store, PROPOSALS_SELECT " WHERE p.proposal_id = $1", &stmt, err, "i",
                   proposal_id) ||
        !walk(stmt, each, context, &count, err)) {
        return false;
    }
    if (count == 0) {
        err_set(err, ERR_MISSING, SAY("没有待批事项 P%lld", "there is no proposal P%lld"),
                (long long)proposal_id);
        return false;
    }
    return true;
}

bool proposals_raise(struct store *store, const struct proposal_new *row, struct err *err)
{
    static const char sql[] = "INSERT INTO proposals (case_id, effect_key, step, title, signs, "
                              "next_sign, status, raised_at,"
                              " settled_at) VALUES ($1, $2, $3, $4, $5, 1, 'waiting', $6, NULL)";
    struct stmt *stmt = NULL;

    return store_use(store, sql, &stmt, err) && stmt_bind_int(stmt, 1, row->case_id, err) &&
           stmt_bind_text_n(stmt, 2, row->key.bytes, row->key.length, err) &&
           stmt_bind_text_n(stmt, 3, row->step.bytes, row->step.length, err) &&
           stmt_bind_text_n(stmt, 4, row->title.bytes, row->title.length, err) &&
           stmt_bind_text_n(stmt, 5, row->signs.bytes, row->signs.length, err) &&
           stmt_bind_int(stmt, 6, row->at, err) && stmt_run(stmt, err);
}

bool proposals_next(struct store *store, int64_t case_id, struct span key, int64_t next,
                    struct err *err)
{
    static const char sql[] = "UPDATE proposals SET next_sign = $3"
                              " WHERE case_id = $1 AND effect_key = $2 AND status = 'waiting'";
    struct stmt *stmt = NULL;

    return store_use(store, sql, &stmt, err) && stmt_bind_int(stmt, 1, case_id, err) &&
           stmt_bind_text_n(stmt, 2, key.bytes, key.length, err) &&
           stmt_bind_int(stmt, 3, next, err) && stmt_run(stmt, err);
}

bool proposals_settle(struct store *store, int64_t case_id, struct span key, struct span outcome,
                      int64_t at, struct err *err)
{
    static const char sql[] = "UPDATE proposals SET status = $3, settled_at = $4"
                              " WHERE case_id = $1 AND effect_key = $2 AND status = 'waiting'";
    struct stmt *stmt = NULL;

    return store_use(store, sql, &stmt, err) && stmt_bind_int(stmt, 1, case_id, err) &&
           stmt_bind_text_n(stmt, 2, key.bytes, key.length, err) &&
           stmt_bind_text_n(stmt, 3, outcome.bytes, outcome.length, err) &&
           stmt_bind_int(stmt, 4, at, err) && stmt_run(stmt, err);
}
