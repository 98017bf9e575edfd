/* Statements: the cache that keeps them prepared, binding by position, stepping, reading columns.
 */
#include <stdarg.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "store/driver.h"
#include "store/inside.h"
#include "store/store.h"

struct stmt {
    struct store *store;
    void *handle;
    char *sql;
    size_t bucket;
    uint64_t used; /* when it was last asked for */
    bool is_bound; /* values wait to be forgotten */
    bool is_open;  /* stepped, not at its end */
    bool is_over;  /* at its end, not used again */
    struct stmt *next;
};

/* Eight bytes at a time: the cache is asked several times for each decision. */
static size_t bucket_of(const char *sql, size_t length)
{
    uint64_t hash = length;
    uint64_t word;

    for (; length >= sizeof word; length -= sizeof word, sql += sizeof word) {
        memcpy(&word, sql, sizeof word);
        hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 29;
    }
    word = 0;
    memcpy(&word, sql, length);
    hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    return (size_t)(hash >> 32) % STORE_BUCKETS;
}

static void unlink_stmt(struct store *store, struct stmt *stmt)
{
    struct stmt **at = &store->buckets[stmt->bucket];

    while (*at != stmt) {
        at = &(*at)->next;
    }
    *at = stmt->next;
    store->statements--;
}

static void free_stmt(struct stmt *stmt)
{
    struct store *store = stmt->store;

    store->driver->statements->handle_cost(stmt->handle, &store->past);
    store->driver->statements->finish(stmt->handle);
    mem_free(stmt->sql);
    mem_free(stmt);
}

void stmt_clear_all(struct store *store)
{
    for (size_t i = 0; i < STORE_BUCKETS; i++) {
        while (store->buckets[i]) {
            struct stmt *stmt = store->buckets[i];

            store->buckets[i] = stmt->next;
            free_stmt(stmt);
        }
    }
    store->statements = 0;
}

void stmt_cost_all(struct store *store, struct store_cost *add)
{
    for (size_t i = 0; i < STORE_BUCKETS; i++) {
        for (struct stmt *stmt = store->buckets[i]; stmt; stmt = stmt->next) {
            store->driver->statements->handle_cost(stmt->handle, add);
        }
    }
}

/* The oldest goes, unless its rows are still being read. */
static void drop_oldest(struct store *store)
{
    struct stmt *oldest = NULL;

    for (size_t i = 0; i < STORE_BUCKETS; i++) {
        for (struct stmt *stmt = store->buckets[i]; stmt; stmt = stmt->next) {
            if (!stmt->is_open && (!oldest || stmt->used < oldest->used)) {
                oldest = stmt;
            }
        }
    }
    if (oldest) {
        unlink_stmt(store, oldest);
        free_stmt(oldest);
    }
}

static bool prepare(struct store *store, const char *sql, size_t bucket, struct stmt **out,
                    struct err *err)
{
    struct stmt *stmt;
    void *handle;

    if (!store_settle(store, store->driver->statements->prepare(store->conn, sql, &handle, err),
                      err)) {
        return false;
    }
    if (store->statements >= STORE_STATEMENTS) {
        drop_oldest(store);
    }
    stmt = mem_new(sizeof *stmt);
    stmt->store = store;
    stmt->handle = handle;
    stmt->sql = mem_text(sql);
    stmt->bucket = bucket;
    stmt->next = store->buckets[bucket];
    store->buckets[bucket] = stmt;
    store->statements++;
    *out = stmt;
    return true;
}

static void clear(struct stmt *stmt)
{
    stmt_reset(stmt);
    if (stmt->is_bound) {
        stmt->store->driver->statements->unbind(stmt->handle);
        stmt->is_bound = false;
    }
}

bool store_use(struct store *store, const char *sql, struct stmt **out, struct err *err)
{
    size_t bucket = bucket_of(sql, strlen(sql));
    struct stmt *stmt = store->buckets[bucket];

    if (!store_is_usable(store, err)) {
        return false;
    }
    while (stmt && strcmp(stmt->sql, sql) != 0) {
        stmt = stmt->next;
    }
    if (!stmt && !prepare(store, sql, bucket, &stmt, err)) {
        return false;
    }
    clear(stmt);
    stmt->used = ++store->uses;
    *out = stmt;
    return true;
}

static bool bind(struct stmt *stmt, int index, const struct driver_value *value, struct err *err)
{
    stmt->is_bound = true;
    return store_is_usable(stmt->store, err) &&
           store_settle(stmt->store,
                        stmt->store->driver->statements->bind(stmt->handle, index, value, err),
                        err);
}

/* Walks the format letters of store_ask. The list is taken as an object, which C passes alike
   everywhere. */
struct arguments {
    va_list list;
};

static bool bind_all(struct stmt *stmt, bool is_static, const char *format, struct arguments *given,
                     struct err *err)
{
    int expected = stmt->store->driver->statements->values(stmt->handle);
    int index = 0;

    for (const char *letter = format; *letter; letter++) {
        struct driver_value value = {.kind = *letter, .is_static = is_static};

        if (*letter == 't') {
            value.bytes = va_arg(given->list, const char *);
            value.length = value.bytes ? strlen(value.bytes) : 0;
        } else if (*letter == 'i') {
            value.number = va_arg(given->list, int64_t);
        } else if (*letter == 'r') {
            value.real = va_arg(given->list, double);
        } else if (*letter == 'b') {
            value.bytes = va_arg(given->list, const void *);
            value.length = va_arg(given->list, size_t);
        }
        if (!bind(stmt, ++index, &value, err)) {
            return false;
        }
    }
    if (index != expected) {
        err_set(err, ERR_INVALID, "a statement takes %d values, %d were given: %.200s", expected,
                index, stmt->sql);
        return false;
    }
    return true;
}

