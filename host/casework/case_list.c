/* Cases as they are looked at: one statement with a filter, and one case by its number. */
#include "casework/case_list.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"

#define CASES_SQL_MAX ((size_t)256 * 1024)

#define CASES_SELECT                                                                          \
    "SELECT c.case_id, c.number, c.office_id, c.workflow, v.title, c.activation_id, c.state," \
    " u.code, u.name, c.record, c.seq, c.folded, c.due, c.wake_at, m.number, c.opened_at,"    \
    " c.closed_at, c.outcome, c.set_aside, c.late_since FROM cases AS c"                      \
    " JOIN activations AS a ON a.activation_id = c.activation_id"                             \
    " JOIN versions AS v ON v.version_id = a.version_id"                                      \
    " LEFT JOIN units AS u ON u.unit_id = c.unit_id LEFT JOIN cases AS m ON m.case_id = "     \
    "c.parent_id"

static int64_t instant(const struct stmt *stmt, int column)
{
    return stmt_is_null(stmt, column) ? CASE_NEVER : stmt_int(stmt, column);
}

static void read_line(const struct stmt *stmt, struct case_line *line)
{
    line->case_id = stmt_int(stmt, 0);
    line->number = stmt_text(stmt, 1, NULL);
    line->office_id = stmt_int(stmt, 2);
    line->workflow = stmt_text(stmt, 3, NULL);
    line->title = stmt_text(stmt, 4, NULL);
    line->activation_id = stmt_int(stmt, 5);
    line->state = stmt_text(stmt, 6, NULL);
    line->unit_code = stmt_text(stmt, 7, NULL);
    line->unit_name = stmt_text(stmt, 8, NULL);
    line->record = stmt_text(stmt, 9, NULL);
    line->seq = stmt_int(stmt, 10);
    line->folded = stmt_int(stmt, 11);
    line->due = stmt_text(stmt, 12, NULL);
    line->wake_at = instant(stmt, 13);
    line->parent = stmt_text(stmt, 14, NULL);
    line->opened_at = stmt_int(stmt, 15);
    line->closed_at = instant(stmt, 16);
    line->outcome = stmt_text(stmt, 17, NULL);
    line->set_aside = stmt_text(stmt, 18, NULL);
    line->late_since = stmt_text(stmt, 19, NULL);
}

static bool walk(struct stmt *stmt, case_line_fn *each, void *context, int64_t *count,
                 struct err *err)
{
    struct case_line line;
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

/* Text for LIKE … ESCAPE '\': anything around it, nothing in it special. */
static void put_pattern(struct buf *out, const char *text)
{
    buf_add_byte(out, '%');
    for (; *text; text++) {
        if (*text == '%' || *text == '_' || *text == '\\') {
            buf_add_byte(out, '\\');
        }
        buf_add_byte(out, (unsigned char)*text);
    }
    buf_add_byte(out, '%');
}

static void put_where(struct buf *sql, const struct case_filter *filter)
{
    buf_add_text(sql,
                 CASES_SELECT " WHERE ($1 = '' OR c.workflow = $1) AND ($2 = '' OR c.state = $2)");
    if (filter->offices) {
        buf_add_text(sql, " AND c.office_id IN (-1");
        for (size_t i = 0; i < filter->office_count; i++) {
            buf_add_format(sql, ", %lld", (long long)filter->offices[i]);
        }
        buf_add_text(sql, ")");
    }
    if (filter->number) {
        buf_add_text(sql, " AND c.number LIKE $3 ESCAPE '\\'");
    } else if (filter->text) {
        buf_add_text(sql, " AND (c.number LIKE $3 ESCAPE '\\' OR c.record LIKE $3 ESCAPE '\\')");
    } else {
        buf_add_text(sql, " AND $3 = ''");
    }
    buf_add_text(sql, filter->overdue ? " AND c.closed_at IS NULL AND c.due < $4" : " AND $4 = ''");
    buf_add_text(sql, filter->unit_id ? " AND c.unit_id = $5" : " AND $5 = 0");
    if (filter->is_open) {
        buf_add_text(sql, " AND c.closed_at IS NULL");
    }
    if (filter->is_set_aside) {
        buf_add_text(sql, " AND c.set_aside IS NOT NULL");
    }
    buf_add_text(sql, " ORDER BY c.number");
    if (filter->limit > 0) {
        buf_add_format(sql, " LIMIT %lld", (long long)filter->limit);
    }
}

bool cases_list(struct store *store, const struct case_filter *filter, case_line_fn *each,
                void *context, struct err *err)
{
    bool ok = false;
    struct stmt *stmt = NULL;
    struct buf sql;
    struct buf pattern;
    int64_t count = 0;

    buf_init(&sql, CASES_SQL_MAX);
    buf_init(&pattern, CASES_SQL_MAX);
    put_where(&sql, filter);
    if (filter->number || filter->text) {
        put_pattern(&pattern, filter->number ? filter->number : filter->text);
    }
    if (sql.is_over || pattern.is_over) {
        err_set(err, ERR_INVALID, "%s", SAY("查询条件过长", "the filter is too long"));
        goto done;
    }
    ok = store_ask(store, sql.bytes, &stmt, err, "tttti", filter->workflow ? filter->workflow : "",
                   filter->state ? filter->state : "", buf_text(&pattern),
                   filter->overdue ? filter->overdue : "", filter->unit_id) &&
         walk(stmt, each, context, &count, err);
done:
    buf_clear(&sql);
    buf_clear(&pattern);
    return ok;
}

static bool no_such(const char *number, struct err *err)
{
    err_set(err, ERR_MISSING, SAY("没有编号为“%s”的案件", "there is no case \"%s\""), number);
    return false;
}

#define CANDIDATES 6

/* The numbers that end with "-word", the first to *first; list gets them joined. */
static bool find_ends(struct store *store, const char *word, char **first, size_t *count,
                      struct buf *list, struct err *err)
{
    struct stmt *stmt = NULL;
    bool has_row = false;
    bool ok = store_ask(store,
                        "SELECT number FROM cases WHERE substr(number, -length($1) - 1) = '-' || $1"
                        " ORDER BY number LIMIT 7",
                        &stmt, err, "t", word);

