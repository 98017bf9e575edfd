/* New database files: making one that nobody else can read, and the online copy that becomes a
   backup only after it was checked and synced. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "store/sqlite_parts.h"

bool sqlite_make_file(const char *path, struct err *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    bool ok = fd >= 0 && fchmod(fd, 0600) == 0; /* whatever the umask took away */
    int number = errno;

    if (fd >= 0) {
        close(fd); /* before SQLite opens it: closing later would drop its locks */
    }
    if (ok) {
        return true;
    }
    if (number == EEXIST) {
        err_set(err, ERR_CONFLICT, SAY("%s 已经存在", "%s exists already"), path);
    } else {
        err_set(err, number == EACCES || number == EROFS ? ERR_DENIED : ERR_INTERNAL,
                SAY("不能建立 %s：%s", "cannot create %s: %s"), path, file_reason(number));
    }
    return false;
}

void sqlite_remove_file(const char *path)
{
    static const char *const TAILS[] = {"", "-wal", "-shm", "-journal"};

    for (size_t i = 0; i < COUNT_OF(TAILS); i++) {
        struct buf name;

        buf_init(&name, SIZE_MAX / 2);
        buf_add_format(&name, "%s%s", path, TAILS[i]);
        unlink(buf_text(&name));
        buf_clear(&name);
    }
}

/* In one pass: a pass in pieces begins again whenever another process commits. */
static int copy_pages(struct sqlite3 *to, struct sqlite3 *from)
{
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
    int code;

    if (!backup) {
        return sqlite3_errcode(to);
    }
    do {
        code = sqlite3_backup_step(backup, -1);
    } while (code == SQLITE_OK);
    sqlite3_backup_finish(backup);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

/* Fills the fresh file at path and has SQLite check what arrived there. */
static bool fill(struct sqlite3 *from, const char *path, struct err *err)
{
    bool ok = false;
    char answer[256] = "";
    struct sqlite3 *to = NULL;
    int code = sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW, NULL);

    if (code == SQLITE_OK) {
        sqlite3_busy_timeout(from, 5000);
        code = sqlite3_exec(to, "PRAGMA synchronous=OFF", NULL, NULL,
                            NULL); /* synced once, at the end */
    }
    if (code == SQLITE_OK) {
        code = copy_pages(to, from);
    }
    if (code == SQLITE_OK) {
        code = sqlite_ask_text(to, "PRAGMA quick_check(1)", answer, sizeof answer);
    }
    if (code != SQLITE_OK) {
        sqlite_tell_file(to, code, path, err);
        goto done;
    }
    if (strcmp(answer, "ok") != 0) {
        err_set(err, ERR_INTERNAL, SAY("副本未通过检查：%s", "the copy is damaged: %s"), answer);
        goto done;
    }
    ok = true;
done:
    if (sqlite3_close(to) != SQLITE_OK && ok) {
        err_set(err, ERR_INTERNAL, "%s: %s", path,
                SAY("副本未能关闭", "the copy could not be closed"));
        ok = false;
    }
    return ok;
}

static bool sync_and_rename(const char *part, const char *path, struct err *err)
{
    int fd = open(part, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    bool ok =
        fd >= 0 && fsync(fd) == 0 && link(part, path) == 0; /* unlike rename, refuses to replace */

    if (!ok) {
        err_set(err, errno == EEXIST ? ERR_CONFLICT : ERR_INTERNAL,
                SAY("不能写成 %s：%s", "cannot finish %s: %s"), path, file_reason(errno));
    }
    if (fd >= 0) {
        close(fd);
    }
    return ok;
}

enum driver_result sqlite_copy(void *conn, const char *path, struct err *err)
{
    const struct sqlite_conn *from = conn;
    bool ok = false;
    struct buf part;

    buf_init(&part, SIZE_MAX / 2);
    buf_add_format(&part, "%s.part", path);
    if (file_is_there(path)) {
        err_set(err, ERR_CONFLICT, SAY("%s 已经存在", "%s exists already"), path);
        goto done;
    }
    sqlite_remove_file(buf_text(&part)); /* what a copy left that was killed */
    if (!sqlite_make_file(buf_text(&part), err)) {
        goto done;
    }
    ok = fill(from->db, buf_text(&part), err) && sync_and_rename(buf_text(&part), path, err);
    sqlite_remove_file(buf_text(&part));
    ok = ok && file_sync_folder(path, err);
done:
    buf_clear(&part);
    return ok ? DRIVER_OK : DRIVER_FAILED;
}

enum driver_result sqlite_check(void *conn, struct err *err)
{
    const struct sqlite_conn *self = conn;
    char answer[256];
    int code = sqlite_ask_text(self->db, "PRAGMA integrity_check(1)", answer, sizeof answer);

    if (code != SQLITE_OK) {
        return sqlite_tell(self, code, err);
    }
    if (strcmp(answer, "ok") != 0) {
        err_set(err, ERR_INTERNAL, SAY("数据库检查发现：%s", "the database check found: %s"),
                answer);
        return DRIVER_FAILED;
    }
    code = sqlite_ask_text(self->db, "PRAGMA foreign_key_check", answer, sizeof answer);
    if (code != SQLITE_OK) {
        return sqlite_tell(self, code, err);
    }
    if (answer[0]) {
        err_set(err, ERR_INTERNAL,
                SAY("表 %s 里有一行指向不存在的行",
                    "a row of table %s points to a row that is not there"),
                answer);
        return DRIVER_FAILED;
    }
    return DRIVER_OK;
}

enum driver_result sqlite_fold_log(void *conn, struct err *err)
{
    const struct sqlite_conn *self = conn;
    int code = sqlite3_wal_checkpoint_v2(self->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);

    return code == SQLITE_OK ? DRIVER_OK : sqlite_tell(self, code, err);
}
