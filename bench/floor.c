/* The floor that the ladder is measured against: plain C and SQLite writing the very rows duban
   wrote. floor BEFORE.db AFTER.db BATCH BEFORE.db is the site before the walk and is written to;
   AFTER.db is the same site after duban walked it. Every new row of events and outbox, and one
   UPDATE of the case for each decision, is loaded into memory first, hashes and all; then the
   writing alone is timed: prepared statements, BATCH decisions a commit, the same journal and the
   same synchronous=FULL. Prints decisions, seconds and commits as one JSON line. */
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    MOST_COLUMNS = 24
};

struct cell {
    int kind;
    int64_t number;
    const char *bytes;
    int length;
};

struct row {
    struct cell cells[MOST_COLUMNS];
};

struct table {
    struct row *rows;
    size_t count;
    size_t room;
    int columns;
};

struct arena {
    char *at;
    size_t left;
};

static void fail(sqlite3 *db, const char *what)
{
    fprintf(stderr, "floor: %s: %s\n", what, db ? sqlite3_errmsg(db) : "");
    exit(1);
}

static void run(sqlite3 *db, const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) {
        fail(db, sql);
    }
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *stmt = NULL;

    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK) {
        fail(db, sql);
    }
    return stmt;
}

static const char *keep(struct arena *arena, const void *bytes, size_t length)
{
    const size_t block = (size_t)64 << 20;
    char *copy;

    if (arena->left < length + 1) {
        arena->left = length + 1 > block ? length + 1 : block;
        arena->at = malloc(arena->left);
        if (!arena->at) {
            fail(NULL, "no memory");
        }
    }
    copy = arena->at;
    if (length > 0) {
        memcpy(copy, bytes, length);
    }
    copy[length] = '\0';
    arena->at += length + 1;
    arena->left -= length + 1;
    return copy;
}

static void load_cell(sqlite3_stmt *stmt, int column, struct cell *cell, struct arena *arena)
{
    cell->kind = sqlite3_column_type(stmt, column);
    if (cell->kind == SQLITE_INTEGER) {
        cell->number = sqlite3_column_int64(stmt, column);
    } else if (cell->kind != SQLITE_NULL) {
        const void *bytes = sqlite3_column_blob(stmt, column);

        cell->length = sqlite3_column_bytes(stmt, column);
        cell->bytes = keep(arena, bytes, (size_t)cell->length);
    }
}

static void load(sqlite3 *db, const char *sql, struct table *table, struct arena *arena)
{
    sqlite3_stmt *stmt = prepare(db, sql);

    table->columns = sqlite3_column_count(stmt);
    while (sqlite3_step(stmt) == SQLITE_ROW) {
        if (table->count == table->room) {
            table->room = table->room ? table->room * 2 : 1024;
            table->rows = realloc(table->rows, table->room * sizeof *table->rows);
            if (!table->rows) {
                fail(NULL, "no memory");
            }
        }
        memset(&table->rows[table->count], 0, sizeof *table->rows);
        for (int i = 0; i < table->columns; i++) {
            load_cell(stmt, i, &table->rows[table->count].cells[i], arena);
        }
        table->count++;
    }
    sqlite3_finalize(stmt);
}

static void write_row(sqlite3 *db, sqlite3_stmt *stmt, const struct cell *cells, int count)
{
    for (int i = 0; i < count; i++) {
        const struct cell *cell = &cells[i];

        switch (cell->kind) {
        case SQLITE_INTEGER:
            sqlite3_bind_int64(stmt, i + 1, cell->number);
            break;
        case SQLITE_TEXT:
            sqlite3_bind_text(stmt, i + 1, cell->bytes, cell->length, SQLITE_STATIC);
            break;
        case SQLITE_BLOB:
            sqlite3_bind_blob(stmt, i + 1, cell->bytes, cell->length, SQLITE_STATIC);
            break;
        default:
            sqlite3_bind_null(stmt, i + 1);
            break;
        }
    }
    if (sqlite3_step(stmt) != SQLITE_DONE) {
        fail(db, "writing a row");
    }
    sqlite3_reset(stmt);
}

