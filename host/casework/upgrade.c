/* The order is what matters: the backup first, then a copy that is migrated and proven beside the
   site, and last one rename. A kill at any instant leaves a whole site of the one or the other
   release, and the next upgrade sweeps what it finds. */
#include "casework/upgrade.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/crash.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/site_parts.h"
#include "store/migrate.h"

#define STAGE ".upgrade"
#define BACKUPS "backup"

struct upgrade {
    struct site *site; /* the old one, under its lock */
    char *stage;
    char *backup;
    bool is_staged;
};

const char *upgrade_folder(const struct upgrade *upgrade)
{
    return upgrade->stage;
}

const char *upgrade_backup(const struct upgrade *upgrade)
{
    return upgrade->backup;
}

static bool make_folder(const char *folder, struct err *err)
{
    if (mkdir(folder, 0700) != 0 && errno != EEXIST) {
        err_set(err, ERR_DENIED, SAY("不能建立文件夹 %s：%s", "cannot create the folder %s: %s"),
                folder, file_reason(errno));
        return false;
    }
    return true;
}

static void remove_in(const char *folder, const char *name)
{
    char *path = file_join(folder, name);

    (void)unlink(path);
    mem_free(path);
}

static void sweep(const char *stage)
{
    static const char *const FILES[] = {SITE_DATABASE, SITE_DATABASE "-wal", SITE_DATABASE "-shm",
                                        CONF_FILE, SITE_LOCK};

    for (size_t i = 0; i < COUNT_OF(FILES); i++) {
        remove_in(stage, FILES[i]);
    }
    (void)rmdir(stage);
}

/* backup/before-upgrade-20260302-083000.db, or with -2 behind it when that is taken. */
static char *backup_name(const char *folder)
{
    char instant[24];
    char name[80];
    char *path = NULL;

    clock_format_instant(clock_now(), instant);
    for (int count = 1; !path || file_is_there(path); count++) {
        char more[16] = "";

        if (count > 1) {
            (void)snprintf(more, sizeof more, "-%d", count);
        }
        (void)snprintf(name, sizeof name, "before-upgrade-%.4s%.2s%.2s-%.2s%.2s%.2s%s.db", instant,
                       instant + 5, instant + 8, instant + 11, instant + 14, instant + 17, more);
        mem_free(path);
        path = file_join(folder, name);
    }
    return path;
}

static bool back_up(struct upgrade *upgrade, struct err *err)
{
    char *folder = file_join(upgrade->site->folder, BACKUPS);
    bool ok = make_folder(folder, err);

    upgrade->backup = backup_name(folder);
    ok = ok && store_copy(upgrade->site->store, upgrade->backup, err);
    mem_free(folder);
    return ok;
}

static bool copy_conf(struct upgrade *upgrade, struct err *err)
{
    char *from = file_join(upgrade->site->folder, CONF_FILE);
    char *to = file_join(upgrade->stage, CONF_FILE);
    struct buf text;
    bool ok;

    buf_init(&text, CONF_LIMIT);
    ok = file_read(from, CONF_LIMIT, &text, err) &&
         file_write(to, text.bytes, text.length, 0644, err);
    buf_clear(&text);
    mem_free(from);
    mem_free(to);
    return ok;
}

static bool stage(struct upgrade *upgrade, struct err *err)
{
    char *path = file_join(upgrade->stage, SITE_DATABASE);
    char *schema = file_join(upgrade->site->library, "schema/sqlite");
    struct store *store = NULL;
    bool ok;

    sweep(upgrade->stage);
    upgrade->is_staged = true;
    ok = make_folder(upgrade->stage, err) && store_copy(upgrade->site->store, path, err) &&
         copy_conf(upgrade, err) && site_open_file(path, STORE_WRITE, &store, err) &&
         migrate_up(store, schema, clock_now(), err) && store_check(store, err);
    store_close(store);
    mem_free(schema);
    mem_free(path);
    return ok;
}

static void dismiss(struct upgrade *upgrade)
{
    if (upgrade->is_staged) {
        sweep(upgrade->stage);
    }
    site_close(upgrade->site);
    mem_free(upgrade->stage);
    mem_free(upgrade->backup);
    mem_free(upgrade);
}

bool upgrade_begin(const char *folder, const char *library, struct upgrade **out, struct err *err)
{
    bool ok = false;
    bool is_current = false;
    struct upgrade *upgrade = mem_new(sizeof *upgrade);

    upgrade->stage = file_join(folder, STAGE);
    if (!site_open_any(folder, library, &upgrade->site, &is_current, err)) {
        goto done;
    }
    if (!is_current) {
        crash_point("upgrade.begun");
        if (!back_up(upgrade, err) || !stage(upgrade, err)) {
            goto done;
        }
        crash_point("upgrade.staged");
        *out = upgrade;
        upgrade = NULL; /* the caller owns it now */
    }
    ok = true;
done:
    if (upgrade) {
        dismiss(upgrade);
    }
    return ok;
}

/* What still stands in the log beside a database would be lost, or worse, belong to another one. */
static bool fold_log(const char *folder, struct store *store, struct err *err)
{
    char *log = file_join(folder, SITE_DATABASE "-wal");
    bool ok = store_fold_log(store, err);

    store_close(store);
    if (ok && file_is_there(log)) {
        err_set(err, ERR_BUSY, SAY("%s 还在被使用，请稍后再试", "%s is in use; try again later"),
                folder);
        ok = false;
    }
    mem_free(log);
    return ok;
}

static bool take_place(struct upgrade *upgrade, struct err *err)
{
    char *from = file_join(upgrade->stage, SITE_DATABASE);
    char *to = file_join(upgrade->site->folder, SITE_DATABASE);
    struct store *store = NULL;
    struct store *old = upgrade->site->store;
    bool ok = false;

    if (!site_open_file(from, STORE_WRITE, &store, err) || !fold_log(upgrade->stage, store, err)) {
        goto done;
    }
    upgrade->site->store = NULL; /* closed by fold_log */
    if (!fold_log(upgrade->site->folder, old, err)) {
        goto done;
    }
    crash_point("upgrade.folded");
    if (rename(from, to) != 0) {
        err_set(err, ERR_INTERNAL, SAY("不能写成 %s：%s", "cannot finish %s: %s"), to,
                file_reason(errno));
        goto done;
    }
    ok = file_sync_folder(to, err);
    crash_point("upgrade.renamed");
done:
    mem_free(from);
    mem_free(to);
    return ok;
}

bool upgrade_end(struct upgrade *upgrade, bool is_proven, struct err *err)
{
    bool ok = !is_proven || take_place(upgrade, err);

    dismiss(upgrade);
    return ok;
}
