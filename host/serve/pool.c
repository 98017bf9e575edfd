/* The warm workers. An activation is read and loaded into a worker once; what goes to and fro after
   that is snapshots and decisions. Workers that ended are told apart from workers that were killed,
   because only the first is the script's own doing. */
#include "serve/pool.h"

#include <string.h>

#include "base/clock.h"
#include "base/codec.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/pipe.h"
#include "base/text.h"
#include "casework/calendars.h"
#include "casework/faults.h"
#include "casework/settings.h"
#include "serve/zygote.h"

struct pool {
    struct site *site;
    struct zygote *zygote;
    struct crew *crews;
    struct value *calendars; /* map: hash to years; NULL until read */
    uint64_t generation;     /* of calendars */
    uint64_t clock;
    int warm;
    struct buf reply; /* of loading */
};

bool pool_open(struct site *site, struct zygote *zygote, struct pool **out, struct err *err)
{
    struct pool *pool = mem_new(sizeof *pool);

    (void)err;
    pool->site = site;
    pool->zygote = zygote;
    pool->generation = 1;
    buf_init(&pool->reply, PIPE_FRAME_MAX);
    *out = pool;
    return true;
}

void pool_close(struct pool *pool)
{
    if (!pool) {
        return;
    }
    while (pool->crews) {
        struct crew *crew = pool->crews;

        pool->crews = crew->next;
        worker_end(crew->worker, NULL);
        activation_clear(&crew->is);
        value_free(crew->about);
        mem_free(crew);
    }
    value_free(pool->calendars);
    buf_clear(&pool->reply);
    mem_free(pool);
}

void pool_forget_calendars(struct pool *pool)
{
    value_free(pool->calendars);
    pool->calendars = NULL;
    pool->generation++;
}

struct crew *pool_first(struct pool *pool)
{
    return pool->crews;
}

bool pool_refresh(struct pool *pool, struct err *err)
{
    for (struct crew *crew = pool->crews; crew; crew = crew->next) {
        if (!fault_is_quarantined(pool->site, crew->is.hash, &crew->is_quarantined, err)) {
            return false;
        }
    }
    return true;
}

bool pool_crew(struct pool *pool, int64_t activation_id, struct crew **out, struct err *err)
{
    bool ok = false;
    struct crew *crew = pool->crews;

    while (crew && crew->is.activation_id != activation_id) {
        crew = crew->next;
    }
    if (crew) {
        *out = crew;
        return true;
    }
    crew = mem_new(sizeof *crew);
    if (!activation_get(pool->site, activation_id, &crew->is, err) ||
        !json_parse(crew->is.about, strlen(crew->is.about), &crew->about, err) ||
        !fault_is_quarantined(pool->site, crew->is.hash, &crew->is_quarantined, err)) {
        goto done;
    }
    crew->next = pool->crews;
    pool->crews = crew;
    *out = crew;
    crew = NULL;
    ok = true;
done:
    if (crew) {
        activation_clear(&crew->is);
        value_free(crew->about);
        mem_free(crew);
    }
    return ok;
}

static bool read_calendars(struct pool *pool, struct err *err)
{
    struct stmt *stmt = NULL;
    struct value *all;
    bool has_row = false;

    if (pool->calendars) {
        return true;
    }
    if (!store_ask(pool->site->store, "SELECT hash, years FROM calendars", &stmt, err, "")) {
        return false;
    }
    all = value_new_map();
    while (stmt_step(stmt, &has_row, err)) {
        struct value *one;
        struct value *years = NULL;
        size_t length = 0;
        const char *json;

        if (!has_row) {
            pool->calendars = all;
            return true;
        }
        json = stmt_text(stmt, 1, &length);
        if (!json_parse(json, length, &years, err)) {
            stmt_reset(stmt);
            break;
        }
        one = value_new_map();
        value_set(one, "years", years);
        value_set(all, stmt_text(stmt, 0, NULL), one);
    }
    value_free(all);
    return false;
}

bool pool_lend_calendar(struct pool *pool, const char *hash, const struct value *years,
                        struct err *err)
{
    struct value *one;

    pool_forget_calendars(pool);
    if (!read_calendars(pool, err)) {
        return false;
    }
    one = value_new_map();
    value_set(one, "years", value_copy(years));
    value_set(pool->calendars, hash, one);
    return true;
}

