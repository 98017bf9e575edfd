/* Gathers what SQLite writes to its log. It hands over every page in two pieces, a frame's header
   and the page, which is ten system calls for a commit of five pages; here they wait until the page
   of the frame that commits has come, and go out in one write. Nobody reads a frame before that one
   is written. The file grows by zeros ahead of the frames: a sync that need not record a new length
   or new blocks takes about half the time, and SQLite takes zeros behind the last frame for the
   end. */
#include <string.h>

#include <sqlite3.h>

#include "base/mem.h"
#include "store/sqlite_parts.h"

enum {
    FRAME_HEADER = 24,
    ROOM = 31 * (FRAME_HEADER + 4096) /* the ordinary VFS writes less than 128 KiB at a time */
};

struct sqlite_log {
    sqlite3_file *file;
    int64_t start; /* of the bytes that wait */
    int length;
    int64_t size; /* that the file surely has */
    bool is_last; /* the next piece is the page of a frame that commits */
    int failed;   /* code of the write that did, until the transaction is over */
    char bytes[ROOM];
};

struct sqlite_log *sqlite_log_new(sqlite3_file *file)
{
    struct sqlite_log *log = mem_new(sizeof *log);

    log->file = file;
    return log;
}

void sqlite_log_free(struct sqlite_log *log)
{
    mem_free(log);
}

/* Room for the commits to come. What fails here fails again when it is needed, and is told then. */
static void grow(struct sqlite_log *log)
{
    int64_t end = log->start;
    sqlite3_int64 size = 0;

    if (end <= log->size) {
        return;
    }
    if (log->file->pMethods->xFileSize(log->file, &size) != SQLITE_OK || size > end) {
        log->size = size;
        return;
    }
    log->size = end;
    memset(log->bytes, 0, sizeof log->bytes);
    if (log->file->pMethods->xWrite(log->file, log->bytes, ROOM, end) == SQLITE_OK) {
        log->size = end + ROOM;
    }
}

/* After a failure bytes are lost that SQLite takes for written, so nothing may succeed until it has
   rolled back. */
int sqlite_log_flush(struct sqlite_log *log)
{
    if (log->length > 0 && log->failed == SQLITE_OK) {
        log->failed = sqlite_vfs_write(log->file, log->bytes, log->length, log->start);
        log->start += log->length;
        log->length = 0;
    }
    return log->failed;
}

void sqlite_log_end(struct sqlite_log *log)
{
    (void)sqlite_log_flush(log); /* if it fails: nobody will read these bytes */
    log->failed = SQLITE_OK;
    log->is_last = false;
}

int sqlite_log_truncate(struct sqlite_log *log, int64_t size)
{
    int code = sqlite_log_flush(log);

    log->size = size < log->size ? size : log->size;
    return code;
}

/* The size of the database after the commit stands in bytes 4 to 7; in other frames it is 0. */
static bool is_commit(const char *bytes, int count)
{
    return count == FRAME_HEADER && memcmp(bytes + 4, "\0\0\0\0", 4) != 0;
}

int sqlite_log_write(struct sqlite_log *log, const void *bytes, int count, int64_t offset)
{
    bool is_last = log->is_last;
    int code = log->failed;

    log->is_last = is_commit(bytes, count);
    if (offset != log->start + log->length || count > ROOM - log->length) {
        code = sqlite_log_flush(log);
        log->start = offset;
    }
    if (code != SQLITE_OK || count > ROOM) {
        return code ? code : sqlite_vfs_write(log->file, bytes, count, offset);
    }
    memcpy(log->bytes + log->length, bytes, (size_t)count);
    log->length += count;
    if (is_last) {
        code = sqlite_log_flush(log);
        if (code == SQLITE_OK) {
            grow(log);
        }
    }
    return code;
}
