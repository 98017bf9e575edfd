/* The driver for SQLite: the table of its functions, and opening with every safeguard the house
   asks for. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <sqlite3.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "store/driver.h"
#include "store/sqlite_parts.h"

static void close_conn(void *data)
{
    struct sqlite_conn *conn = data;

    if (conn) {
        sqlite3_close(conn->db);
        mem_free(conn);
    }
}

/* The path with its folder resolved, so that NOFOLLOW means the file and not a linked folder above
   it. It is absolute and so never read as a URI, which Debian's build would understand. */
static char *resolve(const char *path, struct err *err)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash ? mem_text_n(path, (size_t)(slash - path) + 1) : mem_text(".");
    char *full = realpath(folder, NULL);
    char *result = NULL;

    if (full) {
        result = file_join(full, slash ? slash + 1 : path);
    } else {
        err_set(err, errno == ENOENT ? ERR_MISSING : ERR_DENIED,
                SAY("数据库所在的文件夹 %s：%s", "the folder of the database, %s: %s"), folder,
                file_reason(errno));
    }
    mem_free(full); /* realpath takes it from malloc, as mem does */
    mem_free(folder);
    return result;
}

static bool find_file(const char *path, enum store_mode mode, struct err *err)
{
    struct stat info;

    if (mode == STORE_CREATE) {
        return sqlite_make_file(path, err);
    }
    if (lstat(path, &info) != 0) {
        err_set(err, errno == ENOENT ? ERR_MISSING : ERR_DENIED,
                errno == ENOENT ? SAY("数据库文件 %s 不存在，请先运行 duban init",
                                      "the database file %s is not there; run duban init first")
                                : SAY("不能访问数据库文件 %s", "no access to the database file %s"),
                path);
        return false;
    }
    if (!S_ISREG(info.st_mode)) {
        err_set(err, ERR_INVALID, SAY("%s 不是普通文件", "%s is not a regular file"), path);
        return false;
    }
    return true;
}

/* Before anything is set, for setting the journal's mode would already change a foreign file. */
static bool is_ours(struct sqlite_conn *conn, const char *path, struct err *err)
{
    char id[16];
    char wanted[16];
    int code = sqlite_ask_text(conn->db, "PRAGMA application_id", id, sizeof id);

    if (code != SQLITE_OK) {
        sqlite_tell_file(conn->db, code, path, err);
        return false;
    }
    snprintf(wanted, sizeof wanted, "%d", SQLITE_OUR_ID);
    if (strcmp(id, wanted) != 0) {
        err_set(err, ERR_INVALID, SAY("%s 不是督办的数据库文件", "%s is not a duban database"),
                path);
        return false;
    }
    return true;
}

static bool sign(struct sqlite_conn *conn, const char *path, struct err *err)
{
    char sql[64];
    int code;

    snprintf(sql, sizeof sql, "PRAGMA application_id=%d", SQLITE_OUR_ID);
    code = sqlite3_exec(conn->db, sql, NULL, NULL, NULL);
    if (code != SQLITE_OK) {
        sqlite_tell_file(conn->db, code, path, err);
        return false;
    }
    return is_ours(conn, path, err);
}

static bool can_write(struct sqlite_conn *conn, const char *path, struct err *err)
{
    if (sqlite3_db_readonly(conn->db, "main") != 1) {
        return true;
    }
    err_set(err, ERR_DENIED, SAY("数据库文件 %s 是只读的", "the database file %s is read-only"),
            path);
    return false;
}

static bool set_up(struct sqlite_conn *conn, const char *path, struct err *err)
{
    bool is_reader = conn->mode == STORE_READ || conn->mode == STORE_QUESTION;

    sqlite3_extended_result_codes(conn->db, 1);
    sqlite3_busy_timeout(conn->db, 5000);
    if (conn->mode != STORE_CREATE && !is_ours(conn, path, err)) {
        return false;
    }
    if (!is_reader && !can_write(conn, path, err)) {
        return false;
    }
    if (!sqlite_guard(conn, path, err)) {
        return false;
    }
    if (conn->mode == STORE_CREATE && !sign(conn, path, err)) {
        return false;
    }
    return conn->mode != STORE_QUESTION || sqlite_restrict(conn, err);
}

