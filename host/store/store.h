/* Connections, transactions, statements and rows over whichever driver the URL names. */
#ifndef DUBAN_STORE_H
#define DUBAN_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"

struct store;
struct stmt;

enum store_mode {
    STORE_CREATE,  /* a new file (0600); refused when there is one */
    STORE_WRITE,   /* an existing file */
    STORE_READ,    /* read-only, no lock taken */
    STORE_QUESTION /* read-only for the queries of jobs: an authorizer with allow-lists, limits on
                      rows and time */
};

/* Opens the database at url ("sqlite:/path"). Every setting is read back; refuses to go on
   otherwise. */
MUST_USE bool store_open(const char *url, enum store_mode mode, struct store **out,
                         struct err *err);
void store_close(struct store *store);

/* Several statements without values: migrations. */
MUST_USE bool store_exec(struct store *store, const char *sql, struct err *err);
/* BEGIN IMMEDIATE (a plain BEGIN when read-only) … COMMIT. An error of write or fsync (also in
   commit) is never retried: it rolls back and poisons the store, and every later call fails with
   the same text (ERR_INTERNAL). */
MUST_USE bool store_begin(struct store *store, struct err *err);
MUST_USE bool store_commit(struct store *store, struct err *err);
void store_rollback(struct store *store);
bool store_is_in_transaction(const struct store *store);
/* One level of savepoint inside a transaction: then either release, or back, which undoes and
   releases. */
MUST_USE bool store_savepoint(struct store *store, struct err *err);
MUST_USE bool store_release(struct store *store, struct err *err);
MUST_USE bool store_back(struct store *store, struct err *err);

/* A statement out of the store's cache (keyed by the text), reset and unbound, owned by the store.
   One use of the same text at a time: do not recurse into it while its rows are read. The cache
   keeps the 256 texts last asked for and any whose rows are being read. */
MUST_USE bool store_use(struct store *store, const char *sql, struct stmt **out, struct err *err);
/* The same with values: format letters t text (const char *, NULL is SQL NULL), i int64_t, r
   double, b bytes (const void *, size_t), n NULL (no argument). Parameters are written $1, $2 … in
   the text. */
MUST_USE bool store_ask(struct store *store, const char *sql, struct stmt **out, struct err *err,
                        const char *format, ...);
/* store_ask and all steps; *changed (may be NULL) is the number of rows changed. */
MUST_USE bool store_run(struct store *store, const char *sql, int64_t *changed, struct err *err,
                        const char *format, ...);
/* The first column of the first row as an integer; ERR_MISSING when there is no row. */
MUST_USE bool store_one_int(struct store *store, const char *sql, int64_t *out, struct err *err,
                            const char *format, ...);
int64_t store_last_id(const struct store *store);
/* How many tables bear the name, or how many there are at all when it is NULL. */
MUST_USE bool store_count_tables(struct store *store, const char *name, int64_t *count,
                                 struct err *err);

/* False, with the first reason, once a write or a sync has failed: nothing works any more until the
   store is opened anew. */
MUST_USE bool store_is_usable(const struct store *store, struct err *err);

/* Statements: indexes of values from 1, of columns from 0. Bound bytes are copied unless _static.
 */
MUST_USE bool stmt_bind_int(struct stmt *stmt, int index, int64_t number, struct err *err);
MUST_USE bool stmt_bind_real(struct stmt *stmt, int index, double number, struct err *err);
MUST_USE bool stmt_bind_text(struct stmt *stmt, int index, const char *text, struct err *err);
MUST_USE bool stmt_bind_text_n(struct stmt *stmt, int index, const char *text, size_t length,
                               struct err *err);
MUST_USE bool stmt_bind_null(struct stmt *stmt, int index, struct err *err);
MUST_USE bool stmt_step(struct stmt *stmt, bool *has_row, struct err *err);
/* Runs to the end without rows and resets, keeping the values: for INSERT and UPDATE in loops. */
MUST_USE bool stmt_run(struct stmt *stmt, struct err *err);
void stmt_reset(struct stmt *stmt);
int stmt_columns(const struct stmt *stmt);
const char *stmt_column_name(const struct stmt *stmt, int column);
bool stmt_is_null(const struct stmt *stmt, int column);
int64_t stmt_int(const struct stmt *stmt, int column);
double stmt_real(const struct stmt *stmt, int column);
/* Borrowed until the next step; NULL for SQL NULL. length may be NULL. */
const char *stmt_text(const struct stmt *stmt, int column, size_t *length);
const void *stmt_blob(const struct stmt *stmt, int column, size_t *length);
/* 'n' NULL, 'i' integer, 'r' real, 't' text, 'b' blob */
char stmt_kind(const struct stmt *stmt, int column);

/* Which offices the views show (may_see in schema/): none until this is said. For STORE_QUESTION.
 */
MUST_USE bool store_show_offices(struct store *store, const int64_t *ids, size_t count,
                                 struct err *err);

/* Rows written through this connection since it was opened, undone or not: equal counts mean that
   nothing was written in between. */
int64_t store_writes(const struct store *store);

/* For measurements: VM steps, rows read by scans, pages read since the last call with reset. */
struct store_cost {
    int64_t vm_steps;
    int64_t full_scan_steps;
    int64_t pages_read;
    int64_t syncs;
};
void store_cost(struct store *store, struct store_cost *out);

/* Online copy of the whole database into a new file at path, checked on the copy. */
MUST_USE bool store_copy(struct store *store, const char *path, struct err *err);
/* Writes everything that waits in a log beside the database into the database itself, and empties
   the log; ERR_BUSY when another connection keeps it from that. Outside of transactions. */
MUST_USE bool store_fold_log(struct store *store, struct err *err);
/* The engine's own integrity check; false with the first finding. */
MUST_USE bool store_check(struct store *store, struct err *err);

#endif