void pool_drop(struct pool *pool, struct crew *crew)
{
    if (crew->worker) {
        worker_end(crew->worker, NULL);
        crew->worker = NULL;
        crew->is_busy = false;
        pool->warm--;
    }
}

/* Makes room for one more worker. */
static bool retire_one(struct pool *pool, struct err *err)
{
    struct crew *oldest = NULL;

    if (pool->warm < POOL_WORKERS) {
        return true;
    }
    for (struct crew *crew = pool->crews; crew; crew = crew->next) {
        if (crew->worker && !crew->is_busy && (!oldest || crew->used < oldest->used)) {
            oldest = crew;
        }
    }
    if (!oldest) {
        err_set(err, ERR_BUSY, "%s", SAY("所有工作进程都在忙", "every worker is busy"));
        return false;
    }
    pool_drop(pool, oldest);
    return true;
}

static bool load_request(struct pool *pool, struct crew *crew, struct value *request,
                         struct err *err)
{
    struct value *settings = NULL;
    struct value *modules = NULL;
    char hash[DIGEST_HEX];
    int64_t opens_at = 0;
    int64_t calendar = 0;

    if (!version_source(pool->site, crew->is.version_id, VERSIONS_MAIN, &pool->reply, err)) {
        return false;
    }
    value_set(request, "source", value_new_string(pool->reply.bytes, pool->reply.length));
    if (!version_modules(pool->site, crew->is.version_id, &modules, err)) {
        return false;
    }
    value_set(request, "modules", modules);
    if (!setting_split(crew->is.settings, &settings, &opens_at, err)) {
        return false;
    }
    value_set(request, "settings", settings);
    if (!calendar_current_id(pool->site, crew->is.office_id, &calendar, hash, err) ||
        !read_calendars(pool, err)) {
        return false;
    }
    value_set_text(request, "op", "load");
    value_set_text(request, "kind", crew->is.kind);
    value_set_text(request, "calendar", hash);
    value_set(request, "calendars", value_copy(pool->calendars));
    value_set_int(request, "opens_at", opens_at);
    value_set_text(request, "lang", text_is_zh() ? "zh" : "en");
    return true;
}

/* What a load that was refused says: the first finding. */
static bool loaded(const struct buf *reply, struct err *err)
{
    bool ok = false;
    struct value *answer = NULL;
    struct codec_in in;

    codec_begin(&in, reply->bytes, reply->length);
    if (!codec_get_value(&in, &answer) || !codec_is_done(&in)) {
        err_set(err, ERR_INVALID, "%s",
                SAY("工作进程的答复无法读取", "the worker's answer cannot be read"));
    } else if (value_get_bool(answer, "ok")) {
        ok = true;
    } else {
        const struct value *first = value_at(value_get(answer, "findings"), 0);
        const char *text = value_get_text(first, "text");
        const char *file = value_get_text(first, "file");

        err_set(err, ERR_INVALID, "%s:%lld: %s", file ? file : "",
                (long long)value_get_int(first, "line", 0),
                text ? text : SAY("脚本无法装入", "the script does not load"));
    }
    value_free(answer);
    return ok;
}

static void say_end(struct pool *pool, struct crew *crew, enum pool_end *end, struct err *err)
{
    struct worker_end how = {0};

    worker_end(crew->worker, &how);
    crew->worker = NULL;
    crew->is_busy = false;
    pool->warm--;
    *end = how.fate == WORKER_FAULT ? POOL_ENDED : POOL_KILLED;
    if (how.fate == WORKER_FAULT) {
        if (how.file[0]) {
            err_set(err, ERR_INVALID, "%s:%d: %s", how.file, how.line, how.text);
        } else {
            err_set(err, ERR_INVALID, "%s", how.text);
        }
    } else {
        err_set(err, ERR_MISSING, "%s",
                SAY("工作进程被外部终止", "the worker was killed from outside"));
    }
}

static bool exchange(struct pool *pool, struct crew *crew, const struct buf *bytes,
                     struct buf *reply, enum pool_end *end, struct err *err)
{
    int64_t deadline = clock_steady() + WORKER_JOB.wall_ms;
    struct err unsaid = {0};