static bool open_conn(const char *given, enum store_mode mode, void **out, struct err *err)
{
    bool ok = false;
    bool is_made = false;
    bool is_reader = mode == STORE_READ || mode == STORE_QUESTION;
    int flags = (is_reader ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) | SQLITE_OPEN_NOFOLLOW |
                SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
    struct sqlite_conn *conn = mem_new(sizeof *conn);
    char *path = resolve(given, err);
    int code;

    conn->mode = mode;
    if (!path || !find_file(path, mode, err)) {
        goto done;
    }
    is_made = mode == STORE_CREATE;
    code = sqlite3_open_v2(path, &conn->db, flags, sqlite_vfs_name());
    if (code != SQLITE_OK) {
        sqlite_tell_file(conn->db, code, path, err);
        goto done;
    }
    if (!set_up(conn, path, err) || (is_made && !file_sync_folder(path, err))) {
        goto done;
    }
    *out = conn;
    conn = NULL;
    ok = true;
done:
    close_conn(conn);
    if (!ok && is_made) {
        sqlite_remove_file(path);
    }
    mem_free(path);
    return ok;
}

static enum driver_result exec(void *data, const char *sql, struct err *err)
{
    struct sqlite_conn *conn = data;
    int code = sqlite3_exec(conn->db, sql, NULL, NULL, NULL);

    return code == SQLITE_OK ? DRIVER_OK : sqlite_tell(conn, code, err);
}

static bool is_in_transaction(const void *data)
{
    const struct sqlite_conn *conn = data;

    return !sqlite3_get_autocommit(conn->db);
}

static int64_t last_id(const void *data)
{
    const struct sqlite_conn *conn = data;

    return sqlite3_last_insert_rowid(conn->db);
}

static int64_t changes(const void *data)
{
    const struct sqlite_conn *conn = data;

    return sqlite3_changes64(conn->db);
}

static int64_t writes(const void *data)
{
    const struct sqlite_conn *conn = data;

    return sqlite3_total_changes64(conn->db);
}

static enum driver_result count_tables(void *data, const char *name, int64_t *count,
                                       struct err *err)
{
    static const char SQL[] =
        "SELECT count(*) FROM sqlite_master WHERE type = 'table'"
        " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND (?1 IS NULL OR name = ?1)";
    struct sqlite_conn *conn = data;
    sqlite3_stmt *raw = NULL;
    int code = sqlite3_prepare_v2(conn->db, SQL, -1, &raw, NULL);

    if (code == SQLITE_OK) {
        code = sqlite3_bind_text(raw, 1, name, -1, SQLITE_STATIC);
    }
    if (code == SQLITE_OK) {
        code = sqlite3_step(raw);
    }
    if (code == SQLITE_ROW) {
        *count = sqlite3_column_int64(raw, 0);
    }
    sqlite3_finalize(raw);
    return code == SQLITE_ROW ? DRIVER_OK : sqlite_tell(conn, code, err);
}

static void add_cost(void *data, struct store_cost *add)
{
    struct sqlite_conn *conn = data;
    sqlite3_file *file = NULL;
    sqlite3_file *log = NULL;
    int misses = 0;
    int unused = 0;

    sqlite3_db_status(conn->db, SQLITE_DBSTATUS_CACHE_MISS, &misses, &unused, 1);
    sqlite3_file_control(conn->db, "main", SQLITE_FCNTL_FILE_POINTER, &file);
    sqlite3_file_control(conn->db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
    add->pages_read += misses;
    add->syncs += sqlite_vfs_syncs(file) + sqlite_vfs_syncs(log);
}

const struct driver SQLITE_DRIVER = {
    .scheme = "sqlite:",
    .open = open_conn,
    .close = close_conn,
    .exec = exec,
    .is_in_transaction = is_in_transaction,
    .last_id = last_id,
    .changes = changes,
    .writes = writes,
    .count_tables = count_tables,
    .show_offices = sqlite_show_offices,
    .copy = sqlite_copy,
    .fold_log = sqlite_fold_log,
    .check = sqlite_check,
    .cost = add_cost,
    .statements = &SQLITE_STATEMENTS,
};