bool store_ask(struct store *store, const char *sql, struct stmt **out, struct err *err,
               const char *format, ...)
{
    struct arguments given;
    bool ok;

    if (!store_use(store, sql, out, err)) {
        return false;
    }
    va_start(given.list, format);
    ok = bind_all(*out, false, format, &given, err);
    va_end(given.list);
    return ok;
}

bool store_run(struct store *store, const char *sql, int64_t *changed, struct err *err,
               const char *format, ...)
{
    struct arguments given;
    struct stmt *stmt;
    bool ok;

    if (!store_use(store, sql, &stmt, err)) {
        return false;
    }
    va_start(given.list, format);
    ok = bind_all(stmt, true, format, &given, err); /* nothing outlives this call: no copies */
    va_end(given.list);
    ok = ok && stmt_run(stmt, err);
    clear(stmt);
    if (ok && changed) {
        *changed = store->driver->changes(store->conn);
    }
    return ok;
}

bool store_one_int(struct store *store, const char *sql, int64_t *out, struct err *err,
                   const char *format, ...)
{
    struct arguments given;
    struct stmt *stmt;
    bool has_row = false;
    bool ok;

    if (!store_use(store, sql, &stmt, err)) {
        return false;
    }
    va_start(given.list, format);
    ok = bind_all(stmt, true, format, &given, err);
    va_end(given.list);
    ok = ok && stmt_step(stmt, &has_row, err);
    if (ok && !has_row) {
        err_set(err, ERR_MISSING, "%s", SAY("没有这样的记录", "there is no such row"));
        ok = false;
    }
    if (ok) {
        *out = stmt_int(stmt, 0);
    }
    clear(stmt);
    return ok;
}

bool stmt_bind_int(struct stmt *stmt, int index, int64_t number, struct err *err)
{
    return bind(stmt, index, &(struct driver_value){.kind = 'i', .number = number}, err);
}

bool stmt_bind_real(struct stmt *stmt, int index, double number, struct err *err)
{
    return bind(stmt, index, &(struct driver_value){.kind = 'r', .real = number}, err);
}

bool stmt_bind_text(struct stmt *stmt, int index, const char *text, struct err *err)
{
    return stmt_bind_text_n(stmt, index, text, text ? strlen(text) : 0, err);
}

bool stmt_bind_text_n(struct stmt *stmt, int index, const char *text, size_t length,
                      struct err *err)
{
    return bind(stmt, index, &(struct driver_value){.kind = 't', .bytes = text, .length = length},
                err);
}

bool stmt_bind_null(struct stmt *stmt, int index, struct err *err)
{
    return bind(stmt, index, &(struct driver_value){.kind = 'n'}, err);
}

bool stmt_step(struct stmt *stmt, bool *has_row, struct err *err)
{
    enum driver_result result;

    if (!store_is_usable(stmt->store, err)) {
        return false;
    }
    *has_row = false;
    if (stmt->is_over) {
        return true; /* stepping again would begin anew */
    }
    result = stmt->store->driver->statements->step(stmt->handle, err);
    stmt->is_open = result == DRIVER_ROW;
    if (result != DRIVER_ROW) {
        stmt->store->driver->statements->reset(
            stmt->handle); /* ends the read, so that the log can be checkpointed */
        stmt->is_over = true;
    }
    *has_row = stmt->is_open;
    return store_settle(stmt->store, result, err);
}

bool stmt_run(struct stmt *stmt, struct err *err)
{
    bool has_row = true;

    while (has_row) {
        if (!stmt_step(stmt, &has_row, err)) {
            return false;
        }
    }
    stmt->is_over = false; /* values may be bound for the next round at once */
    return true;
}

void stmt_reset(struct stmt *stmt)
{
    if (stmt->is_open) {
        stmt->store->driver->statements->reset(stmt->handle);
    }
    stmt->is_open = false;
    stmt->is_over = false;
}

int stmt_columns(const struct stmt *stmt)
{
    return stmt->store->driver->statements->columns(stmt->handle);
}

const char *stmt_column_name(const struct stmt *stmt, int column)
{
    return stmt->store->driver->statements->column_name(stmt->handle, column);
}

bool stmt_is_null(const struct stmt *stmt, int column)
{
    return stmt_kind(stmt, column) == 'n';
}

int64_t stmt_int(const struct stmt *stmt, int column)
{
    return stmt->store->driver->statements->get_int(stmt->handle, column);
}

double stmt_real(const struct stmt *stmt, int column)
{
    return stmt->store->driver->statements->get_real(stmt->handle, column);
}

const char *stmt_text(const struct stmt *stmt, int column, size_t *length)
{
    return stmt->store->driver->statements->get_text(stmt->handle, column, length);
}

const void *stmt_blob(const struct stmt *stmt, int column, size_t *length)
{
    return stmt->store->driver->statements->get_blob(stmt->handle, column, length);
}

char stmt_kind(const struct stmt *stmt, int column)
{
    return stmt->store->driver->statements->kind(stmt->handle, column);
}
