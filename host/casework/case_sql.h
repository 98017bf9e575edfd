/* The statement behind a list of cases: its conditions, its order, and the values that are bound.
   Which rows are wanted is settled on narrow indexes first; whole rows are read for those alone. */
#ifndef DUBAN_CASE_SQL_H
#define DUBAN_CASE_SQL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/value.h"
#include "casework/case_list.h"
#include "store/store.h"

/* What a row c of cases is shown with: its activation a, version v, unit u and parent m. */
#define CASE_SQL_JOINS                                                                    \
    " JOIN activations AS a ON a.activation_id = c.activation_id"                         \
    " JOIN versions AS v ON v.version_id = a.version_id"                                  \
    " LEFT JOIN units AS u ON u.unit_id = c.unit_id LEFT JOIN cases AS m ON m.case_id = " \
    "c.parent_id"

struct case_sql {
    struct buf text;
    struct value *values; /* list of texts and integers, $1 first */
};

void case_sql_init(struct case_sql *sql);
void case_sql_clear(struct case_sql *sql);

/* Rows of `columns` for the filter; office_id 0 takes those of the filter, else that one. */
void case_sql_pick(struct case_sql *sql, const struct case_filter *filter, int64_t office_id,
                   const char *columns);
/* " FROM …" and " WHERE …" alone, on a row c of cases: both come from the same filter. */
void case_sql_from(struct case_sql *sql, const struct case_filter *filter);
void case_sql_where(struct case_sql *sql, const struct case_filter *filter, int64_t office_id);
/* The statement ready to be stepped. */
MUST_USE bool case_sql_ask(struct case_sql *sql, struct store *store, struct stmt **stmt,
                           struct err *err);
/* The offices of the filter by their codes; *ids is the caller's. */
MUST_USE bool case_sql_offices(struct store *store, const struct case_filter *filter, int64_t **ids,
                               size_t *count, struct err *err);

#endif
