/* What a running script asks of the host. A failing query is the script's own affair: it gets the
   sentence and may go on; only the number and the size of answers are bounded here. */
#include "serve/calls.h"

#include <string.h>

#include "base/log.h"
#include "base/pipe.h"
#include "base/text.h"
#include "casework/case_list.h"
#include "casework/cases.h"

#define CALLS_MOST 10000
#define CALLS_BYTES (PIPE_FRAME_MAX - 4096) /* of a result: the answer is one frame */
#define CALLS_NUMBER ((size_t)11) /* bytes a number, or the head of a text, takes at most */

static bool bind_one(struct stmt *stmt, int index, const struct value *value, struct err *err)
{
    switch (value_kind(value)) {
    case VALUE_INT:
        return stmt_bind_int(stmt, index, value_int(value, 0), err);
    case VALUE_FLOAT:
        return stmt_bind_real(stmt, index, value_float(value, 0), err);
    case VALUE_BOOL:
        return stmt_bind_int(stmt, index, value_is_true(value), err);
    case VALUE_STRING:
        return stmt_bind_text_n(stmt, index, value_text(value), value_length(value), err);
    case VALUE_NIL:
        return stmt_bind_null(stmt, index, err);
    case VALUE_LIST:
    case VALUE_MAP:
        break;
    }
    err_set(err, ERR_INVALID, SAY("第 %d 个参数不能用于查询", "value %d cannot go into a query"),
            index);
    return false;
}

static struct value *column(const struct stmt *stmt, int index)
{
    size_t length = 0;
    const char *bytes;

    switch (stmt_kind(stmt, index)) {
    case 'i':
        return value_new_int(stmt_int(stmt, index));
    case 'r':
        return value_new_float(stmt_real(stmt, index));
    case 't':
        bytes = stmt_text(stmt, index, &length);
        return value_new_string(bytes, length);
    case 'b':
        bytes = stmt_blob(stmt, index, &length);
        return value_new_string(bytes, length);
    default:
        return value_new_nil();
    }
}

/* Rows on their way to the script, with the bytes that they will take in the answer. */
struct haul {
    struct value *rows;
    size_t bytes;
};

static bool is_too_large(const struct haul *haul, struct err *err)
{
    if (haul->bytes > CALLS_BYTES) {
        err_set(err, ERR_INVALID,
                SAY("查询结果超过 %d MB，请加条件、少取几列，或分批查询",
                    "the query gives more than %d MB; add a condition, take fewer columns, or ask "
                    "in parts"),
                (int)(PIPE_FRAME_MAX >> 20));
    }
    return haul->bytes > CALLS_BYTES;
}

/* Stops in the middle of a row that is too large already. */
static void haul_row(struct haul *haul, const struct stmt *stmt)
{
    struct value *row = value_new_map();

    for (int i = 0; i < stmt_columns(stmt) && haul->bytes <= CALLS_BYTES; i++) {
        const char *name = stmt_column_name(stmt, i);
        struct value *value = column(stmt, i);

        haul->bytes += 2 * CALLS_NUMBER + strlen(name) + value_length(value);
        value_set(row, name, value);
    }
    value_push(haul->rows, row);
}

static struct value *haul_rows(struct stmt *stmt, int64_t most, struct err *err)
{
    struct haul haul = {.rows = value_new_list()};
    bool has_row = true;

    while (has_row && (int64_t)value_count(haul.rows) < most) {
        if (!stmt_step(stmt, &has_row, err)) {
            goto fail;
        }
        if (has_row) {
            haul_row(&haul, stmt);
        }
        if (is_too_large(&haul, err)) {
            goto fail;
        }
    }
    stmt_reset(stmt);
    return haul.rows;
fail:
    stmt_reset(stmt);
    value_free(haul.rows);
    return NULL;
}

/* How many rows a query may give, the connection says itself. */
static struct value *query(struct calls *calls, const struct value *args, int64_t most,
                           struct err *err)
{
    const char *sql = value_text(value_at(args, 0));
    const struct value *given = value_at(args, 1);
    struct stmt *stmt = NULL;

