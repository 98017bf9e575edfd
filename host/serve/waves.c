/* Waves: what is due, batch after batch, in the order (wake_at, round, case_id). Two batches are
   under way: while the workers decide one, the keeper writes the one before. The outcome equals
   that of deciding one case after the other, because writing stops where something written
   meanwhile would have come first. */
#include "base/clock.h"
#include "base/crash.h"
#include "base/log.h"
#include "base/text.h"
#include "casework/faults.h"
#include "serve/inside.h"
#include "serve/scene.h"

#define WAVES_FAULTS 3 /* of one version within an hour put it aside */
#define WAVES_HOUR_MS INT64_C(3600000)
#define WAVES_START ((struct place){INT64_MIN, 0, 0})

static bool quarantine(struct keeper *keeper, struct crew *crew, const char *sentence,
                       struct err *err)
{
    if (!fault_quarantine(keeper->site, crew->is.hash, sentence, err)) {
        return false;
    }
    for (struct crew *other = pool_first(keeper->pool); other; other = other->next) {
        other->is_quarantined |= other->is.version_id == crew->is.version_id;
    }
    keeper->done.quarantined++;
    log_warn(SAY("程序 %s 的一个版本连续出错，已隔离：%s",
                 "a version of %s failed repeatedly and was put aside: %s"),
             crew->is.workflow, sentence);
    return true;
}

bool waves_blame(struct keeper *keeper, const struct item *item, const struct err *why,
                 struct err *err)
{
    int64_t count = 0;

    if (!cases_put_aside(keeper->store, item->place.case_id, why->text, err) ||
        !fault_add(keeper->site, item->crew->is.hash, item->place.case_id, "script", why->text,
                   err) ||
        !fault_count(keeper->site, item->crew->is.hash, keeper_instant(keeper) - WAVES_HOUR_MS,
                     &count, err)) {
        return false;
    }
    keeper->done.put_aside++;
    log_warn(SAY("案件 %s 已搁置：%s", "case %s was put aside: %s"), item->number, why->text);
    if (count < WAVES_FAULTS || item->crew->is_quarantined) {
        return true;
    }
    return quarantine(keeper, item->crew, why->text, err);
}

enum written {
    WRITTEN_ON,   /* go on with the next */
    WRITTEN_STOP, /* what comes next has to be read again */
    WRITTEN_BAD   /* err says why; the transaction is as it was or must go */
};

static enum written write_item(struct keeper *keeper, struct scene *scene, struct err *err)
{
    struct item *item = scene->item;
    struct bureau *bureau = NULL;
    struct err why = {0};
    bool moved = false;

    if (keeper->site->is_virtual && item->now > site_now(keeper->site) &&
        !site_set_now(keeper->site, item->now, err)) {
        return WRITTEN_BAD;
    }
    if (!apply_read(keeper, scene->batch, item, &why)) {
        return waves_blame(keeper, item, &why, err) ? WRITTEN_ON : WRITTEN_BAD;
    }
    if (keeper->verdict.refused.kind != ERR_NONE) {
        return waves_blame(keeper, item, &keeper->verdict.refused, err) ? WRITTEN_ON : WRITTEN_BAD;
    }
    if (!keeper_bureau(keeper, item->office_id, &bureau, err)) {
        return WRITTEN_BAD;
    }
    scene->bureau = bureau;
    scene->at = item->at;
    if (!apply_write(scene, &moved, NULL, err)) {
        return WRITTEN_BAD;
    }
    return moved ? WRITTEN_ON : WRITTEN_STOP;
}

/* With a savepoint a case: the one that cannot be written rolls back alone and is put aside. */
static enum written write_carefully(struct keeper *keeper, struct scene *scene, struct err *err)
{
    struct err why = {0};
    struct keeper_mark mark;
    enum written result;

