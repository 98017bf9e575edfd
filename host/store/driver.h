/* What a database engine must be able to do for the store: one table of functions for each engine.
 */
#ifndef DUBAN_DRIVER_H
#define DUBAN_DRIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "store/store.h"

enum driver_result {
    DRIVER_OK,     /* done, or no more rows */
    DRIVER_ROW,    /* a row is there to be read */
    DRIVER_FAILED, /* err says why; the connection is as good as before */
    DRIVER_BROKEN  /* a write, a sync or the file itself failed: nothing may be written after it */
};

/* One value to bind; kind is a letter of store_ask. */
struct driver_value {
    char kind;
    int64_t number;
    double real;
    const void *bytes;
    size_t length;
    bool is_static; /* the bytes stay where they are until the statement is reset */
};

/* Statements of an engine; conn and handle are the driver's own. err is filled whenever the result
   is FAILED or BROKEN. */
struct stmt_driver {
    enum driver_result (*prepare)(void *conn, const char *sql, void **handle, struct err *err);
    void (*finish)(void *handle);
    int (*values)(const void *handle); /* the highest n of its $n */
    enum driver_result (*bind)(void *handle, int index, const struct driver_value *value,
                               struct err *err);
    enum driver_result (*step)(void *handle, struct err *err);
    void (*reset)(void *handle);
    void (*unbind)(void *handle); /* forgets the values */
    void (*handle_cost)(void *handle, struct store_cost *add);
    int (*columns)(const void *handle);
    const char *(*column_name)(const void *handle, int column);
    char (*kind)(const void *handle, int column);
    int64_t (*get_int)(const void *handle, int column);
    double (*get_real)(const void *handle, int column);
    const char *(*get_text)(const void *handle, int column, size_t *length);
    const void *(*get_blob)(const void *handle, int column, size_t *length);
};

/* Connections of an engine, under the same rules. */
struct driver {
    const char *scheme; /* what the URL begins with */
    bool (*open)(const char *path, enum store_mode mode, void **conn, struct err *err);
    void (*close)(void *conn);
    enum driver_result (*exec)(void *conn, const char *sql, struct err *err);
    bool (*is_in_transaction)(const void *conn);
    int64_t (*last_id)(const void *conn);
    int64_t (*changes)(const void *conn);
    int64_t (*writes)(const void *conn); /* rows changed since the connection was opened */
    /* Tables called name, or all tables of people when name is NULL. */
    enum driver_result (*count_tables)(void *conn, const char *name, int64_t *count,
                                       struct err *err);
    /* The offices that the views show on this connection. */
    enum driver_result (*show_offices)(void *conn, const int64_t *ids, size_t count,
                                       struct err *err);
    enum driver_result (*copy)(void *conn, const char *path, struct err *err);
    enum driver_result (*fold_log)(void *conn, struct err *err);
    enum driver_result (*check)(void *conn, struct err *err);
    void (*cost)(void *conn, struct store_cost *add); /* adds and starts again */
    const struct stmt_driver *statements;
};

extern const struct driver SQLITE_DRIVER;

#endif
