/* A site in one file. What is not in the database but belongs to the site, its configuration,
   travels in the table site, so that one file is enough to begin again. */
#include "casework/backup.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/audit.h"
#include "casework/site_parts.h"
#include "store/migrate.h"

#define CONF_NAME "conf"
#define STAGE ".restore" /* where a copy waits for its proof */

/* Puts the configuration as it stands on disk into the database. */
static bool keep_conf(struct site *site, struct err *err)
{
    bool ok;
    char *path = file_join(site->folder, CONF_FILE);
    struct buf text;

    buf_init(&text, CONF_LIMIT);
    ok = file_read(path, CONF_LIMIT, &text, err) && site_put(site, CONF_NAME, buf_text(&text), err);
    buf_clear(&text);
    mem_free(path);
    return ok;
}

bool backup_prepare(struct site *site, const char *path, struct err *err)
{
    if (file_is_there(path)) {
        err_set(err, ERR_CONFLICT, SAY("%s 已经存在", "%s exists already"), path);
        return false;
    }
    return keep_conf(site, err);
}

bool backup_write(struct site *site, const char *path, struct err *err)
{
    return store_copy(site->store, path, err);
}

static bool write_conf(struct site *site, const char *folder, struct err *err)
{
    bool ok = false;
    char *text = NULL;
    char *path = file_join(folder, CONF_FILE);
    struct conf conf = {0};

    if (!site_get(site, CONF_NAME, &text, err)) {
        goto done;
    }
    if (!text) {
        err_set(err, ERR_INVALID,
                SAY("备份里没有配置，不是 duban backup 写的文件",
                    "there is no configuration inside; duban backup did not write this"));
        goto done;
    }
    ok = conf_parse(CONF_FILE, text, strlen(text), &conf, err) &&
         file_write(path, text, strlen(text), 0644, err);
    conf_clear(&conf);
done:
    mem_free(path);
    mem_free(text);
    return ok;
}

/* A copy on which people practise: its own clock, and nothing of what waited is ever sent from it.
 */
static bool make_rehearsal(struct site *site, struct err *err)
{
    bool ok;
    char now[24];
    int64_t start = site_now(site);

    snprintf(now, sizeof now, "%" PRId64, start);
    if (!store_begin(site->store, err)) {
        return false;
    }
    ok = site_put(site, "clock", "virtual", err) && site_put(site, "now", now, err) &&
         store_run(site->store, "UPDATE outbox SET status = 'cancelled' WHERE status = 'waiting'",
                   NULL, err, "") &&
         store_commit(site->store, err);
    if (!ok) {
        store_rollback(site->store);
    }
    return ok;
}

static bool check_copy(struct site *site, const struct backup_way *way, struct err *err)
{
    bool ok;
    char *schema = file_join(way->library, "schema/sqlite");

    ok = store_check(site->store, err) && migrate_up(site->store, schema, clock_now(), err) &&
         audit_verify(site, NULL, err) && write_conf(site, way->folder, err) &&
         site_reload_clock(site, err) && (!way->is_rehearsal || make_rehearsal(site, err));
    mem_free(schema);
    return ok;
}

/* The file is only read: the copy is what gets opened for writing. */
static bool copy_file(const char *from, const char *to, struct err *err)
{
    struct store *store = NULL;
    bool ok;

    if (!file_is_there(from)) {
        err_set(err, ERR_MISSING, SAY("没有文件 %s", "there is no file %s"), from);
        return false;
    }
    ok = site_open_file(from, STORE_READ, &store, err) && store_copy(store, to, err);
    store_close(store);
    return ok;
}

struct restoring {
    const struct backup_way *way;
    struct site_made made;   /* of the folder that is to become the site */
    struct site_made staged; /* of the one inside it */
    char *folder;
};

const char *backup_folder(const struct restoring *restoring)
{
    return restoring->folder;
}

/* A restore that was killed left its copy here; it was never a site. */
static void sweep(struct restoring *restoring)
{
    restoring->staged =
        (struct site_made){.folder = restoring->folder, .is_folder_new = true, .is_begun = true};
    restoring->staged.lock = -1;
    site_unmake(&restoring->staged);
}

static bool make_stage(const char *folder, struct err *err)
{
    if (mkdir(folder, 0700) != 0) {
        err_set(err, ERR_DENIED, SAY("不能建立文件夹 %s：%s", "cannot create the folder %s: %s"),
                folder, file_reason(errno));
        return false;
    }
    return true;
}

static bool stage(struct restoring *restoring, struct err *err)
{
    bool ok;
    struct backup_way way = *restoring->way;
    char *path = file_join(restoring->folder, SITE_DATABASE);
    struct site *site = mem_new(sizeof *site);

    way.folder = restoring->folder;
    site->lock = -1;
    site->digest = digest_new();
    sweep(restoring);
    ok = make_stage(restoring->folder, err) && copy_file(way.file, path, err) &&
         site_open_file(path, STORE_WRITE, &site->store, err) && check_copy(site, &way, err);
    site_close(site);
    mem_free(path);
    return ok;
}

/* Takes the stage away, and the folder too unless it became the site. Frees restoring. */
static void dismiss(struct restoring *restoring, bool is_site)
{
    if (restoring->made.is_begun) {
        sweep(restoring);
    }
    if (is_site) {
        site_keep(&restoring->made);
    } else {
        site_unmake(&restoring->made);
    }
    mem_free(restoring->folder);
    mem_free(restoring);
}

bool backup_begin(const struct backup_way *way, struct restoring **out, struct err *err)
{
    struct restoring *restoring = mem_new(sizeof *restoring);

    restoring->way = way;
    restoring->folder = file_join(way->folder, STAGE);
    if (!site_make_folders(way->folder, &restoring->made, err) || !stage(restoring, err)) {
        dismiss(restoring, false);
        return false;
    }
    *out = restoring;
    return true;
}

/* Only the one file is moved: what still stands in the log beside it would be lost. */
static bool settle(struct restoring *restoring, struct err *err)
{
    char *path = file_join(restoring->folder, SITE_DATABASE);
    char *log = file_join(restoring->folder, SITE_DATABASE "-wal");
    struct store *store = NULL;
    bool ok = site_open_file(path, STORE_WRITE, &store, err) && store_fold_log(store, err);

    store_close(store);
    if (ok && file_is_there(log)) {
        err_set(err, ERR_BUSY, SAY("%s 还在被使用，没有恢复", "%s is still in use; not restored"),
                path);
        ok = false;
    }
    mem_free(log);
    mem_free(path);
    return ok;
}

/* The database comes last: a folder without one is no site. */
static bool move_in(struct restoring *restoring, struct err *err)
{
    static const char *const FILES[] = {CONF_FILE, SITE_DATABASE};
    bool ok = true;

    for (size_t i = 0; ok && i < COUNT_OF(FILES); i++) {
        char *from = file_join(restoring->folder, FILES[i]);
        char *to = file_join(restoring->way->folder, FILES[i]);

        ok = rename(from, to) == 0;
        if (!ok) {
            err_set(err, ERR_INTERNAL, SAY("不能写成 %s：%s", "cannot finish %s: %s"), to,
                    file_reason(errno));
        }
        ok = ok && file_sync_folder(to, err);
        mem_free(from);
        mem_free(to);
    }
    return ok;
}

bool backup_end(struct restoring *restoring, bool is_proven, struct err *err)
{
    bool ok = !is_proven || (settle(restoring, err) && move_in(restoring, err));

    dismiss(restoring, is_proven && ok);
    return ok;
}
