/* A thin VFS on the way to the ordinary one. It counts syncs, which is how specs and benchmarks see
   that requests share a commit, and hands the log to the one that gathers its writes; in test
   builds it can also make the nth write or sync fail. */
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "store/sqlite_parts.h"

struct shim {
    sqlite3_file base;
    int64_t syncs;
    struct sqlite_log *log;    /* NULL: not a log */
    struct shim *database;     /* of a log; NULL: another file */
    struct sqlite_log *beside; /* of a database: its log while that is open */
    /* the file of the ordinary VFS follows */
};

#define SHIM_SIZE ((int)((sizeof(struct shim) + 15) / 16 * 16))

static sqlite3_file *real_of(sqlite3_file *file)
{
    return (sqlite3_file *)(void *)((char *)file + SHIM_SIZE);
}

static struct sqlite_log *log_of(sqlite3_file *file)
{
    return ((struct shim *)(void *)file)->log;
}

static int flush(sqlite3_file *file)
{
    struct sqlite_log *log = log_of(file);

    return log ? sqlite_log_flush(log) : SQLITE_OK;
}

#ifdef DUBAN_TEST

/* DUBAN_TEST_FAIL is "write:12:full" or "sync:3:io": from the nth such call on, all of them fail.
 */
static int injected(const char *call)
{
    static long writes;
    static long syncs;
    const char *plan = getenv("DUBAN_TEST_FAIL");
    size_t length = strlen(call);
    long *count = strcmp(call, "write") == 0 ? &writes : &syncs;
    char *kind = NULL;

    if (!plan || strncmp(plan, call, length) != 0 || plan[length] != ':' ||
        ++*count < strtol(plan + length + 1, &kind, 10)) {
        return SQLITE_OK;
    }
    if (kind && strcmp(kind, ":full") == 0) {
        return SQLITE_FULL;
    }
    return count == &writes ? SQLITE_IOERR_WRITE : SQLITE_IOERR_FSYNC;
}
#else
static int injected(const char *call)
{
    (void)call;
    return SQLITE_OK;
}
#endif

int sqlite_vfs_write(sqlite3_file *real, const void *bytes, int count, int64_t offset)
{
    int code = injected("write");

    return code ? code : real->pMethods->xWrite(real, bytes, count, offset);
}

static int shim_close(sqlite3_file *file)
{
    struct shim *shim = (struct shim *)(void *)file;
    int code = flush(file);
    int closed = real_of(file)->pMethods->xClose(real_of(file));

    if (shim->database) {
        shim->database->beside = NULL;
    }
    sqlite_log_free(shim->log);
    shim->log = NULL;
    return code ? code : closed;
}

static int shim_read(sqlite3_file *file, void *bytes, int count, sqlite3_int64 offset)
{
    int code = flush(file);

    return code ? code : real_of(file)->pMethods->xRead(real_of(file), bytes, count, offset);
}

static int shim_write(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset)
{
    return log_of(file) ? sqlite_log_write(log_of(file), bytes, count, offset)
                        : sqlite_vfs_write(real_of(file), bytes, count, offset);
}

static int shim_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    int code = log_of(file) ? sqlite_log_truncate(log_of(file), size) : SQLITE_OK;

    return code ? code : real_of(file)->pMethods->xTruncate(real_of(file), size);
}

static int shim_sync(sqlite3_file *file, int flags)
{
    struct shim *shim = (struct shim *)(void *)file;
    int code = flush(file);

    code = code ? code : injected("sync");
    shim->syncs++;
    return code ? code : real_of(file)->pMethods->xSync(real_of(file), flags);
}

static int shim_size(sqlite3_file *file, sqlite3_int64 *size)
{
    int code = flush(file);

    return code ? code : real_of(file)->pMethods->xFileSize(real_of(file), size);
}

static int shim_lock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xLock(real_of(file), level);
}

static int shim_unlock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

static int shim_is_reserved(sqlite3_file *file, int *is_reserved)
{
    return real_of(file)->pMethods->xCheckReservedLock(real_of(file), is_reserved);
}

static int shim_control(sqlite3_file *file, int what, void *data)
{
    return real_of(file)->pMethods->xFileControl(real_of(file), what, data);
}

