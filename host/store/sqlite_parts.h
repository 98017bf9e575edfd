/* What the files of the SQLite driver share: sqlite.c is the driver, the others are its parts. */
#ifndef DUBAN_SQLITE_PARTS_H
#define DUBAN_SQLITE_PARTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "store/driver.h"
#include "store/store.h"

#define SQLITE_OUR_ID 0x4442414e /* "DBAN", the application_id of every database of duban */

struct sqlite3;
struct sqlite3_file;
struct sqlite_log;

struct sqlite_conn {
    struct sqlite3 *db;
    enum store_mode mode;
    const char *question; /* the text being prepared or run, for the authorizer */
    int64_t deadline;     /* of the question under way, clock_steady; 0 for none */
};

extern const struct stmt_driver SQLITE_STATEMENTS;

/* Says what the result code means, in the words of an administrator; the answer is FAILED or
   BROKEN. */
enum driver_result sqlite_tell(const struct sqlite_conn *conn, int code, struct err *err);
/* The same where there is no connection to blame: opening, and the new file of a copy. */
void sqlite_tell_file(struct sqlite3 *db, int code, const char *path, struct err *err);

/* The first column of the first row of sql as text of at most size - 1 bytes, "" when there is
   none. */
int sqlite_ask_text(struct sqlite3 *db, const char *sql, char *out, int size);
/* Applies every setting of the mode and reads it back. */
MUST_USE bool sqlite_guard(struct sqlite_conn *conn, const char *path, struct err *err);
/* Authorizer, limits and clock of STORE_QUESTION; after sqlite_guard, which asks what it forbids.
 */
MUST_USE bool sqlite_restrict(struct sqlite_conn *conn, struct err *err);
/* Refuses what an authorizer cannot see in the text of a question. */
MUST_USE bool sqlite_is_plain_question(const char *sql, struct err *err);

/* Makes may_see(office_id) true for these offices; the ids are copied. */
enum driver_result sqlite_show_offices(void *conn, const int64_t *ids, size_t count,
                                       struct err *err);

/* A new file at path, of mode 0600; refused when something is there. */
MUST_USE bool sqlite_make_file(const char *path, struct err *err);
/* Removes path and what SQLite puts beside it. */
void sqlite_remove_file(const char *path);
enum driver_result sqlite_fold_log(void *conn, struct err *err);
enum driver_result sqlite_copy(void *conn, const char *path, struct err *err);
enum driver_result sqlite_check(void *conn, struct err *err);

/* The name of a VFS that counts syncs on the way to the ordinary one; NULL when it cannot be had.
 */
const char *sqlite_vfs_name(void);
/* Syncs of the file that a sqlite3_file of this VFS stands for, since the last call; 0 for NULL. */
int64_t sqlite_vfs_syncs(void *file);
/* A write that reaches the file of the ordinary VFS, unless a test wants it to fail. */
int sqlite_vfs_write(struct sqlite3_file *real, const void *bytes, int count, int64_t offset);

/* Gathers the writes to a log; file outlives it. Gives codes of SQLite. What waits is written when
   the commit is complete, and by sqlite_log_flush, which comes before all else that is done with
   the file. */
struct sqlite_log *sqlite_log_new(struct sqlite3_file *file);
int sqlite_log_write(struct sqlite_log *log, const void *bytes, int count, int64_t offset);
int sqlite_log_flush(struct sqlite_log *log);
/* Before another may write: the transaction was committed or rolled back. */
void sqlite_log_end(struct sqlite_log *log);
/* Before the file is cut to size. */
int sqlite_log_truncate(struct sqlite_log *log, int64_t size);
void sqlite_log_free(struct sqlite_log *log);

#endif
