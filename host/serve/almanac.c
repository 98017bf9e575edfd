/* A calendar that was accepted: the open cases whose dates it moves are told, each by an input of
   its own. The same walk without writing answers which cases it would move. */
#include <string.h>

#include "base/crash.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/calendars.h"
#include "casework/rights.h"
#include "serve/inside.h"
#include "serve/keeper_ask.h"
#include "serve/scene.h"

#define ALMANAC_PREVIEW "preview" /* the hash of a calendar that is not stored */

struct change {
    struct keeper *keeper;
    const struct actor *actor; /* NULL: the keeper */
    int64_t office_id;
    struct almanac almanac;
    struct value *body;
    struct ask ask;
    bool is_dry;
    keeper_moved_fn *each;
    void *context;
    int64_t after; /* case_id */
    char *due[BATCH_CASES];
    int64_t ids[BATCH_CASES];
    size_t count;
    int64_t again[BATCH_CASES]; /* an input reached them after they were read */
    size_t again_count;
    int64_t left_out; /* put aside, or their version is in quarantine */
};

static bool next_ids(struct change *change, struct err *err)
{
    static const char sql[] = RIGHTS_BELOW
        "SELECT case_id, due FROM cases WHERE office_id IN (SELECT office_id FROM below)"
        " AND case_id > $2 AND closed_at IS NULL AND snapshot IS NOT NULL"
        " AND set_aside IS NULL AND (due IS NOT NULL OR wake_at IS NOT NULL)"
        " ORDER BY case_id LIMIT 128";
    struct stmt *stmt = NULL;
    bool has_row = false;

    for (size_t i = 0; i < change->count; i++) {
        mem_free(change->due[i]);
    }
    change->count = 0;
    if (!store_ask(change->keeper->store, sql, &stmt, err, "ii", change->office_id,
                   change->after)) {
        return false;
    }
    while (stmt_step(stmt, &has_row, err)) {
        if (!has_row) {
            return true;
        }
        change->ids[change->count] = stmt_int(stmt, 0);
        change->due[change->count++] = mem_text(stmt_text(stmt, 1, NULL));
        change->after = stmt_int(stmt, 0);
    }
    return false;
}

static const char *due_of(const struct change *change, int64_t case_id)
{
    for (size_t i = 0; i < change->count; i++) {
        if (change->ids[i] == case_id) {
            return change->due[i];
        }
    }
    return NULL;
}

static bool differs(const char *a, const char *b)
{
    return !a != !b || (a && strcmp(a, b) != 0);
}

/* One case: told when its dates move, left alone when the input changes nothing. */
static bool settle_item(struct change *change, struct item *item, struct err *err)
{
    struct keeper *keeper = change->keeper;
    struct scene scene = {.keeper = keeper, .batch = keeper->now, .item = item, .at = item->now};
    struct bureau *bureau = NULL;
    struct err why = {0};
    const char *before = due_of(change, item->place.case_id);
    bool moved = false;

    if (!apply_read(keeper, keeper->now, item, &why) || keeper->verdict.refused.kind != ERR_NONE) {
        return change->is_dry ||
               waves_blame(keeper, item, why.text[0] ? &why : &keeper->verdict.refused, err);
    }
    if (keeper->verdict.row_count < 2) {
        return true; /* the input alone: nothing follows from it */
    }
    if (!keeper_bureau(keeper, item->office_id, &bureau, err)) {
        return false;
    }
    scene.bureau = bureau;
    if (!change->is_dry && !apply_write(&scene, &moved, NULL, err)) {
        return false;
    }
    if (!change->is_dry && !moved) {
        change->again[change->again_count++] = item->place.case_id;
    } else if (change->each && differs(before, keeper->verdict.due)) {
        change->each(change->context, item->number, before, keeper->verdict.due);
    }
    return true;
}

static void begin_batch(struct change *change)
{
    batch_reset(change->keeper->now);
    change->keeper->now->almanac = &change->almanac;
}

static bool settle_batch(struct change *change, struct err *err)
{
    struct keeper *keeper = change->keeper;

    if (keeper->now->count == 0) {
        return true;
    }
    if (!batch_send(keeper->now, keeper->pool, err) ||
        !batch_receive(keeper->now, keeper->pool, err) ||
        (!change->is_dry && !store_begin(keeper->store, err))) {
        batch_abandon(keeper->now, keeper->pool);
        return false;
    }
    for (size_t i = 0; i < keeper->now->count; i++) {
        if (!settle_item(change, &keeper->now->items[i], err)) {
            keeper_rollback(keeper);
            return false;
        }
    }
    begin_batch(change);
    if (change->is_dry) {
        return true;
    }
    crash_point("calendar.before_commit");
    return keeper_commit(keeper, err);
}