/* Rows arrive in the order of their decisions: key is (instant, case), the first two columns of
 * every load. */
static bool is_same_decision(const struct row *a, const struct row *b)
{
    return a->cells[0].number == b->cells[0].number && a->cells[1].number == b->cells[1].number;
}

struct work {
    struct table events, outbox, cases, audit;
    int64_t *wakes; /* by row of events: when its case is decided next, 0 for never again */
};

/* AFTER.db knows only the last wake_at of a case; the earlier ones were the instants of its next
 * decisions. */
static void find_wakes(struct work *work)
{
    int64_t *next = calloc(work->cases.count, sizeof *next);
    int64_t *here = calloc(work->cases.count, sizeof *here);

    work->wakes = calloc(work->events.count + 1, sizeof *work->wakes);
    if (!next || !here || !work->wakes) {
        fail(NULL, "no memory");
    }
    for (size_t i = work->events.count; i-- > 0;) {
        const struct row *row = &work->events.rows[i];
        int64_t id = row->cells[1].number;

        if (here[id] != row->cells[0].number) {
            next[id] = here[id];
            here[id] = row->cells[0].number;
        }
        work->wakes[i] = next[id];
    }
    free(next);
    free(here);
}

static double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static const char EVENTS[] =
    "INSERT INTO events (case_id, seq, is_input, kind, name, at, now, occurred, actor, recorder, "
    "version,"
    " calendar, line, body, digest, hash) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";
static const char OUTBOX[] =
    "INSERT INTO outbox (outbox_id, case_id, effect_key, person_id, template, data, principals,"
    " status, created_at, channel, priority, hold_until, expires_at, retry_at, lease_until,"
    " attempts, message, reason, digest_id, token_hash, seen_at)"
    " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";
static const char AUDIT[] =
    "INSERT INTO audit (audit_id, at, office, recorder, actor, act, object, body, algorithm, hash)"
    " VALUES (?,?,?,?,?,?,?,?,?,?)";
static const char CASES[] =
    "UPDATE cases SET state=?2, snapshot=?3, seq=?4, folded=?5, head=?6, "
    "due=?7, wake_at=?8, round=?9,"
    " closed_at=?10, outcome=?11, late_since=?13 WHERE case_id=?1 AND seq=?12";

/* One decision: its event rows, its messages, and its case, whose seq is checked as duban checks
 * it. */
static size_t write_decision(sqlite3 *db, sqlite3_stmt *stmts[4], struct work *work, size_t at[2])
{
    const struct row *first = &work->events.rows[at[0]];
    struct row *cased = &work->cases.rows[first->cells[1].number];
    int64_t seen = first->cells[3].number - 1;
    size_t rows = 0;

    if (work->wakes[at[0]]) {
        cased->cells[7].kind = SQLITE_INTEGER;
        cased->cells[7].number = work->wakes[at[0]];
    } else {
        cased->cells[7].kind = SQLITE_NULL;
    }
    while (at[0] < work->events.count && is_same_decision(first, &work->events.rows[at[0]])) {
        const struct row *row = &work->events.rows[at[0]++];

        write_row(db, stmts[0], row->cells + 2, 16);
        cased->cells[3].number = row->cells[3].number;
        cased->cells[5] = row->cells[17];
        rows++;
    }
    while (at[1] < work->outbox.count && is_same_decision(first, &work->outbox.rows[at[1]])) {
        write_row(db, stmts[1], work->outbox.rows[at[1]++].cells + 2, 21);
        rows++;
    }
    cased->cells[11].kind = SQLITE_INTEGER;
    cased->cells[11].number = seen;
    write_row(db, stmts[2], cased->cells, 13);
    return rows + 1;
}