    if (worker_send(crew->worker, bytes, deadline, &unsaid) &&
        worker_receive(crew->worker, reply, deadline, &unsaid)) {
        return true;
    }
    say_end(pool, crew, end, err);
    return false;
}

/* Starts a worker and loads the script into it. */
static bool warm_up(struct pool *pool, struct crew *crew, enum pool_end *end, struct err *err)
{
    bool ok = false;
    struct value *request = value_new_map();
    char name[512];
    struct buf bytes;

    buf_init(&bytes, PIPE_FRAME_MAX);
    *end = POOL_FINE;
    if (!load_request(pool, crew, request, err) || !retire_one(pool, err) ||
        !zygote_fork(pool->zygote, &WORKER_RULE, &crew->worker, err)) {
        goto done;
    }
    pool->warm++;
    (void)memcpy(name, crew->is.workflow, strnlen(crew->is.workflow, sizeof name - 5) + 1);
    name[sizeof name - 5] = '\0';
    (void)memcpy(name + strlen(name), ".lua", 5);
    value_set_text(request, "name", name);
    codec_put_value(&bytes, request);
    if (bytes.is_over) {
        err_set(err, ERR_INVALID, "%s",
                SAY("脚本、设置和日历合起来过大，无法装入",
                    "the script, its settings and the calendars are too large to load"));
        *end = POOL_ENDED;
        pool_drop(pool, crew);
        goto done;
    }
    if (!exchange(pool, crew, &bytes, &pool->reply, end, err)) {
        goto done;
    }
    if (!loaded(&pool->reply, err)) {
        *end = POOL_ENDED;
        pool_drop(pool, crew);
        goto done;
    }
    crew->calendars = pool->generation;
    ok = true;
done:
    if (!ok) {
        err_add(err, "%s", crew->is.workflow);
    }
    value_free(request);
    buf_clear(&bytes);
    return ok;
}

void pool_rouse(struct pool *pool)
{
    struct crew *last = NULL;

    for (struct crew *crew = pool->crews; crew; crew = crew->next) {
        if (crew->worker && !crew->is_busy && (!last || crew->used > last->used)) {
            last = crew;
        }
    }
    if (last) {
        worker_rouse(last->worker);
    }
}

bool pool_send(struct pool *pool, struct crew *crew, const struct pool_request *request,
               enum pool_end *end, struct err *err)
{
    struct err unsaid = {0};

    *end = POOL_FINE;
    if (crew->worker && crew->calendars != pool->generation) {
        pool_drop(pool, crew);
    }
    if (!crew->worker && !warm_up(pool, crew, end, err)) {
        return false;
    }
    crew->used = ++pool->clock;
    crew->is_busy = true;
    crew->deadline = clock_steady() + WORKER_RULE.wall_ms * (int64_t)(request->items + 1);
    if (!worker_send(crew->worker, request->bytes, crew->deadline, &unsaid)) {
        say_end(pool, crew, end, err);
        return false;
    }
    return true;
}

bool pool_receive(struct pool *pool, struct crew *crew, struct buf *reply, enum pool_end *end,
                  struct err *err)
{
    struct err unsaid = {0};

    *end = POOL_FINE;
    if (worker_receive(crew->worker, reply, crew->deadline, &unsaid)) {
        crew->is_busy = false;
        return true;
    }
    say_end(pool, crew, end, err);
    return false;
}

bool pool_ask(struct pool *pool, struct crew *crew, const struct pool_request *request,
              struct buf *reply, enum pool_end *end, struct err *err)
{
    return pool_send(pool, crew, request, end, err) && pool_receive(pool, crew, reply, end, err);
}

bool pool_ask_plain(struct pool *pool, const struct buf *request, struct buf *reply,
                    struct err *err)
{
    struct worker_link *link = NULL;
    struct worker_end how = {0};
    struct err unsaid = {0};
    int64_t deadline = clock_steady() + WORKER_JOB.wall_ms;
    bool ok;

    if (!zygote_fork(pool->zygote, &WORKER_JOB, &link, err)) {
        return false;
    }
    ok = worker_send(link, request, deadline, &unsaid) &&
         worker_receive(link, reply, deadline, &unsaid);
    worker_end(link, &how);
    if (!ok) {
        err_set(err, ERR_INVALID, "%s", how.text[0] ? how.text : unsaid.text);
    }
    return ok;
}
