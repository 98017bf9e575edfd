/* Cases as they are looked at: one statement with a filter, and one case by its number. */
#include "casework/case_list.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/case_sql.h"

#define CASES_SELECT                                                                       \
    "c.case_id, c.number, c.office_id, c.workflow, v.title, c.activation_id, c.state,"     \
    " u.code, u.name, c.record, c.seq, c.folded, c.due, c.wake_at, m.number, c.opened_at," \
    " c.closed_at, c.outcome, c.set_aside, c.late_since"
#define CASES_FROM " FROM cases AS c" CASE_SQL_JOINS

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

/* What is left to be given out of a list that may take several statements. */
struct taking {
    case_line_fn *each;
    void *context;
    int64_t skip;
    int64_t left;
    bool is_endless;
    bool is_over;
};

static bool walk(struct stmt *stmt, struct taking *taking, struct err *err)
{
    struct case_line line;
    bool has_row = false;
    bool ok = true;

    while (!taking->is_over && (ok = stmt_step(stmt, &has_row, err)) && has_row) {
        if (taking->skip > 0) {
            taking->skip--;
            continue;
        }
        read_line(stmt, &line);
        taking->left--;
        taking->is_over =
            !taking->each(taking->context, &line) || (!taking->is_endless && taking->left <= 0);
    }
    stmt_reset(stmt);
    return ok;
}

static bool list_with(struct store *store, const struct case_filter *filter, int64_t office_id,
                      struct taking *taking, struct err *err)
{
    struct case_sql sql;
    struct stmt *stmt = NULL;
    bool ok;

    case_sql_init(&sql);
    case_sql_pick(&sql, filter, office_id, CASES_SELECT);
    ok = case_sql_ask(&sql, store, &stmt, err) && walk(stmt, taking, err);
    case_sql_clear(&sql);
    return ok;
}

bool cases_list(struct store *store, const struct case_filter *filter, case_line_fn *each,
                void *context, struct err *err)
{
    struct taking taking = {
        .each = each, .context = context, .skip = filter->skip, .left = filter->limit};
    int64_t *offices = NULL;
    size_t count = 0;
    bool ok = true;

    taking.is_endless = filter->limit == 0;
    if (filter->order != CASES_BY_NUMBER || filter->is_descending || filter->number ||
        filter->unit_id || filter->only_unit_id) { /* few enough to be sorted at once */
        return list_with(store, filter, 0, &taking, err);
    }
    if (!case_sql_offices(store, filter, &offices, &count, err)) {
        return false;
    }
    for (size_t i = 0; ok && !taking.is_over && i < count; i++) {
        ok = list_with(store, filter, offices[i], &taking, err);
    }
    mem_free(offices);
    return ok;
}

static bool no_such(const char *number, struct err *err)
{
    err_set(err, ERR_MISSING, SAY("没有编号为“%s”的案件", "there is no case \"%s\""), number);
    return false;
}

#define CANDIDATES 6

/* The numbers that a word may be the end of: as many parts as it lacks stand before it, out of the
   series that the site has counted. One look into the index for each. */
static const char *ends_of(const char *word)
{
    static const char *const ENDS[] = {
        "SELECT c.number FROM numbers AS n JOIN offices AS o ON o.office_id = n.office_id JOIN "
        "cases"
        " AS c ON c.number = o.code || '-' || n.year || '-' || n.series || '-' || $1",
        "SELECT c.number FROM (SELECT DISTINCT office_id, year FROM numbers) AS n JOIN offices AS o"
        " ON o.office_id = n.office_id JOIN cases AS c ON c.number = o.code || '-' || n.year || '-'"
        " || $1",
        "SELECT c.number FROM offices AS o JOIN cases AS c ON c.number = o.code || '-' || $1"};
    size_t parts = 0;

    for (const char *at = word; *at; at++) {
        parts += *at == '-';
    }
    return parts < COUNT_OF(ENDS) ? ENDS[parts] : NULL;
}

/* What came from other sites bears numbers of their offices, which nobody counted here. */
#define ENDS_ANYWHERE "SELECT number FROM cases WHERE substr(number, -length($1) - 1) = '-' || $1"

