/* Statements of SQLite: preparing exactly one, values by their names, steps, columns, costs. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "store/driver.h"
#include "store/sqlite_parts.h"

#define VALUES_MAX 200
#define QUESTION_ROWS 10000
#define QUESTION_MS 2000

struct handle {
    struct sqlite_conn *conn;
    sqlite3_stmt *raw;
    int values;
    int *places; /* places[n] is SQLite's index of $n, 0 when the text has none */
    int64_t rows;
    bool is_running;
};

static void finish(void *data)
{
    struct handle *handle = data;

    if (handle) {
        handle->conn->question = NULL; /* it may be the text of this one */
        sqlite3_finalize(handle->raw);
        mem_free(handle->places);
        mem_free(handle);
    }
}

static bool is_blank(const char *text)
{
    return text[strspn(text, " \t\r\n;")] == '\0';
}

/* Maps $n to the places SQLite gave them, by name, as the same text runs on PostgreSQL. */
static bool map_values(struct handle *handle, struct err *err)
{
    int count = sqlite3_bind_parameter_count(handle->raw);

    handle->places = mem_array(VALUES_MAX + 1, sizeof *handle->places);
    for (int place = 1; place <= count; place++) {
        const char *name = sqlite3_bind_parameter_name(handle->raw, place);
        char *end = NULL;
        long n = name && name[0] == '$' ? strtol(name + 1, &end, 10) : 0;

        if (n < 1 || n > VALUES_MAX || *end || name[1] < '1' || name[1] > '9') {
            err_set(err, ERR_INVALID,
                    SAY("参数应写成 $1、$2……，而不是 %s",
                        "values are written $1, $2 and so on, not %s"),
                    name ? name : "?");
            return false;
        }
        handle->places[n] = place;
        if (n > handle->values) {
            handle->values = (int)n;
        }
    }
    return true;
}

static bool accept(const struct handle *handle, const char *tail, struct err *err)
{
    bool is_question = handle->conn->mode == STORE_QUESTION;

    if (!handle->raw || !is_blank(tail)) {
        err_set(err, ERR_INVALID, "%s",
                SAY("应为一条 SQL 语句", "exactly one SQL statement is expected"));
        return false;
    }
    if (is_question &&
        (!sqlite3_stmt_readonly(handle->raw) || sqlite3_stmt_isexplain(handle->raw) ||
         sqlite3_column_count(handle->raw) == 0)) {
        err_set(err, ERR_DENIED, "%s", SAY("查询只能是 SELECT", "a question is a SELECT"));
        return false;
    }
    return true;
}

static enum driver_result prepare(void *data, const char *sql, void **out, struct err *err)
{
    enum driver_result result = DRIVER_FAILED;
    struct sqlite_conn *conn = data;
    struct handle *handle = mem_new(sizeof *handle);
    const char *tail = "";
    int code;

    handle->conn = conn;
    if (conn->mode == STORE_QUESTION && !sqlite_is_plain_question(sql, err)) {
        goto done;
    }
    conn->question = sql;
    code = sqlite3_prepare_v3(conn->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &handle->raw, &tail);
    conn->question = NULL;
    if (code != SQLITE_OK) {
        result = sqlite_tell(conn, code, err);
        goto done;
    }
    if (!accept(handle, tail, err) || !map_values(handle, err)) {
        goto done;
    }
    *out = handle;
    handle = NULL;
    result = DRIVER_OK;
done:
    finish(handle);
    return result;
}

static int values(const void *data)
{
    return ((const struct handle *)data)->values;
}

static int bind_place(sqlite3_stmt *raw, int place, const struct driver_value *value)
{
    sqlite3_destructor_type keep = value->is_static ? SQLITE_STATIC : SQLITE_TRANSIENT;
    const void *bytes = value->bytes ? value->bytes : "";

    switch (value->kind) {
    case 'i':
        return sqlite3_bind_int64(raw, place, value->number);
    case 'r':
        return sqlite3_bind_double(raw, place, value->real);
    case 't':
        if (!value->bytes) {
            return sqlite3_bind_null(raw, place);
        }
        return sqlite3_bind_text64(raw, place, bytes, value->length, keep, SQLITE_UTF8);
    case 'b':
        if (!value->bytes && value->length) {
            return SQLITE_MISUSE;
        }
        return sqlite3_bind_blob64(raw, place, bytes, value->length, keep);
    case 'n':
        return sqlite3_bind_null(raw, place);
    default:
        return SQLITE_MISUSE;
    }
}

