/* The keeper's life, and what every act of it needs: offices with their calendar, transactions, and
   the rows a listener is told after their commit. */
#include "serve/keeper.h"

#include <string.h>

#include "base/codec.h"
#include "base/mem.h"
#include "base/pipe.h"
#include "casework/calendars.h"
#include "serve/inside.h"

#define KEEPER_TOLD_MAX ((size_t)64 * 1024 * 1024)

bool keeper_open(struct site *site, struct zygote *zygote, struct keeper **out, struct err *err)
{
    bool ok = false;
    struct keeper *keeper = mem_new(sizeof *keeper);

    keeper->site = site;
    keeper->store = site->store;
    keeper->zygote = zygote;
    keeper->chain = chain_new();
    keeper->recipients = recipients_new(site);
    keeper->pigeonholes = pigeonholes_new(site);
    keeper->written = -1;
    buf_init(&keeper->scratch, PIPE_FRAME_MAX);
    buf_init(&keeper->told, KEEPER_TOLD_MAX);
    if (!pool_open(site, zygote, &keeper->pool, err)) {
        goto done;
    }
    keeper->now = batch_new();
    keeper->next = batch_new();
    *out = keeper;
    keeper = NULL; /* the caller owns it now */
    ok = true;
done:
    keeper_close(keeper);
    return ok;
}

void keeper_close(struct keeper *keeper)
{
    if (!keeper) {
        return;
    }
    while (keeper->bureaus) {
        struct bureau *bureau = keeper->bureaus;

        keeper->bureaus = bureau->next;
        mem_free(bureau);
    }
    pool_close(keeper->pool);
    batch_free(keeper->now);
    batch_free(keeper->next);
    verdict_clear(&keeper->verdict);
    pigeonholes_free(keeper->pigeonholes);
    recipients_free(keeper->recipients);
    chain_free(keeper->chain);
    buf_clear(&keeper->scratch);
    buf_clear(&keeper->told);
    mem_free(keeper);
}

bool keeper_is_quiet(const struct keeper *keeper)
{
    return keeper->written == store_writes(keeper->store);
}

void keeper_listen(struct keeper *keeper, keeper_row_fn *each, void *context)
{
    keeper->each = each;
    keeper->context = context;
}

static bool refresh(struct keeper *keeper, struct bureau *bureau, bool *changed, struct err *err)
{
    struct almanac now = {0};

    if (!calendar_current_id(keeper->site, bureau->office_id, &now.calendar_id, now.hash, err)) {
        return false;
    }
    if (now.calendar_id != bureau->almanac.calendar_id) {
        bureau->almanac = now;
        *changed = true;
    }
    return true;
}

bool keeper_begin(struct keeper *keeper, struct err *err)
{
    bool changed = false;

    keeper_untold(keeper);
    if (keeper_is_quiet(keeper)) {
        return true; /* this site's only writer is us, and we wrote nothing but cases */
    }
    keeper->written = -1;
    memset(keeper->granted, 0, sizeof keeper->granted);
    recipients_reset(keeper->recipients);
    for (struct bureau *bureau = keeper->bureaus; bureau; bureau = bureau->next) {
        if (!refresh(keeper, bureau, &changed, err)) {
            return false;
        }
    }
    if (changed) {
        pool_forget_calendars(keeper->pool);
    }
    return pool_refresh(keeper->pool, err);
}

bool keeper_bureau(struct keeper *keeper, int64_t office_id, struct bureau **out, struct err *err)
{
    bool ok = false;
    bool changed = false;
    struct bureau *bureau = keeper->bureaus;
    struct office office;

    while (bureau && bureau->office_id != office_id) {
        bureau = bureau->next;
    }
    if (bureau) {
        *out = bureau;
        return true;
    }
    bureau = mem_new(sizeof *bureau);
    bureau->office_id = office_id;
    if (!registry_office(keeper->site, office_id, &office, err) ||
        !refresh(keeper, bureau, &changed, err)) {
        goto done;
    }
    memcpy(bureau->code, office.code, sizeof bureau->code);
    bureau->next = keeper->bureaus;
    keeper->bureaus = bureau;
    *out = bureau;
    bureau = NULL;
    ok = true;
done:
    mem_free(bureau);
    return ok;
}

void keeper_tell(struct keeper *keeper, const struct event *event)
{
    struct buf *told = &keeper->told;

    if (!keeper->each) {
        return;
    }
    codec_put_string(told, event->number.bytes, event->number.length + 1); /* with its NUL */
    codec_put_int(told, event->seq);
    codec_put_bool(told, event->is_input);
    codec_put_string(told, event->kind.bytes, event->kind.length + 1);
    codec_put_string(told, event->name.bytes, event->name.length + 1);
    codec_put_int(told, event->at);
    codec_put_int(told, event->now);
    codec_put_int(told, event->line);
    codec_put_string(told, event->body.bytes, event->body.length + 1);
}

void keeper_untold(struct keeper *keeper)
{
    buf_reset(&keeper->told);
}

static void hand_over(struct keeper *keeper)
{
    struct codec_in in;

    codec_begin(&in, keeper->told.bytes, keeper->told.length);
    while (keeper->each && keeper->told.length && !codec_is_done(&in)) {
        struct keeper_row row;
        size_t length = 0;

        if (!codec_get_string(&in, &row.number, &length) || !codec_get_int(&in, &row.seq) ||
            !codec_get_bool(&in, &row.is_input) || !codec_get_string(&in, &row.kind, &length) ||
            !codec_get_string(&in, &row.name, &length) || !codec_get_int(&in, &row.at) ||
            !codec_get_int(&in, &row.now) || !codec_get_int(&in, &row.line) ||
            !codec_get_string(&in, &row.body, &length)) {
            break; /* the last one did not fit */
        }
        keeper->each(keeper->context, &row);
    }
    buf_reset(&keeper->told);
}

bool keeper_savepoint(struct keeper *keeper, struct keeper_mark *mark, struct err *err)
{
    *mark = (struct keeper_mark){keeper->told.length, keeper->done};
    return store_savepoint(keeper->store, err);
}

bool keeper_back(struct keeper *keeper, const struct keeper_mark *mark, struct err *err)
{
    keeper->told.length = mark->told;
    keeper->done = mark->done;
    return store_back(keeper->store, err);
}

bool keeper_commit(struct keeper *keeper, struct err *err)
{
    if (!store_commit(keeper->store, err)) {
        keeper_rollback(keeper);
        return false;
    }
    hand_over(keeper);
    return true;
}

void keeper_rollback(struct keeper *keeper)
{
    struct err unsaid = {0};

    if (store_is_in_transaction(keeper->store)) {
        store_rollback(keeper->store);
    }
    keeper_untold(keeper);
    if (keeper->site->is_virtual && !site_reload_clock(keeper->site, &unsaid)) {
        return; /* the store says so again at the next call */
    }
}

int64_t keeper_instant(const struct keeper *keeper)
{
    return site_now(keeper->site);
}
