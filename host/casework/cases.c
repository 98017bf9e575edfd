/* The rows of cases. Finding what is due and moving a case on after a decision are what a tick does
   a hundred thousand times, so both are one prepared statement each. */
#include "casework/cases.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "casework/terms.h"

static int64_t instant(const struct stmt *stmt, int column)
{
    return stmt_is_null(stmt, column) ? CASE_NEVER : stmt_int(stmt, column);
}

/* SQL has NULL for "never", whose place in a format letter would double every statement: -1 stands
 * for it. */
static int64_t sql_instant(int64_t at)
{
    return at == CASE_NEVER ? -1 : at;
}

bool cases_load(struct store *store, int64_t case_id, struct case_row *out, struct err *err)
{
    static const char sql[] =
        "SELECT number, office_id, activation_id, state, record, snapshot, seq, folded, head, "
        "wake_at,"
        " round, parent_id, opened_at, closed_at, outcome, set_aside FROM cases WHERE case_id = $1";
    struct stmt *stmt = NULL;
    bool has_row = false;
    size_t length = 0;
    const void *bytes;

    if (!store_ask(store, sql, &stmt, err, "i", case_id) || !stmt_step(stmt, &has_row, err)) {
        return false;
    }
    if (!has_row) {
        err_set(err, ERR_MISSING,
                SAY("没有内部编号为 %lld 的案件", "there is no case with the id %lld"),
                (long long)case_id);
        stmt_reset(stmt);
        return false;
    }
    *out = (struct case_row){.case_id = case_id};
    bytes = stmt_text(stmt, 0, &length);
    memcpy(out->number, bytes, length < CASE_NUMBER_SIZE ? length : CASE_NUMBER_SIZE - 1);
    out->office_id = stmt_int(stmt, 1);
    out->activation_id = stmt_int(stmt, 2);
    out->state = mem_text(stmt_text(stmt, 3, NULL));
    out->record = mem_text(stmt_text(stmt, 4, NULL));
    bytes = stmt_blob(stmt, 5, &length);
    if (bytes) {
        out->snapshot = mem_text_n(bytes, length);
        out->snapshot_length = length;
    }
    out->seq = stmt_int(stmt, 6);
    out->folded = stmt_int(stmt, 7);
    bytes = stmt_blob(stmt, 8, &length);
    memcpy(out->head, bytes, length < DIGEST_SIZE ? length : DIGEST_SIZE);
    out->wake_at = instant(stmt, 9);
    out->round = stmt_int(stmt, 10);
    out->parent_id = stmt_is_null(stmt, 11) ? 0 : stmt_int(stmt, 11);
    out->opened_at = stmt_int(stmt, 12);
    out->closed_at = instant(stmt, 13);
    out->outcome = mem_text(stmt_text(stmt, 14, NULL));
    out->set_aside = mem_text(stmt_text(stmt, 15, NULL));
    stmt_reset(stmt);
    return true;
}

void case_clear(struct case_row *row)
{
    mem_free(row->state);
    mem_free(row->record);
    mem_free(row->snapshot);
    mem_free(row->outcome);
    mem_free(row->set_aside);
    *row = (struct case_row){0};
}

bool cases_add(struct store *store, const struct case_new *row, int64_t *case_id, struct err *err)
{
    static const char sql[] =
        "INSERT INTO cases (number, office_id, workflow, activation_id, state, unit_id, record, "
        "snapshot,"
        " seq, folded, head, due, wake_at, round, parent_id, join_key, opened_at, closed_at, "
        "outcome,"
        " set_aside) VALUES ($1, $2, $3, $4, '', NULLIF($5, 0), $6, NULL, 0, 0, $7, NULL, NULL, 0,"
        " NULLIF($8, 0), $9, $10, NULL, '', NULL)";
    static const unsigned char zeros[DIGEST_SIZE];

    if (!store_run(store, sql, NULL, err, "titiitbiti", row->number, row->office_id, row->workflow,
                   row->activation_id, row->unit_id, row->record, zeros, (size_t)DIGEST_SIZE,
                   row->parent_id, row->join_key, row->opened_at)) {
        return false;
    }
    *case_id = store_last_id(store);
    return terms_mark(store, *case_id, err);
}

