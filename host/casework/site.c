/* A site as it is used: its lock, its store, its clock. One writer at a time holds the lock, so
   that a command waits for another instead of failing in the middle of its work. */
#include "casework/site.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/registry.h"
#include "casework/site_parts.h"
#include "store/migrate.h"

#define BEHIND_MS 1000 /* what keeping a clock right may take back unnoticed */
#define POLL_MS 20
#define URL_LIMIT 8192

static void nap(int64_t ms)
{
    struct timespec span = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};

    nanosleep(&span, NULL);
}

static bool refuse_busy(int lock, const char *folder, struct err *err)
{
    char pid[24] = "";
    ssize_t length = pread(lock, pid, sizeof pid - 1, 0);

    pid[length > 0 ? (size_t)length : 0] = '\0';
    pid[strspn(pid, "0123456789")] = '\0';
    err_set(err, ERR_BUSY,
            SAY("站点 %s 正被另一个进程使用（进程号 %s），请稍后再试",
                "the site %s is in use by another process (pid %s); try again later"),
            folder, pid[0] ? pid : "?");
    return false;
}

/* Takes the lock or waits for it, and leaves the own pid in the file for whoever waits next. */
static bool take_lock(const char *folder, int *out, struct err *err)
{
    bool ok = false;
    int64_t deadline = clock_steady() + SITE_WAIT_MS;
    char pid[24];
    char *path = file_join(folder, SITE_LOCK);
    int lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (lock < 0) {
        err_set(err, errno == EACCES || errno == EROFS ? ERR_DENIED : ERR_INTERNAL,
                SAY("不能打开 %s：%s", "cannot open %s: %s"), path, file_reason(errno));
        goto done;
    }
    while (flock(lock, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR) {
            err_set(err, ERR_INTERNAL, SAY("不能锁住 %s：%s", "cannot lock %s: %s"), path,
                    file_reason(errno));
            goto done;
        }
        if (clock_steady() >= deadline) {
            refuse_busy(lock, folder, err);
            goto done;
        }
        nap(POLL_MS);
    }
    snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
    if (ftruncate(lock, 0) != 0 || pwrite(lock, pid, strlen(pid), 0) < 0) {
        /* only a help for people */
        log_warn(SAY("不能写入 %s：%s", "cannot write %s: %s"), path, file_reason(errno));
    }
    *out = lock;
    lock = -1;
    ok = true;
done:
    if (lock >= 0) {
        close(lock);
    }
    mem_free(path);
    return ok;
}

static bool check_there(const char *folder, struct err *err)
{
    char *path = file_join(folder, SITE_DATABASE);
    bool is_there = file_is_there(path);

    if (!is_there) {
        err_set(err, ERR_MISSING,
                SAY("%s 不是督办站点（没有 %s）；先用 duban init 建立",
                    "%s is no site (it has no %s); make one with duban init"),
                folder, SITE_DATABASE);
    }
    mem_free(path);
    return is_there;
}

bool site_open_file(const char *path, enum store_mode mode, struct store **out, struct err *err)
{
    bool ok = false;
    struct buf url;

    buf_init(&url, URL_LIMIT);
    buf_add_format(&url, "sqlite:%s", path);
    if (url.is_over) {
        err_set(err, ERR_INVALID, SAY("路径太长", "the path is too long"));
    } else {
        ok = store_open(buf_text(&url), mode, out, err);
    }
    buf_clear(&url);
    return ok;
}

static bool open_store(const char *folder, enum store_mode mode, struct store **out,
                       struct err *err)
{
    char *path = file_join(folder, SITE_DATABASE);
    bool ok = site_open_file(path, mode, out, err);

    mem_free(path);
    return ok;
}

static bool check_schema(struct site *site, struct err *err)
{
    char *schema = file_join(site->library, "schema/sqlite");
    bool ok = migrate_is_current(site->store, schema, err);

    mem_free(schema);
    if (!ok) {
        err_add(err, "%s/%s", site->folder, SITE_DATABASE);
    }
    return ok;
}

static bool choose_office(struct site *site, struct err *err)
{
    struct office office = {0};

    if (!registry_office_find(site, site->conf.office, &office, err)) {
        err_add(err, "%s: office", CONF_FILE);
        return false;
    }
    site->office_id = office.office_id;
    return true;
}

bool site_is_clock_behind(const struct site *site)
{
    return !site->is_virtual && site->newest > clock_now() + BEHIND_MS;
}

/* Every act, and every tick that did something, leaves a row in the audit. */
static bool read_newest(struct site *site, struct err *err)
{
    struct err why = {0};
    char newest[24];

    if (!store_one_int(site->store, "SELECT at FROM audit ORDER BY audit_id DESC LIMIT 1",
                       &site->newest, &why, "") &&
        why.kind != ERR_MISSING) {
        *err = why;
        return false;
    }
    if (site_is_clock_behind(site)) {
        clock_format_instant(site->newest, newest);
        log_warn(
            SAY("系统时钟早于已记录的 %s，暂按该时刻办理；请校准时钟",
                "the clock of this machine is behind %s, which is recorded already and is used "
                "instead; set the clock right"),
            newest);
    }
    return true;
}

/* has_lock: somebody holds the lock for us. */
static bool open_site(const char *folder, const char *library, enum store_mode mode, bool has_lock,
                      struct site **out, struct err *err)
{
    bool ok = false;
    struct site *site = mem_new(sizeof *site);