    while (ok && (ok = stmt_step(stmt, &has_row, err)) && has_row) {
        const char *number = stmt_text(stmt, 0, NULL);

        if (!*first) {
            *first = mem_text(number);
        }
        if (++*count <= CANDIDATES) {
            buf_add_format(list, "%s%s", *count > 1 ? SAY("、", ", ") : "", number);
        }
    }
    if (stmt) {
        stmt_reset(stmt);
    }
    return ok;
}

/* Most programs, and careful people, write the whole number: one look into the index. */
static bool is_whole(struct store *store, const char *word, bool *is_there, struct err *err)
{
    int64_t count = 0;
    bool ok = store_one_int(store, "SELECT COUNT(*) FROM cases WHERE number = $1", &count, err, "t",
                            word);

    *is_there = count > 0;
    return ok;
}

bool cases_number(struct store *store, const char *word, char **out, struct err *err)
{
    bool ok = false;
    bool is_there = false;
    char *first = NULL;
    size_t count = 0;
    struct buf list;

    if (!is_whole(store, word, &is_there, err)) {
        return false;
    }
    if (is_there) {
        *out = mem_text(word);
        return true;
    }
    buf_init(&list, 700);
    if (!find_ends(store, word, &first, &count, &list, err)) {
        goto done;
    }
    if (count > 1) {
        err_set(
            err, ERR_CONFLICT,
            SAY("“%s”不止一件：%s%s；请写全案号", "\"%s\" is several cases: %s%s; write it out"),
            word, buf_text(&list), count > CANDIDATES ? SAY("等", ", …") : "");
    } else if (!first) {
        (void)no_such(word, err);
    } else {
        *out = first;
        first = NULL;
        ok = true;
    }
done:
    mem_free(first);
    buf_clear(&list);
    return ok;
}

static bool show(struct store *store, const char *number, case_line_fn *each, void *context,
                 int64_t *count, struct err *err)
{
    struct stmt *stmt = NULL;

    return store_ask(store, CASES_SELECT " WHERE c.number = $1", &stmt, err, "t", number) &&
           walk(stmt, each, context, count, err);
}

bool cases_exact(struct store *store, const char *number, case_line_fn *each, void *context,
                 struct err *err)
{
    int64_t count = 0;

    return show(store, number, each, context, &count, err) && (count > 0 || no_such(number, err));
}

bool cases_show(struct store *store, const char *number, case_line_fn *each, void *context,
                struct err *err)
{
    char *whole = NULL;
    int64_t count = 0;
    bool ok = show(store, number, each, context, &count, err);

    if (ok && count == 0) { /* not the whole number, then */
        ok = cases_number(store, number, &whole, err) &&
             show(store, whole, each, context, &count, err) && (count > 0 || no_such(number, err));
        mem_free(whole);
    }
    return ok;
}

bool cases_by_id(struct store *store, int64_t case_id, case_line_fn *each, void *context,
                 struct err *err)
{
    struct stmt *stmt = NULL;
    int64_t count = 0;

    return store_ask(store, CASES_SELECT " WHERE c.case_id = $1", &stmt, err, "i", case_id) &&
           walk(stmt, each, context, &count, err);
}

bool cases_id(struct store *store, const char *number, int64_t *case_id, struct err *err)
{
    char *whole = NULL;
    bool ok = cases_number(store, number, &whole, err) &&
              store_one_int(store, "SELECT case_id FROM cases WHERE number = $1", case_id, err, "t",
                            whole);

    mem_free(whole);
    return ok;
}