static void write_all(sqlite3 *db, struct work *work, long batch)
{
    sqlite3_stmt *stmts[4] = {prepare(db, EVENTS), prepare(db, OUTBOX), prepare(db, CASES),
                              prepare(db, AUDIT)};
    size_t audited = 0;
    size_t at[2] = {0, 0};
    size_t decisions = 0, rows = 0, commits = 0;
    double began;
    int pages = 0, highest = 0;

    /* Loading read pages too; what counts is what the writing reads, from an empty cache as duban's
     * was. */
    (void)sqlite3_db_release_memory(db);
    (void)sqlite3_db_status(db, SQLITE_DBSTATUS_CACHE_MISS, &pages, &highest, 1);
    began = seconds();
    while (at[0] < work->events.count) {
        run(db, "BEGIN IMMEDIATE");
        for (long i = 0; i < batch && at[0] < work->events.count; i++) {
            rows += write_decision(db, stmts, work, at);
            decisions++;
            /* Acts of people have a row each; a walk of the clock has one, which comes with its
             * first commit. */
            if (audited < work->audit.count) {
                write_row(db, stmts[3], work->audit.rows[audited++].cells, 10);
                rows++;
            }
        }
        run(db, "COMMIT");
        commits++;
    }
    began = seconds() - began;
    (void)sqlite3_db_status(db, SQLITE_DBSTATUS_CACHE_MISS, &pages, &highest, 0);
    printf("{\"decisions\":%zu,\"rows\":%zu,\"commits\":%zu,\"pages\":%d,\"seconds\":%.6f}\n",
           decisions, rows, commits, pages, began);
    for (int i = 0; i < 4; i++) {
        sqlite3_finalize(stmts[i]);
    }
}

int main(int argc, char **argv)
{
    sqlite3 *db = NULL;
    struct work work = {0};
    struct arena arena = {0};
    sqlite3_stmt *attach;

    if (argc != 4 || sqlite3_open(argv[1], &db) != SQLITE_OK) {
        fprintf(stderr, "usage: floor BEFORE.db AFTER.db BATCH\n");
        return 2;
    }
    run(db, "PRAGMA journal_mode=WAL");
    run(db, "PRAGMA synchronous=FULL");
    run(db, "PRAGMA foreign_keys=ON");
    run(db, "PRAGMA wal_autocheckpoint=4000");
    run(db, "PRAGMA cache_size=-32768");
    attach = prepare(db, "ATTACH ?1 AS after");
    sqlite3_bind_text(attach, 1, argv[2], -1, SQLITE_STATIC);
    if (sqlite3_step(attach) != SQLITE_DONE) {
        fail(db, "attaching");
    }
    sqlite3_finalize(attach);
    load(db,
         "SELECT e.now, e.case_id, e.* FROM after.events e JOIN main.cases c ON c.case_id = "
         "e.case_id"
         " WHERE e.seq > c.seq ORDER BY e.now, e.case_id, e.seq",
         &work.events, &arena);
    load(db,
         "SELECT o.created_at, o.case_id, o.* FROM after.outbox o"
         " WHERE o.outbox_id > (SELECT coalesce(max(outbox_id), 0) FROM main.outbox)"
         " ORDER BY o.created_at, o.case_id, o.outbox_id",
         &work.outbox, &arena);
    /* Indexed by case_id: the ids of such a site have no gaps, and row 0 is a filler. */
    load(db,
         "SELECT 0, '', NULL, 0, 0, NULL, NULL, NULL, 0, NULL, '', 0, NULL UNION ALL SELECT "
         "case_id, "
         "state, snapshot,"
         " seq, seq, head, due, wake_at, round, closed_at, outcome, 0, late_since FROM after.cases",
         &work.cases, &arena);
    load(db,
         "SELECT * FROM after.audit WHERE audit_id > (SELECT coalesce(max(audit_id), 0) FROM "
         "main.audit)"
         " ORDER BY audit_id",
         &work.audit, &arena);
    run(db, "DETACH after");
    find_wakes(&work);
    write_all(db, &work, strtol(argv[3], NULL, 10));
    sqlite3_close(db);
    return 0;
}
