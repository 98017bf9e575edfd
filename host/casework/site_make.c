/* Making a site: either all of it is there afterwards, or nothing new. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
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
#define URL_LIMIT 8192

static const char *const FOLDERS[] = {"workflows", "jobs", "templates", "calendar", "spec"};
static const char *const FILES[] = {SITE_DATABASE, SITE_DATABASE "-wal", SITE_DATABASE "-shm",
                                    SITE_LOCK, CONF_FILE};

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

bool site_make_folders(const char *folder, struct site_made *made, struct err *err)
{
    bool ok = make_folder(folder, &made->is_folder_new, err);

    made->folder = folder;
    for (size_t i = 0; ok && i < COUNT_OF(FILES); i++) {
        char *path = file_join(folder, FILES[i]);

        if (file_is_there(path)) {
            err_set(err, ERR_CONFLICT,
                    SAY("%s 已经是一个站点（有 %s）", "%s is a site already (it has %s)"), folder,
                    FILES[i]);
            ok = false;
        }
        mem_free(path);
    }
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

void site_unmake(const struct site_made *made)
{
    for (size_t i = 0; made->is_begun && i < COUNT_OF(FILES); i++) {
        char *path = file_join(made->folder, FILES[i]);

        unlink(path);
        mem_free(path);
    }
    for (size_t i = 0; i < COUNT_OF(FOLDERS); i++) {
        char *path = file_join(made->folder, FOLDERS[i]);

        if (made->new_folders >> i & 1) {
            rmdir(path);
        }
        mem_free(path);
    }
    if (made->is_folder_new) {
        rmdir(made->folder);
    }
}

static bool create_database(struct site *site, const struct site_options *options, struct err *err)
{
    bool ok = false;
    char *path = file_join(options->folder, SITE_DATABASE);
    char *schema = file_join(options->library, "schema/sqlite");
    struct buf url;

    buf_init(&url, URL_LIMIT);
    buf_add_format(&url, "sqlite:%s", path);
    if (url.is_over) {
        err_set(err, ERR_INVALID, SAY("路径太长", "the path is too long"));
    } else {
        ok = store_open(buf_text(&url), STORE_CREATE, &site->store, err) &&
             migrate_up(site->store, schema, clock_now(), err);
    }
    buf_clear(&url);
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
    struct account account = {.office_id = site->office_id};
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
    struct site_made made = {0};
    struct site *site = mem_new(sizeof *site);

    site->lock = -1;
    site->folder = mem_text(options->folder);
    site->library = mem_text(options->library);
    site->digest = digest_new();
    ok = site_make_folders(options->folder, &made, err) &&
         conf_write(options->folder, office, err) && conf_read(options->folder, &site->conf, err) &&
         create_database(site, options, err) && fill_database(site, options, office, err);
    site_close(site);
    if (!ok) {
        site_unmake(&made);
    }
    return ok;
}