    if (!keeper_savepoint(keeper, &mark, err)) {
        return WRITTEN_BAD;
    }
    result = write_item(keeper, scene, &why);
    if (result == WRITTEN_ON) {
        return store_release(keeper->store, err) ? WRITTEN_ON : WRITTEN_BAD;
    }
    if (!keeper_back(keeper, &mark, err) ||
        (keeper->site->is_virtual && !site_reload_clock(keeper->site, err))) {
        return WRITTEN_BAD;
    }
    if (result == WRITTEN_STOP) {
        return WRITTEN_STOP;
    }
    return waves_blame(keeper, scene->item, &why, err) ? WRITTEN_ON : WRITTEN_BAD;
}

/* One transaction over what can be written of the batch. */
static bool write_once(struct keeper *keeper, struct scene *scene, bool carefully, bool *stopped,
                       struct err *err)
{
    struct batch *batch = scene->batch;
    enum written result = WRITTEN_ON;

    *stopped = false;
    if (!store_begin(keeper->store, err)) {
        return false;
    }
    for (size_t i = 0; i < batch->count && result == WRITTEN_ON; i++) {
        struct item *item = &batch->items[i];

        if (place_compare(batch->barrier, item->place) < 0) {
            result = WRITTEN_STOP;
            break;
        }
        if (item->crew->is_quarantined) {
            continue;
        }
        scene->item = item;
        result = carefully ? write_carefully(keeper, scene, err) : write_item(keeper, scene, err);
    }
    if (result == WRITTEN_BAD) {
        keeper_rollback(keeper);
        return false;
    }
    *stopped = result == WRITTEN_STOP;
    crash_point("waves.before_commit");
    if (!keeper_commit(keeper, err)) {
        return false;
    }
    crash_point("waves.after_commit");
    return true;
}

/* Writes keeper->now. What failed as a whole is tried once more case by case. */
static bool write_batch(struct keeper *keeper, bool *stopped, struct err *err)
{
    struct scene scene = {.keeper = keeper, .batch = keeper->now, .other = keeper->next};
    struct keeper_ticked before = keeper->done;
    struct place barrier = keeper->now->barrier;
    struct place other = keeper->next->barrier;
    struct err why = {0};

    if (!write_once(keeper, &scene, false, stopped, &why)) {
        keeper->done = before;
        keeper->now->barrier = barrier;
        keeper->next->barrier = other;
        if (!pool_refresh(keeper->pool, err) || !write_once(keeper, &scene, true, stopped, err)) {
            return false;
        }
    }
    keeper->done.waves++;
    return true;
}

static bool fetch(struct keeper *keeper, struct batch *batch, struct place after, int64_t until,
                  struct err *err)
{
    batch_reset(batch);
    return read_due(keeper, batch, after, until, err);
}

static bool step(struct keeper *keeper, int64_t until, struct err *err)
{
    struct batch *batch = keeper->now;
    bool stopped = false;

    /* Read while the workers decide the batch before, sent as soon as they have. */
    if (!fetch(keeper, keeper->next, batch->items[batch->count - 1].place, until, err) ||
        !batch_receive(batch, keeper->pool, err) || !batch_send(keeper->next, keeper->pool, err) ||
        !write_batch(keeper, &stopped, err)) {
        return false;
    }
    if (stopped || keeper->next->count == 0) {
        batch_abandon(keeper->next, keeper->pool);
        return fetch(keeper, batch, WAVES_START, until, err) &&
               batch_send(batch, keeper->pool, err);
    }
    keeper->now = keeper->next;
    keeper->next = batch;
    return true;
}

/* Between two waves, so that what was begun is whole. */
static bool is_cut(struct keeper *keeper)
{
    keeper->done.is_cut = keeper->cut_at && clock_steady() >= keeper->cut_at;
    return keeper->done.is_cut;
}

bool waves_run(struct keeper *keeper, int64_t until, struct err *err)
{
    bool ok = fetch(keeper, keeper->now, WAVES_START, until, err) &&
              batch_send(keeper->now, keeper->pool, err);

    batch_reset(keeper->next);
    while (ok && keeper->now->count > 0 && !is_cut(keeper)) {
        ok = step(keeper, until, err);
    }
    batch_abandon(keeper->now, keeper->pool);
    batch_abandon(keeper->next, keeper->pool);
    return ok;
}
