/* One builder for lists, counts and totals, so that they can never disagree about what is meant. */
#include "casework/case_sql.h"

#include <inttypes.h>

#include "base/mem.h"
#include "base/text.h"
#include "casework/rows.h"

#define CASES_SQL_MAX ((size_t)256 * 1024)

void case_sql_init(struct case_sql *sql)
{
    buf_init(&sql->text, CASES_SQL_MAX);
    sql->values = value_new_list();
}

void case_sql_clear(struct case_sql *sql)
{
    buf_clear(&sql->text);
    value_free(sql->values);
    sql->values = NULL;
}

static void put(struct case_sql *sql, const char *text)
{
    buf_add_text(&sql->text, text);
}

static void put_value(struct case_sql *sql, struct value *value)
{
    value_push(sql->values, value);
    buf_add_format(&sql->text, "$%zu", value_count(sql->values));
}

static void put_text(struct case_sql *sql, const char *before, const char *text, const char *after)
{
    put(sql, before);
    put_value(sql, value_new_text(text ? text : ""));
    put(sql, after);
}

static void put_int(struct case_sql *sql, const char *before, int64_t number)
{
    put(sql, before);
    put_value(sql, value_new_int(number));
}

/* A text inside anything, for LIKE … ESCAPE '\': nothing in it is special. */
static void put_pattern(struct case_sql *sql, const char *before, const char *text)
{
    struct buf pattern;

    buf_init(&pattern, CASES_SQL_MAX);
    buf_add_byte(&pattern, '%');
    for (; *text; text++) {
        if (*text == '%' || *text == '_' || *text == '\\') {
            buf_add_byte(&pattern, '\\');
        }
        buf_add_byte(&pattern, (unsigned char)*text);
    }
    buf_add_byte(&pattern, '%');
    put_text(sql, before, buf_text(&pattern), " ESCAPE '\\'");
    buf_clear(&pattern);
}

static void put_offices(struct case_sql *sql, const struct case_filter *filter)
{
    buf_add_text(&sql->text, "(-1");
    for (size_t i = 0; i < filter->office_count; i++) {
        buf_add_format(&sql->text, ", %" PRId64, filter->offices[i]);
    }
    buf_add_text(&sql->text, ")");
}

/* What a number may begin with before the word: nothing, or as many of its parts as the site has
   counted. Each is one range of the index. */
static void put_heads(struct case_sql *sql, const struct case_filter *filter)
{
    static const char *const heads[] = {
        "SELECT '' AS head", " UNION SELECT o.code || '-' FROM offices AS o WHERE 1 = 1",
        " UNION SELECT o.code || '-' || n.year || '-' FROM numbers AS n JOIN offices AS o ON"
        " o.office_id = n.office_id WHERE 1 = 1",
        " UNION SELECT o.code || '-' || n.year || '-' || n.series || '-' FROM numbers AS n JOIN"
        " offices AS o ON o.office_id = n.office_id WHERE 1 = 1"};

    for (size_t i = 0; i < COUNT_OF(heads); i++) {
        put(sql, heads[i]);
        if (i > 0 && filter->offices) {
            put(sql, " AND o.office_id IN ");
            put_offices(sql, filter);
        }
    }
}

void case_sql_from(struct case_sql *sql, const struct case_filter *filter)
{
    if (!filter->number) {
        put(sql, " FROM cases AS c");
        return;
    }
    put(sql, " FROM (SELECT DISTINCT k.case_id FROM (");
    put_heads(sql, filter);
    put_text(sql, ") AS h CROSS JOIN cases AS k WHERE k.number >= h.head || upper(", filter->number,
             ")");
    put_text(sql, " AND k.number < h.head || upper(", filter->number,
             ") || '\xF4\x8F\xBF\xBF') AS f CROSS JOIN cases AS c");
}

static void put_states(struct case_sql *sql, const struct value *states)
{
    put(sql, " AND (1 = 0");
    for (size_t i = 0; i < value_count(states); i++) {
        const struct value *one = value_at(states, i);

        put_text(sql, " OR (c.workflow = ", value_get_text(one, "workflow"), "");
        put_text(sql, " AND c.state = ", value_get_text(one, "state"), ")");
    }
    put(sql, ")");
}

/* json_each gives the one value of a plain field and the items of a list alike. */
static void put_condition(struct case_sql *sql, const struct value *choices)
{
    put(sql, " AND (1 = 0");
    for (size_t i = 0; i < value_count(choices); i++) {
        const struct value *one = value_at(choices, i);
        const char *value = value_get_text(one, "value");

        put(sql, " OR EXISTS (SELECT 1 FROM json_each(c.record, '$.' || ");
        put_text(sql, "", value_get_text(one, "field"), ") AS j WHERE CAST(j.value AS TEXT)");
        if (value_get_bool(one, "contains")) {
            put_pattern(sql, " LIKE ", value ? value : "");
            put(sql, ")");
        } else {
            put_text(sql, " = ", value, ")");
        }
    }
    put(sql, ")");
}

