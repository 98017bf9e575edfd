/* How many cases there are, as a whole and by workflow, state or unit. */
#include "casework/case_list.h"

#include <inttypes.h>

#include "casework/case_sql.h"
#include "casework/rows.h"

bool cases_count(struct store *store, const struct case_filter *filter, int64_t most,
                 int64_t *count, struct err *err)
{
    struct case_sql sql;
    struct stmt *stmt = NULL;
    bool has_row = false;
    bool ok;

    case_sql_init(&sql);
    buf_add_text(&sql.text, "SELECT COUNT(*) FROM (SELECT 1");
    case_sql_from(&sql, filter);
    case_sql_where(&sql, filter, 0);
    buf_add_format(&sql.text, " LIMIT %" PRId64 ") AS t", most + 1);
    ok = case_sql_ask(&sql, store, &stmt, err) && stmt_step(stmt, &has_row, err);
    if (ok) {
        *count = has_row ? stmt_int(stmt, 0) : 0;
    }
    if (stmt) {
        stmt_reset(stmt);
    }
    case_sql_clear(&sql);
    return ok;
}

bool cases_totals(struct store *store, const struct case_filter *filter, enum case_order by,
                  case_total_fn *each, void *context, struct err *err)
{
    const char *keys = by == CASES_BY_UNIT    ? "NULL, NULL, c.unit_id"
                       : by == CASES_BY_STATE ? "c.workflow, c.state, NULL"
                                              : "c.workflow, NULL, NULL";
    struct case_sql sql;
    struct stmt *stmt = NULL;
    bool has_row = false;
    bool ok;

    case_sql_init(&sql);
    buf_add_format(&sql.text,
                   "SELECT %s, COUNT(*), SUM(c.closed_at IS NULL), SUM(c.closed_at IS NULL AND"
                   " c.late_since IS NOT NULL)",
                   keys);
    case_sql_from(&sql, filter);
    case_sql_where(&sql, filter, 0);
    buf_add_text(&sql.text, by == CASES_BY_UNIT    ? " GROUP BY c.unit_id ORDER BY 4 DESC"
                            : by == CASES_BY_STATE ? " GROUP BY c.workflow, c.state ORDER BY 1, 2"
                                                   : " GROUP BY c.workflow ORDER BY 1");
    ok = case_sql_ask(&sql, store, &stmt, err);
    while (ok && (ok = stmt_step(stmt, &has_row, err)) && has_row) {
        const struct case_total total = {.workflow = stmt_text(stmt, 0, NULL),
                                         .state = stmt_text(stmt, 1, NULL),
                                         .unit_id = row_id(stmt, 2),
                                         .count = stmt_int(stmt, 3),
                                         .open = stmt_int(stmt, 4),
                                         .late = stmt_int(stmt, 5)};

        each(context, &total);
    }
    if (stmt) {
        stmt_reset(stmt);
    }
    case_sql_clear(&sql);
    return ok;
}