static int shim_sector(sqlite3_file *file)
{
    return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int shim_device(sqlite3_file *file)
{
    return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

static int shim_map(sqlite3_file *file, int page, int size, int extend, void volatile **out)
{
    return real_of(file)->pMethods->xShmMap(real_of(file), page, size, extend, out);
}

/* Lock 0 is that of writing. What a transaction wrote that was rolled back may still wait; it goes
   out now, for later it would go over what another writer committed. */
static int shim_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
    struct shim *shim = (struct shim *)(void *)file;

    if (offset == 0 && (flags & SQLITE_SHM_UNLOCK) && shim->beside) {
        sqlite_log_end(shim->beside);
    }
    return real_of(file)->pMethods->xShmLock(real_of(file), offset, count, flags);
}

static void shim_barrier(sqlite3_file *file)
{
    real_of(file)->pMethods->xShmBarrier(real_of(file));
}

static int shim_unmap(sqlite3_file *file, int is_last)
{
    return real_of(file)->pMethods->xShmUnmap(real_of(file), is_last);
}

static int shim_fetch(sqlite3_file *file, sqlite3_int64 offset, int count, void **out)
{
    return real_of(file)->pMethods->xFetch(real_of(file), offset, count, out);
}

static int shim_unfetch(sqlite3_file *file, sqlite3_int64 offset, void *page)
{
    return real_of(file)->pMethods->xUnfetch(real_of(file), offset, page);
}

static const sqlite3_io_methods METHODS = {
    .iVersion = 3,
    .xClose = shim_close,
    .xRead = shim_read,
    .xWrite = shim_write,
    .xTruncate = shim_truncate,
    .xSync = shim_sync,
    .xFileSize = shim_size,
    .xLock = shim_lock,
    .xUnlock = shim_unlock,
    .xCheckReservedLock = shim_is_reserved,
    .xFileControl = shim_control,
    .xSectorSize = shim_sector,
    .xDeviceCharacteristics = shim_device,
    .xShmMap = shim_map,
    .xShmLock = shim_shm_lock,
    .xShmBarrier = shim_barrier,
    .xShmUnmap = shim_unmap,
    .xFetch = shim_fetch,
    .xUnfetch = shim_unfetch,
};

static void open_log(struct shim *shim, const char *name)
{
    sqlite3_file *database = sqlite3_database_file_object(name);

    shim->log = sqlite_log_new(real_of(&shim->base));
    if (database && database->pMethods == &METHODS) {
        shim->database = (struct shim *)(void *)database;
        shim->database->beside = shim->log;
    }
}

static int shim_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *given)
{
    struct shim *shim = (struct shim *)(void *)file;
    sqlite3_vfs *ordinary = vfs->pAppData;
    int code;

    memset(shim, 0, sizeof *shim);
    code = ordinary->xOpen(ordinary, name, real_of(file), flags, given);
    if (code == SQLITE_OK && real_of(file)->pMethods->iVersion < 3) {
        real_of(file)->pMethods->xClose(real_of(file));
        real_of(file)->pMethods = NULL;
        return SQLITE_CANTOPEN;
    }
    /* A close is owed whenever the inner file has methods, also after a failure. */
    shim->base.pMethods = real_of(file)->pMethods ? &METHODS : NULL;
    if (code == SQLITE_OK && (flags & SQLITE_OPEN_WAL)) {
        open_log(shim, name);
    }
    return code;
}

/* The registry of SQLite is per process and wants a record that stays, hence the static. All calls
   but xOpen go to the ordinary functions directly, which do not look at the record they are called
   with. */
const char *sqlite_vfs_name(void)
{
    static sqlite3_vfs ours;
    sqlite3_vfs *ordinary;

    if (ours.zName) {
        return ours.zName;
    }
    ordinary = sqlite3_vfs_find("unix");
    if (!ordinary) {
        return NULL;
    }
    ours = *ordinary;
    ours.pNext = NULL;
    ours.szOsFile = SHIM_SIZE + ordinary->szOsFile;
    ours.pAppData = ordinary;
    ours.xOpen = shim_open;
    ours.zName = "duban";
    if (sqlite3_vfs_register(&ours, 0) != SQLITE_OK) {
        ours.zName = NULL;
    }
    return ours.zName;
}

int64_t sqlite_vfs_syncs(void *file)
{
    struct shim *shim = file;
    int64_t syncs;

    if (!shim || shim->base.pMethods != &METHODS) {
        return 0;
    }
    syncs = shim->syncs;
    shim->syncs = 0;
    return syncs;
}