/* Four indexes hold wake_at, round, closed_at, due and late_since; a statement that does not name
   them leaves them alone. */
#define MOVE_SET                                                                     \
    "UPDATE cases SET state = $3, snapshot = $4, seq = $5, folded = $5, head = $6, " \
    "outcome = $10, set_aside = NULL"
#define MOVE_TIMES                                                                  \
    ", due = $7, wake_at = NULLIF($8, -1), round = 0, closed_at = NULLIF($9, -1), " \
    "late_since = $11"
#define MOVE_WHERE " WHERE case_id = $1 AND seq = $2"
#define MOVE_SAME_TIMES                                                            \
    " AND due IS $7 AND wake_at IS NULLIF($8, -1) AND round = 0 AND closed_at IS " \
    "NULLIF($9, -1) AND late_since IS $11"

static bool move_with(struct store *store, const char *sql, const struct case_moved *row,
                      bool *moved, struct err *err)
{
    int64_t changed = 0;

    if (!store_run(store, sql, &changed, err, "iitbibtiitt", row->case_id, row->seen, row->state,
                   row->snapshot, row->snapshot_length, row->seq, row->head, (size_t)DIGEST_SIZE,
                   row->due, sql_instant(row->wake_at), sql_instant(row->closed_at), row->outcome,
                   row->late)) {
        return false;
    }
    *moved = changed == 1;
    return true;
}

bool cases_move(struct store *store, const struct case_moved *row, bool *moved, struct err *err)
{
    bool is_done = false;

    if (row->keeps_times &&
        !move_with(store, MOVE_SET MOVE_WHERE MOVE_SAME_TIMES, row, &is_done, err)) {
        return false;
    }
    *moved = is_done;
    return is_done || move_with(store, MOVE_SET MOVE_TIMES MOVE_WHERE, row, moved, err);
}

bool cases_amend(struct store *store, int64_t case_id, const char *record, int64_t unit_id,
                 struct err *err)
{
    return store_run(store,
                     "UPDATE cases SET record = $2, unit_id = NULLIF($3, 0) WHERE case_id = $1",
                     NULL, err, "iti", case_id, record, unit_id) &&
           terms_mark(store, case_id, err);
}

bool cases_wake(struct store *store, const struct case_woken *row, struct err *err)
{
    static const char sql[] = "UPDATE cases SET seq = $2, head = $3,"
                              " round = CASE WHEN wake_at <= $4 THEN round ELSE $5 END,"
                              " wake_at = CASE WHEN set_aside IS NOT NULL THEN NULL WHEN wake_at "
                              "<= $4 THEN wake_at ELSE $4 END"
                              " WHERE case_id = $1";

    return store_run(store, sql, NULL, err, "iibii", row->case_id, row->seq, row->head,
                     (size_t)DIGEST_SIZE, row->at, row->round);
}

bool cases_joined(struct store *store, int64_t office_id, const char *workflow, const char *key,
                  int64_t *case_id, struct err *err)
{
    static const char sql[] = "SELECT COALESCE(MAX(case_id), 0) FROM cases WHERE office_id = $1"
                              " AND workflow = $2 AND join_key = $3 AND closed_at IS NULL";

    return store_one_int(store, sql, case_id, err, "itt", office_id, workflow, key);
}

bool cases_put_aside(struct store *store, int64_t case_id, const char *reason, struct err *err)
{
    return store_run(store, "UPDATE cases SET set_aside = $2, wake_at = NULL WHERE case_id = $1",
                     NULL, err, "it", case_id, reason);
}

bool cases_take_back(struct store *store, int64_t case_id, int64_t wake_at, struct err *err)
{
    return store_run(store,
                     "UPDATE cases SET set_aside = NULL, wake_at = $2, round = 0"
                     " WHERE case_id = $1 AND set_aside IS NOT NULL",
                     NULL, err, "ii", case_id, wake_at);
}
