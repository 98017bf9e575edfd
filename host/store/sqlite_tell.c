/* SQLite's result codes as kinds and sentences. An administrator must be able to act on each
   sentence, so the common ones name the cause and the remedy, in Chinese or English; the rest carry
   SQLite's own words. */
#include <errno.h>
#include <string.h>

#include <sqlite3.h>

#include "base/text.h"
#include "store/sqlite_parts.h"

struct meaning {
    int code; /* a primary result code */
    enum err_kind kind;
    const char *zh; /* NULL: SQLite's own message */
    const char *en;
};

static const struct meaning MEANINGS[] = {
    {SQLITE_BUSY, ERR_BUSY, "数据库正被另一个程序写入，请稍后再试",
     "the database is locked by another program; try again later"},
    {SQLITE_LOCKED, ERR_BUSY, "数据库正被占用，请稍后再试",
     "the database is in use; try again later"},
    {SQLITE_READONLY, ERR_DENIED, "数据库文件是只读的", "the database file is read-only"},
    {SQLITE_PERM, ERR_DENIED, "没有数据库文件的权限", "no permission on the database file"},
    {SQLITE_AUTH, ERR_DENIED, "查询只能读取 v_ 开头的视图，并只能用允许的函数",
     "a question may only read views whose names begin with v_, with the functions allowed"},
    {SQLITE_FULL, ERR_INTERNAL, "磁盘已满，请腾出空间后重新启动",
     "the disk is full; make room and start again"},
    {SQLITE_IOERR, ERR_INTERNAL, "读写数据库文件出错，请检查磁盘后重新启动",
     "reading or writing the database file failed; check the disk and start again"},
    {SQLITE_CORRUPT, ERR_INTERNAL, "数据库文件已损坏，请从备份恢复",
     "the database file is damaged; restore a backup"},
    {SQLITE_NOTADB, ERR_INVALID, "不是督办的数据库文件", "not a duban database"},
    {SQLITE_CANTOPEN, ERR_INTERNAL, "无法打开数据库文件", "cannot open the database file"},
    {SQLITE_INTERRUPT, ERR_TIMEOUT, "查询超过 2 秒，已停止",
     "the question took more than 2 seconds"},
    {SQLITE_NOMEM, ERR_INTERNAL, "内存不足", "out of memory"},
    {SQLITE_TOOBIG, ERR_INVALID, "数据超过长度上限", "a value is over the limit of length"},
    {SQLITE_CONSTRAINT, ERR_INVALID, NULL, NULL},
    {SQLITE_MISMATCH, ERR_INVALID, NULL, NULL},
    {SQLITE_RANGE, ERR_INVALID, NULL, NULL},
};

static struct meaning meaning_of(struct sqlite3 *db, int code)
{
    int extended = db ? sqlite3_extended_errcode(db) : code;
    struct meaning found = {code, ERR_INTERNAL, NULL, NULL};

    for (size_t i = 0; i < COUNT_OF(MEANINGS); i++) {
        if (MEANINGS[i].code == (code & 0xff)) {
            found = MEANINGS[i];
        }
    }
    if (extended == SQLITE_CONSTRAINT_UNIQUE || extended == SQLITE_CONSTRAINT_PRIMARYKEY) {
        found.kind = ERR_CONFLICT;
    }
    /* A full disk mostly shows as a failed write of the log. */
    if (found.code == SQLITE_IOERR && db && sqlite3_system_errno(db) == ENOSPC) {
        return meaning_of(NULL, SQLITE_FULL);
    }
    return found;
}

enum driver_result sqlite_tell(const struct sqlite_conn *conn, int code, struct err *err)
{
    struct meaning meaning = meaning_of(conn->db, code);
    bool is_writer = conn->mode == STORE_CREATE || conn->mode == STORE_WRITE;

    if (meaning.zh) {
        err_set(err, meaning.kind, "%s", SAY(meaning.zh, meaning.en));
    } else {
        /* What an office asked is its own mistake, any other text is ours. */
        bool is_question = conn->mode == STORE_QUESTION && meaning.code == SQLITE_ERROR;

        err_set(err, is_question ? ERR_INVALID : meaning.kind, SAY("数据库：%s", "database: %s"),
                conn->db ? sqlite3_errmsg(conn->db) : sqlite3_errstr(code));
    }
    switch (code & 0xff) {
    case SQLITE_IOERR:
    case SQLITE_FULL:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return is_writer ? DRIVER_BROKEN : DRIVER_FAILED;
    default:
        return DRIVER_FAILED;
    }
}

void sqlite_tell_file(struct sqlite3 *db, int code, const char *path, struct err *err)
{
    struct meaning meaning = meaning_of(db, code);
    int number = db ? sqlite3_system_errno(db) : 0;

    if ((code & 0xff) == SQLITE_CANTOPEN && (number == EACCES || number == EPERM)) {
        meaning.kind = ERR_DENIED;
    }
    err_set(err, meaning.kind, "%s: %s", path,
            meaning.zh ? SAY(meaning.zh, meaning.en) : sqlite3_errstr(code));
}
