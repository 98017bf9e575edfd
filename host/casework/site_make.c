/* Making a site: either all of it is there afterwards, or nothing new. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/audit.h"
#include "casework/registry.h"
#include "casework/site.h"
#include "casework/site_parts.h"
#include "store/migrate.h"

#define OFFICE "430000"

static const char *const FOLDERS[] = {"workflows", "jobs", "templates", "calendar", "spec"};
static const char *const FILES[] = {SITE_DATABASE, SITE_DATABASE "-wal", SITE_DATABASE "-shm",
                                    CONF_FILE};

static bool make_folder(const char *path, bool *is_new, struct err *err)
{
    struct stat about;

    *is_new = mkdir(path, 0755) == 0;
    if (*is_new || (errno == EEXIST && stat(path, &about) == 0 && S_ISDIR(about.st_mode))) {
        return true;
    }
    err_set(err, errno == EACCES || errno == EROFS ? ERR_DENIED : ERR_INVALID,
            SAY("不能建立文件夹 %s：%s", "cannot create the folder %s: %s"), path,
            file_reason(errno));
    return false;
}

static bool refuse_site(const char *folder, const char *what, struct err *err)
{
    err_set(err, ERR_CONFLICT,
            SAY("%s 已经是一个站点（有 %s）", "%s is a site already (it has %s)"), folder, what);
    return false;
}

/* The file that was locked is still the one under that name: whoever gave up took it away. */
static bool is_still(int lock, const char *path)
{
    struct stat held;
    struct stat named;

    return fstat(lock, &held) == 0 && stat(path, &named) == 0 && held.st_ino == named.st_ino &&
           held.st_dev == named.st_dev;
}

/* One of several that make a site in the same folder at the same time gets the lock; the others
   leave everything as it is. A lock that nobody holds is left over from a process that died. */
static bool take_lock(struct site_made *made, struct err *err)
{
    char *path = file_join(made->folder, SITE_LOCK);
    bool ok = false;

    made->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (made->lock < 0) {
        err_set(err, errno == EACCES || errno == EROFS ? ERR_DENIED : ERR_INTERNAL,
                SAY("不能打开 %s：%s", "cannot open %s: %s"), path, file_reason(errno));
    } else if (flock(made->lock, LOCK_EX | LOCK_NB) != 0 || !is_still(made->lock, path)) {
        refuse_site(made->folder, SITE_LOCK, err);
    } else {
        ok = true;
    }
    if (!ok) {
        site_keep(made);
    }
    mem_free(path);
    return ok;
}

static bool has_no_site(const char *folder, struct err *err)
{
    bool ok = true;

    for (size_t i = 0; ok && i < COUNT_OF(FILES); i++) {
        char *path = file_join(folder, FILES[i]);

        ok = !file_is_there(path) || refuse_site(folder, FILES[i], err);
        mem_free(path);
    }
    return ok;
}

bool site_make_folders(const char *folder, struct site_made *made, struct err *err)
{
    bool ok;

    *made = (struct site_made){.folder = folder, .lock = -1};
    /* Looked at twice: a site that is there keeps its lock as it is. */
    ok = make_folder(folder, &made->is_folder_new, err) && has_no_site(folder, err) &&
         take_lock(made, err) && has_no_site(folder, err);
    made->is_begun = ok;
    for (size_t i = 0; ok && i < COUNT_OF(FOLDERS); i++) {
        bool is_new = false;
        char *path = file_join(folder, FOLDERS[i]);

        ok = make_folder(path, &is_new, err);
        made->new_folders |= is_new ? 1u << i : 0;
        mem_free(path);
    }
    return ok;
}

void site_keep(struct site_made *made)
{
    if (made->lock >= 0) {
        close(made->lock);
    }
    made->lock = -1;
}

static void remove_file(const char *folder, const char *name)
{
    char *path = file_join(folder, name);

    unlink(path);
    mem_free(path);
}

void site_unmake(struct site_made *made)
{
    for (size_t i = 0; made->is_begun && i < COUNT_OF(FILES); i++) {
        remove_file(made->folder, FILES[i]);
    }
    for (size_t i = 0; i < COUNT_OF(FOLDERS); i++) {
        char *path = file_join(made->folder, FOLDERS[i]);

        if (made->new_folders >> i & 1) {
            rmdir(path);
        }
        mem_free(path);
    }
    if (made->is_begun) {
        remove_file(made->folder, SITE_LOCK);
    }
    site_keep(made);
    if (made->is_folder_new) {
        rmdir(made->folder);
    }
}

static bool create_database(struct site *site, const struct site_options *options, struct err *err)
{
    char *path = file_join(options->folder, SITE_DATABASE);
    char *schema = file_join(options->library, "schema/sqlite");
    bool ok = site_open_file(path, STORE_CREATE, &site->store, err) &&
              migrate_up(site->store, schema, clock_now(), err);
    mem_free(schema);
    mem_free(path);
    return ok;
}

static bool start_clock(struct site *site, int64_t virtual_start, struct err *err)
{
    char text[24];

    snprintf(text, sizeof text, "%" PRId64, virtual_start);
    return site_put(site, "clock", virtual_start ? "virtual" : "real", err) &&
           (!virtual_start || site_put(site, "now", text, err)) && site_reload_clock(site, err);
}

static bool add_account(struct site *site, const char *office, struct err *err)
{
    struct account account = {.office_id = site->office_id, .is_admin = true};
    struct audit_row row = {.office = office, .act = "init", .object = office};

    if (!registry_os_user(account.os_user, err)) {
        return false;
    }
    memcpy(account.name, account.os_user, sizeof account.name);
    row.recorder = account.name;
    return registry_account_save(site, &account, err) && audit_append(site, &row, err);
}

/* A rehearsal has a second hand to approve with, since nobody else's user is bound to such a site.
 */
static bool add_second_hand(struct site *site, int64_t virtual_start, struct err *err)
{
    struct account account = {
        .office_id = site->office_id, .name = SITE_SECOND_HAND, .os_user = SITE_SECOND_HAND};

    return !virtual_start || registry_account_save(site, &account, err);
}

static bool fill_database(struct site *site, const struct site_options *options, const char *office,
                          struct err *err)
{
    bool ok;

    if (!store_begin(site->store, err)) {
        return false;
    }
    ok = start_clock(site, options->virtual_start, err) &&
         registry_office_add(site, office, options->office_name, &site->office_id, err) &&
         add_account(site, office, err) && add_second_hand(site, options->virtual_start, err) &&
         store_commit(site->store, err);
    if (!ok) {
        store_rollback(site->store);
    }
    return ok;
}

bool site_make(const struct site_options *options, struct err *err)
{
    bool ok = false;
    const char *office = options->office ? options->office : OFFICE;
    struct site_made made;
    struct site *site = mem_new(sizeof *site);

    site->lock = -1;
    site->folder = mem_text(options->folder);
    site->library = mem_text(options->library);
    site->digest = digest_new();
    ok = site_make_folders(options->folder, &made, err) &&
         conf_write(options->folder, office, err) && conf_read(options->folder, &site->conf, err) &&
         create_database(site, options, err) && fill_database(site, options, office, err);
    site_close(site);
    if (ok) {
        site_keep(&made);
    } else {
        site_unmake(&made);
    }
    return ok;
}