static enum driver_result bind(void *data, int index, const struct driver_value *value,
                               struct err *err)
{
    struct handle *handle = data;
    int place = index >= 1 && index <= handle->values ? handle->places[index] : 0;
    int code;

    if (!place) {
        err_set(err, ERR_INVALID, SAY("语句里没有参数 $%d", "the statement has no value $%d"),
                index);
        return DRIVER_FAILED;
    }
    code = bind_place(handle->raw, place, value);
    return code == SQLITE_OK ? DRIVER_OK : sqlite_tell(handle->conn, code, err);
}

static enum driver_result step(void *data, struct err *err)
{
    struct handle *handle = data;
    struct sqlite_conn *conn = handle->conn;
    int code;

    if (conn->mode == STORE_QUESTION && !handle->is_running) {
        conn->question = sqlite3_sql(handle->raw); /* a changed schema prepares it again */
        handle->rows = 0;
        conn->deadline = clock_steady() + QUESTION_MS;
    }
    handle->is_running = true;
    code = sqlite3_step(handle->raw);
    if (code == SQLITE_ROW) {
        if (conn->mode == STORE_QUESTION && ++handle->rows > QUESTION_ROWS) {
            err_set(err, ERR_INVALID,
                    SAY("查询结果超过 %d 行，请加条件或 LIMIT",
                        "a question gives at most %d rows; add a LIMIT"),
                    QUESTION_ROWS);
            return DRIVER_FAILED;
        }
        return DRIVER_ROW;
    }
    return code == SQLITE_DONE ? DRIVER_OK : sqlite_tell(conn, code, err);
}

static void reset(void *data)
{
    struct handle *handle = data;

    handle->is_running = false;
    sqlite3_reset(handle->raw); /* repeats the error of the last step, which was told already */
}

static void unbind(void *data)
{
    sqlite3_clear_bindings(((struct handle *)data)->raw);
}

static void handle_cost(void *data, struct store_cost *add)
{
    sqlite3_stmt *raw = ((struct handle *)data)->raw;

    add->vm_steps += sqlite3_stmt_status(raw, SQLITE_STMTSTATUS_VM_STEP, 1);
    add->full_scan_steps += sqlite3_stmt_status(raw, SQLITE_STMTSTATUS_FULLSCAN_STEP, 1);
}

static int columns(const void *data)
{
    return sqlite3_column_count(((const struct handle *)data)->raw);
}

static const char *column_name(const void *data, int column)
{
    const char *name = sqlite3_column_name(((const struct handle *)data)->raw, column);

    return name ? name : "";
}

static char kind(const void *data, int column)
{
    switch (sqlite3_column_type(((const struct handle *)data)->raw, column)) {
    case SQLITE_INTEGER:
        return 'i';
    case SQLITE_FLOAT:
        return 'r';
    case SQLITE_TEXT:
        return 't';
    case SQLITE_BLOB:
        return 'b';
    default:
        return 'n';
    }
}

static int64_t get_int(const void *data, int column)
{
    return sqlite3_column_int64(((const struct handle *)data)->raw, column);
}

static double get_real(const void *data, int column)
{
    return sqlite3_column_double(((const struct handle *)data)->raw, column);
}

static const char *get_text(const void *data, int column, size_t *length)
{
    sqlite3_stmt *raw = ((const struct handle *)data)->raw;
    const unsigned char *text = sqlite3_column_text(raw, column);

    if (length) {
        *length = text ? (size_t)sqlite3_column_bytes(raw, column) : 0;
    }
    return (const char *)text;
}

/* An empty blob is a place of no length, not SQL NULL. */
static const void *get_blob(const void *data, int column, size_t *length)
{
    sqlite3_stmt *raw = ((const struct handle *)data)->raw;
    const void *bytes = sqlite3_column_blob(raw, column);
    size_t size = (size_t)sqlite3_column_bytes(raw, column);

    if (length) {
        *length = size;
    }
    return bytes || sqlite3_column_type(raw, column) == SQLITE_NULL ? bytes : "";
}

const struct stmt_driver SQLITE_STATEMENTS = {
    .prepare = prepare,
    .finish = finish,
    .values = values,
    .bind = bind,
    .step = step,
    .reset = reset,
    .unbind = unbind,
    .handle_cost = handle_cost,
    .columns = columns,
    .column_name = column_name,
    .kind = kind,
    .get_int = get_int,
    .get_real = get_real,
    .get_text = get_text,
    .get_blob = get_blob,
};