struct ends {
    const char *office; /* NULL: no matter which */
    char *first;
    size_t count;
    size_t own; /* of the office */
    struct buf list;
};

static void take_end(struct ends *ends, const char *number)
{
    size_t length = ends->office ? strlen(ends->office) : 0;
    bool is_own = length && strncmp(number, ends->office, length) == 0 && number[length] == '-';

    if (!ends->first || (is_own && !ends->own)) {
        mem_free(ends->first);
        ends->first = mem_text(number);
    }
    ends->own += is_own;
    if (++ends->count <= CANDIDATES) {
        buf_add_format(&ends->list, "%s%s", ends->count > 1 ? SAY("、", ", ") : "", number);
    }
}

static bool find_ends(struct store *store, const char *sql, const char *word, struct ends *ends,
                      struct err *err)
{
    struct stmt *stmt = NULL;
    bool has_row = false;
    bool ok = store_ask(store, sql, &stmt, err, "t", word);

    while (ok && (ok = stmt_step(stmt, &has_row, err)) && has_row) {
        take_end(ends, stmt_text(stmt, 0, NULL));
    }
    if (stmt) {
        stmt_reset(stmt);
    }
    return ok;
}

bool cases_number_at(struct store *store, const char *office, const char *word, char **out,
                     struct err *err)
{
    bool ok = false;
    struct ends ends = {.office = office};
    const char *likely = ends_of(word);

    buf_init(&ends.list, 700);
    if (!find_ends(store, "SELECT number FROM cases WHERE number = $1", word, &ends, err) ||
        (!ends.count && likely && !find_ends(store, likely, word, &ends, err)) ||
        (!ends.count && !find_ends(store, ENDS_ANYWHERE " LIMIT 7", word, &ends, err))) {
        goto done;
    }
    if (ends.count > 1 && ends.own != 1) {
        err_set(
            err, ERR_CONFLICT,
            SAY("“%s”不止一件：%s%s；请写全案号", "\"%s\" is several cases: %s%s; write it out"),
            word, buf_text(&ends.list), ends.count > CANDIDATES ? SAY("等", ", …") : "");
    } else if (!ends.first) {
        (void)no_such(word, err);
    } else {
        *out = ends.first;
        ends.first = NULL;
        ok = true;
    }
done:
    mem_free(ends.first);
    buf_clear(&ends.list);
    return ok;
}

bool cases_number(struct store *store, const char *word, char **out, struct err *err)
{
    return cases_number_at(store, NULL, word, out, err);
}

static bool show(struct store *store, const char *where, const char *value, int64_t id,
                 struct taking *taking, struct err *err)
{
    struct stmt *stmt = NULL;
    struct buf sql;
    bool ok;

    buf_init(&sql, 4096);
    buf_add_format(&sql, "SELECT %s%s%s", CASES_SELECT, CASES_FROM, where);
    ok = (value ? store_ask(store, buf_text(&sql), &stmt, err, "t", value)
                : store_ask(store, buf_text(&sql), &stmt, err, "i", id)) &&
         walk(stmt, taking, err);
    buf_clear(&sql);
    return ok;
}

bool cases_show(struct store *store, const char *office, const char *number, case_line_fn *each,
                void *context, struct err *err)
{
    struct taking taking = {.each = each, .context = context, .left = 1};
    char *whole = NULL;
    bool ok = cases_number_at(store, office, number, &whole, err) &&
              show(store, " WHERE c.number = $1", whole, 0, &taking, err) &&
              (taking.left == 0 || no_such(number, err));

    mem_free(whole);
    return ok;
}

bool cases_exact(struct store *store, const char *number, case_line_fn *each, void *context,
                 struct err *err)
{
    struct taking taking = {.each = each, .context = context, .left = 1};

    return show(store, " WHERE c.number = $1", number, 0, &taking, err) &&
           (taking.left == 0 || no_such(number, err));
}

bool cases_by_id(struct store *store, int64_t case_id, case_line_fn *each, void *context,
                 struct err *err)
{
    struct taking taking = {.each = each, .context = context, .left = 1};

    return show(store, " WHERE c.case_id = $1", NULL, case_id, &taking, err);
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