    if (!sql) {
        err_set(err, ERR_INVALID, "%s", SAY("缺少查询语句", "there is no query"));
        return NULL;
    }
    if (strlen(sql) != value_length(value_at(args, 0))) {
        err_set(err, ERR_INVALID, "%s", SAY("查询语句中有空字节", "the query holds a NUL byte"));
        return NULL;
    }
    if (!store_use(calls->question, sql, &stmt, err)) {
        return NULL;
    }
    for (size_t i = 0; i < value_count(given); i++) {
        if (!bind_one(stmt, (int)i + 1, value_at(given, i), err)) {
            return NULL;
        }
    }
    return haul_rows(stmt, most, err);
}

static struct value *first_of(struct value *rows, bool only_value)
{
    const struct value *row = value_at(rows, 0);
    struct value *out;

    if (!rows) {
        return NULL;
    }
    if (!row) {
        out = value_new_nil();
    } else {
        out = value_copy(only_value ? value_at(row, 0) : row);
    }
    value_free(rows);
    return out ? out : value_new_nil();
}

static bool add_case(void *context, const struct case_line *line)
{
    struct haul *haul = context;
    struct value *one = value_new_map();

    value_set_text(one, "number", line->number);
    value_set_text(one, "workflow", line->workflow);
    value_set_text(one, "title", line->title);
    value_set_text(one, "state", line->state);
    value_set_text(one, "unit", line->unit_code);
    value_set_text(one, "unit_name", line->unit_name);
    value_set_text(one, "due", line->due);
    value_set_text(one, "outcome", line->outcome);
    value_set_bool(one, "closed", line->closed_at != CASE_NEVER);
    for (size_t i = 0; i < value_count(one); i++) {
        haul->bytes += 3 * CALLS_NUMBER + value_length(value_at(one, i));
    }
    value_push(haul->rows, one);
    return haul->bytes <= CALLS_BYTES;
}

static struct value *find_cases(struct calls *calls, const struct value *given, struct err *err)
{
    struct haul haul = {.rows = value_new_list()};
    struct case_filter filter = {.offices = calls->offices,
                                 .office_count = calls->office_count,
                                 .workflow = value_get_text(given, "workflow"),
                                 .state = value_get_text(given, "state"),
                                 .text = value_get_text(given, "text"),
                                 .overdue = value_get_text(given, "overdue"),
                                 .is_open = value_get_bool(given, "open"),
                                 .limit = value_get_int(given, "limit", 0)};

    if (cases_list(calls->store, &filter, add_case, &haul, err) && !is_too_large(&haul, err)) {
        return haul.rows;
    }
    value_free(haul.rows);
    return NULL;
}

static struct value *answer(struct calls *calls, const char *name, const struct value *args,
                            struct err *err)
{
    if (strcmp(name, "store.rows") == 0) {
        return query(calls, args, INT64_MAX, err);
    }
    if (strcmp(name, "store.one") == 0) {
        return first_of(query(calls, args, 1, err), false);
    }
    if (strcmp(name, "store.value") == 0) {
        return first_of(query(calls, args, 1, err), true);
    }
    if (strcmp(name, "case.find") == 0) {
        return find_cases(calls, args, err);
    }
    if (strcmp(name, "log") == 0) {
        const char *text = value_text(value_at(args, 0));

        log_info("%s", text ? text : "");
        return value_new_nil();
    }
    err_set(err, ERR_DENIED, SAY("脚本不能调用 %s", "a script may not call %s"), name);
    return NULL;
}

struct value *calls_answer(struct calls *calls, const struct value *call)
{
    const char *name = value_get_text(call, "call");
    struct value *reply = value_new_map();
    struct value *value = NULL;
    struct err why = {0};

    if (++calls->asked > CALLS_MOST) {
        err_set(&why, ERR_INVALID, "%s", SAY("脚本的调用次数过多", "the script called too often"));
    } else {
        value = answer(calls, name ? name : "", value_get(call, "args"), &why);
    }
    value_set_bool(reply, "ok", value != NULL);
    if (value) {
        value_set(reply, "value", value);
    } else {
        value_set_text(reply, "kind", err_kind_name(why.kind));
        value_set_text(reply, "text", why.text);
    }
    return reply;
}