static bool take_case(struct change *change, int64_t case_id, struct err *err)
{
    struct keeper *keeper = change->keeper;
    struct item *item = NULL;
    struct err why = {0};

    if (batch_is_full(keeper->now) && !settle_batch(change, err)) {
        return false;
    }
    if (!read_case(keeper, keeper->now, case_id, &item, &why)) {
        if (why.kind == ERR_CONFLICT) { /* its version is put aside */
            change->left_out++;
            return true;
        }
        if (why.kind != ERR_BUSY) {
            *err = why;
            return false;
        }
        if (!settle_batch(change, err) || !read_case(keeper, keeper->now, case_id, &item, err)) {
            return false;
        }
    }
    item->now = keeper_instant(keeper);
    item->ask = &change->ask;
    return true;
}

/* The cases of one page; those that another one reached meanwhile are read again. */
static bool settle_page(struct change *change, struct err *err)
{
    int64_t ids[BATCH_CASES];
    size_t count = change->count;

    memcpy(ids, change->ids, count * sizeof *ids);
    while (count > 0) {
        change->again_count = 0;
        for (size_t i = 0; i < count; i++) {
            if (!take_case(change, ids[i], err)) {
                return false;
            }
        }
        if (!settle_batch(change, err)) {
            return false;
        }
        if (change->again_count == count) { /* the first of a batch is nobody's to reach */
            err_set(err, ERR_BUSY, "%s", SAY("案件刚被改动", "the case has just moved on"));
            return false;
        }
        count = change->again_count;
        memcpy(ids, change->again, count * sizeof *ids);
    }
    return true;
}

/* Cases that wait for somebody to mend them keep their old dates: that is said. */
static bool tell_left_out(struct change *change, struct err *err)
{
    int64_t aside = 0;

    if (!store_one_int(change->keeper->store,
                       RIGHTS_BELOW
                       "SELECT COUNT(*) FROM cases WHERE office_id IN (SELECT office_id FROM below)"
                       " AND closed_at IS NULL AND set_aside IS NOT NULL",
                       &aside, err, "i", change->office_id)) {
        return false;
    }
    change->left_out += aside;
    if (change->left_out) {
        log_warn(SAY("%lld 件在办事项已搁置或所用版本已隔离，未按新历表重算期限",
                     "%lld open cases are put aside or their version is in quarantine: their dates "
                     "were not counted anew"),
                 (long long)change->left_out);
    }
    return true;
}

static bool run(struct change *change, struct err *err)
{
    struct keeper *keeper = change->keeper;
    bool ok = true;
    struct buf body;

    buf_init(&body, 1024);
    codec_put_map(&body, 1);
    codec_put_text(&body, "calendar");
    codec_put_text(&body, change->almanac.hash);
    change->ask = (struct ask){.kind = "calendar_changed",
                               .name = "calendar",
                               .at = keeper_instant(keeper),
                               .actor = change->actor ? change->actor->person : NULL,
                               .recorder = change->actor ? change->actor->recorder : NULL,
                               .body = {body.bytes, body.length}};
    begin_batch(change);
    do {
        ok = next_ids(change, err) && settle_page(change, err);
    } while (ok && change->count > 0);
    ok = ok && (change->is_dry || tell_left_out(change, err));
    batch_reset(keeper->now);
    for (size_t i = 0; i < change->count; i++) {
        mem_free(change->due[i]);
    }
    buf_clear(&body);
    return ok;
}

bool keeper_calendar_changed(struct keeper *keeper, const struct actor *actor, int64_t office_id,
                             const char *calendar_hash, bool is_dry, keeper_moved_fn *each,
                             void *context, struct err *err)
{
    struct change *change = mem_new(sizeof *change);
    struct calendar calendar = {0};
    bool ok;

    keeper->done = (struct keeper_ticked){0};
    change->keeper = keeper;
    change->actor = actor;
    change->office_id = office_id;
    change->is_dry = is_dry;
    change->each = each;
    change->context = context;
    ok = keeper_begin(keeper, err) && calendar_by_hash(keeper->site, calendar_hash, &calendar, err);
    if (ok) {
        change->almanac.calendar_id = calendar.calendar_id;
        memcpy(change->almanac.hash, calendar.hash, sizeof change->almanac.hash);
        pool_forget_calendars(keeper->pool);
        ok = run(change, err);
    }
    calendar_clear(&calendar);
    mem_free(change);
    return ok;
}

bool keeper_calendar_preview(struct keeper *keeper, int64_t office_id, const struct value *years,
                             keeper_moved_fn *each, void *context, struct err *err)
{
    struct change *change = mem_new(sizeof *change);
    bool ok;

    change->keeper = keeper;
    change->office_id = office_id;
    change->is_dry = true;
    change->each = each;
    change->context = context;
    memcpy(change->almanac.hash, ALMANAC_PREVIEW, sizeof ALMANAC_PREVIEW);
    ok = keeper_begin(keeper, err) &&
         pool_lend_calendar(keeper->pool, ALMANAC_PREVIEW, years, err) && run(change, err);
    pool_forget_calendars(keeper->pool);
    mem_free(change);
    return ok;
}