static void put_texts(struct case_sql *sql, const struct case_filter *filter)
{
    if (filter->workflow) {
        put_text(sql, " AND c.workflow = ", filter->workflow, "");
    }
    if (filter->state) {
        put_text(sql, " AND c.state = ", filter->state, "");
    }
    if (filter->overdue) {
        put_text(sql, " AND c.closed_at IS NULL AND c.due < ", filter->overdue, "");
    }
    if (filter->states) {
        put_states(sql, filter->states);
    }
    if (filter->text) {
        put_pattern(sql, " AND (c.number LIKE ", filter->text);
        put_pattern(sql, " OR c.record LIKE ", filter->text);
        put(sql, ")");
    }
    if (filter->person) {
        put_text(
            sql,
            " AND EXISTS (SELECT 1 FROM events AS e WHERE e.case_id = c.case_id AND e.actor = ",
            filter->person, ")");
    }
    for (size_t i = 0; i < value_count(filter->where); i++) {
        put_condition(sql, value_at(filter->where, i));
    }
}

static void put_marks(struct case_sql *sql, const struct case_filter *filter)
{
    put(sql, filter->is_open || filter->is_late ? " AND c.closed_at IS NULL" : "");
    put(sql, filter->is_closed ? " AND c.closed_at IS NOT NULL" : "");
    put(sql, filter->is_late ? " AND c.late_since IS NOT NULL" : "");
    put(sql, filter->is_set_aside ? " AND c.set_aside IS NOT NULL" : "");
    if (filter->unit_id) {
        put_int(sql, " AND c.unit_id = ", filter->unit_id);
    }
    if (filter->only_unit_id) {
        put_int(sql, " AND c.unit_id = ", filter->only_unit_id);
    }
    if (filter->opened_from) {
        put_int(sql, " AND c.opened_at >= ", filter->opened_from);
    }
    if (filter->opened_until) {
        put_int(sql, " AND c.opened_at < ", filter->opened_until);
    }
}

void case_sql_where(struct case_sql *sql, const struct case_filter *filter, int64_t office_id)
{
    put(sql, filter->number ? " WHERE c.case_id = f.case_id" : " WHERE 1 = 1");
    if (office_id) {
        put_int(sql, " AND c.office_id = ", office_id);
    } else if (filter->offices) {
        put(sql, " AND c.office_id IN ");
        put_offices(sql, filter);
    }
    put_marks(sql, filter);
    put_texts(sql, filter);
}

/* What a row is put in order by; days that are not there come last. */
static void put_order(struct case_sql *sql, const struct case_filter *filter)
{
    static const char *const keys[] = {
        [CASES_BY_NUMBER] = "c.number",
        [CASES_BY_DUE] = "c.due",
        [CASES_BY_LATE] = "c.late_since",
        [CASES_BY_OPENED] = "c.opened_at",
        [CASES_BY_CLOSED] = "c.closed_at",
        [CASES_BY_UNIT] = "(SELECT s.name FROM units AS s WHERE s.unit_id = c.unit_id)",
        [CASES_BY_STATE] = "c.state",
        [CASES_BY_WORKFLOW] = "c.workflow",
    };
    const char *key = keys[filter->order];
    const char *way = filter->is_descending ? " DESC" : "";

    if (filter->order == CASES_BY_NUMBER) {
        buf_add_format(&sql->text, " ORDER BY c.number%s", way);
    } else {
        buf_add_format(&sql->text, " ORDER BY %s IS NULL, %s%s, c.case_id%s", key, key, way, way);
    }
}

void case_sql_pick(struct case_sql *sql, const struct case_filter *filter, int64_t office_id,
                   const char *columns)
{
    buf_add_format(&sql->text, "SELECT %s FROM ", columns);
    if (office_id) {
        put(sql, "cases AS c" CASE_SQL_JOINS);
        case_sql_where(sql, filter, office_id);
        put_order(sql, filter);
        return;
    }
    put(sql, "(SELECT c.case_id");
    case_sql_from(sql, filter);
    case_sql_where(sql, filter, 0);
    put_order(sql, filter);
    if (filter->limit) {
        buf_add_format(&sql->text, " LIMIT %" PRId64, filter->skip + filter->limit);
    }
    put(sql, ") AS p JOIN cases AS c ON c.case_id = p.case_id" CASE_SQL_JOINS);
    put_order(sql, filter);
}

bool case_sql_ask(struct case_sql *sql, struct store *store, struct stmt **stmt, struct err *err)
{
    if (sql->text.is_over) {
        err_set(err, ERR_INVALID, "%s", SAY("查询条件过长", "the filter is too long"));
        return false;
    }
    if (!store_use(store, buf_text(&sql->text), stmt, err)) {
        return false;
    }
    for (size_t i = 0; i < value_count(sql->values); i++) {
        const struct value *value = value_at(sql->values, i);
        bool ok = value_text(value) ? stmt_bind_text(*stmt, (int)i + 1, value_text(value), err)
                                    : stmt_bind_int(*stmt, (int)i + 1, value_int(value, 0), err);

        if (!ok) {
            return false;
        }
    }
    return true;
}

bool case_sql_offices(struct store *store, const struct case_filter *filter, int64_t **ids,
                      size_t *count, struct err *err)
{
    struct case_sql sql;
    struct stmt *stmt = NULL;
    bool ok;

    case_sql_init(&sql);
    put(&sql, "SELECT office_id FROM offices");
    if (filter->offices) {
        put(&sql, " WHERE office_id IN ");
        put_offices(&sql, filter);
    }
    put(&sql, " ORDER BY code");
    ok = case_sql_ask(&sql, store, &stmt, err) && row_ids(stmt, ids, count, err);
    case_sql_clear(&sql);
    return ok;
}