    site->lock = -1;
    site->folder = mem_text(folder);
    site->library = mem_text(library);
    site->digest = digest_new();
    if (mode != STORE_READ && mode != STORE_WRITE) {
        err_set(err, ERR_INTERNAL,
                SAY("站点只能读或写", "a site is opened for reading or writing"));
        goto done;
    }
    /* A folder without a site gets no lock file either. */
    if (!check_there(folder, err) || !conf_read(folder, &site->conf, err) ||
        (mode == STORE_WRITE && !has_lock && !take_lock(folder, &site->lock, err)) ||
        !open_store(folder, mode, &site->store, err) || !check_schema(site, err) ||
        !site_reload_clock(site, err) || !read_newest(site, err) || !choose_office(site, err)) {
        goto done;
    }
    *out = site;
    site = NULL; /* the caller owns it now */
    ok = true;
done:
    site_close(site);
    return ok;
}

bool site_open_any(const char *folder, const char *library, struct site **out, bool *is_current,
                   struct err *err)
{
    bool ok = false;
    struct err why = {0};
    struct site *site = mem_new(sizeof *site);

    site->lock = -1;
    site->folder = mem_text(folder);
    site->library = mem_text(library);
    site->digest = digest_new();
    if (!check_there(folder, err) || !conf_read(folder, &site->conf, err) ||
        !take_lock(folder, &site->lock, err) ||
        !open_store(folder, STORE_WRITE, &site->store, err)) {
        goto done;
    }
    *is_current = check_schema(site, &why);
    if (!*is_current && why.kind != ERR_CONFLICT) {
        *err = why;
        goto done;
    }
    *out = site;
    site = NULL; /* the caller owns it now */
    ok = true;
done:
    site_close(site);
    return ok;
}

bool site_open(const char *folder, const char *library, enum store_mode mode, struct site **out,
               struct err *err)
{
    return open_site(folder, library, mode, false, out, err);
}

bool site_take_lock(const char *folder, int *lock, struct err *err)
{
    return check_there(folder, err) && take_lock(folder, lock, err);
}

bool site_open_under(const char *folder, const char *library, int lock, struct site **out,
                     struct err *err)
{
    if (flock(lock, LOCK_EX | LOCK_NB) != 0) { /* the same lock again costs nothing */
        return refuse_busy(lock, folder, err);
    }
    return open_site(folder, library, STORE_WRITE, true, out, err);
}

bool site_configure(struct site *site, struct err *err)
{
    struct conf before = site->conf;
    struct conf fresh = {0};

    if (!conf_read(site->folder, &fresh, err)) {
        return false;
    }
    site->conf = fresh;
    if (!choose_office(site, err)) {
        site->conf = before;
        conf_clear(&fresh);
        return false;
    }
    conf_clear(&before);
    return true;
}

void site_close(struct site *site)
{
    if (!site) {
        return;
    }
    store_close(site->store);
    if (site->lock >= 0) {
        close(site->lock); /* gives the lock back, after the store is closed */
    }
    conf_clear(&site->conf);
    digest_free(site->digest);
    mem_free(site->folder);
    mem_free(site->library);
    mem_free(site);
}

bool site_question(const struct site *site, struct store **out, struct err *err)
{
    return open_store(site->folder, STORE_QUESTION, out, err);
}

int64_t site_now(const struct site *site)
{
    int64_t now;

    if (site->is_virtual) {
        return site->virtual_now;
    }
    now = clock_now();
    return now > site->newest ? now : site->newest;
}

void site_notice(struct site *site, int64_t instant)
{
    if (!site->is_virtual && instant > site->newest) {
        site->newest = instant;
    }
}

bool site_get(struct site *site, const char *name, char **out, struct err *err)
{
    bool has_row = false;
    struct stmt *stmt = NULL;

    if (!store_ask(site->store, "SELECT value FROM site WHERE name = $1", &stmt, err, "t", name) ||
        !stmt_step(stmt, &has_row, err)) {
        return false;
    }
    *out = has_row ? mem_text(stmt_text(stmt, 0, NULL)) : NULL;
    stmt_reset(stmt);
    return true;
}

bool site_put(struct site *site, const char *name, const char *value, struct err *err)
{
    return store_run(site->store,
                     "INSERT INTO site (name, value) VALUES ($1, $2) "
                     "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                     NULL, err, "tt", name, value);
}

bool site_reload_clock(struct site *site, struct err *err)
{
    bool ok = false;
    char *kind = NULL;
    char *now = NULL;

    if (!site_get(site, "clock", &kind, err) || !site_get(site, "now", &now, err)) {
        goto done;
    }
    site->is_virtual = kind && strcmp(kind, "virtual") == 0;
    site->virtual_now = now ? strtoll(now, NULL, 10) : 0;
    ok = true;
done:
    mem_free(kind);
    mem_free(now);
    return ok;
}

bool site_set_now(struct site *site, int64_t instant, struct err *err)
{
    char text[24];

    if (!site->is_virtual) {
        err_set(err, ERR_DENIED,
                SAY("本站点用真实时钟，不能拨动",
                    "this site runs on the real clock, which cannot be moved"));
        return false;
    }
    if (instant < site->virtual_now) {
        char now[24];

        clock_format_instant(site->virtual_now, now);
        err_set(err, ERR_CONFLICT, SAY("时钟已到 %s，不能倒拨", "the clock stands at %s already"),
                now);
        return false;
    }
    snprintf(text, sizeof text, "%" PRId64, instant);
    if (!site_put(site, "now", text, err)) {
        return false;
    }
    site->virtual_now = instant;
    return true;
}
