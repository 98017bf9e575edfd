/* A batch on its way to the workers and back. Items are grouped by activation and calendar, so that
   one request asks one worker for all of them; an answer is found again by its position. */
#include "serve/batch.h"

#include "serve/input.h"

#include <string.h>

#include "base/mem.h"
#include "base/pipe.h"
#include "base/text.h"

/* A worker killed from outside is nobody's fault, but not for ever. */
#define BATCH_TRIES_OUTSIDE 5

int place_compare(struct place a, struct place b)
{
    if (a.wake_at != b.wake_at) {
        return a.wake_at < b.wake_at ? -1 : 1;
    }
    if (a.round != b.round) {
        return a.round < b.round ? -1 : 1;
    }
    return a.case_id < b.case_id ? -1 : a.case_id > b.case_id;
}

struct batch *batch_new(void)
{
    struct batch *batch = mem_new(sizeof *batch);

    for (size_t i = 0; i < BATCH_GROUPS; i++) {
        buf_init(&batch->groups[i].request, PIPE_FRAME_MAX);
        buf_init(&batch->groups[i].reply, PIPE_FRAME_MAX);
    }
    return batch;
}

void batch_free(struct batch *batch)
{
    if (!batch) {
        return;
    }
    for (size_t i = 0; i < BATCH_GROUPS; i++) {
        buf_clear(&batch->groups[i].request);
        buf_clear(&batch->groups[i].reply);
    }
    arena_clear(&batch->arena);
    mem_free(batch);
}

void batch_reset(struct batch *batch)
{
    batch->count = 0;
    batch->group_count = 0;
    batch->bytes = 0;
    batch->almanac = NULL;
    batch->barrier = (struct place){INT64_MAX, INT64_MAX, INT64_MAX};
    arena_reset(&batch->arena);
}

bool batch_is_full(const struct batch *batch)
{
    return batch->count == BATCH_CASES || batch->bytes > BATCH_BYTES;
}

struct item *batch_add(struct batch *batch)
{
    struct item *item = &batch->items[batch->count++];

    memset(item, 0, offsetof(struct item, fault));
    item->fault.kind = ERR_NONE;
    return item;
}

bool batch_join(struct batch *batch)
{
    struct item *item = &batch->items[batch->count - 1];
    struct group *group;
    size_t i = 0;

    item->almanac = batch->almanac ? batch->almanac : item->almanac;
    while (i < batch->group_count && batch->groups[i].crew != item->crew) {
        i++;
    }
    /* One request a worker is on its way at a time: a second calendar for the same crew waits as
     * well. */
    if (i == BATCH_GROUPS ||
        (i < batch->group_count && batch->groups[i].almanac != item->almanac)) {
        batch->count--;
        return false;
    }
    group = &batch->groups[i];
    if (i == batch->group_count) {
        batch->group_count++;
        group->crew = item->crew;
        group->almanac = item->almanac;
        group->count = 0;
        group->is_sent = false;
    }
    group->members[group->count++] = batch->count - 1;
    batch->bytes += item->snapshot.length + item->inputs.length;
    return true;
}

void batch_leave(struct batch *batch)
{
    size_t last = --batch->count;

    for (size_t i = 0; i < batch->group_count; i++) {
        struct group *group = &batch->groups[i];

        if (group->count && group->members[group->count - 1] == last) {
            group->count--;
        }
    }
}

static void put_instant(struct buf *out, int64_t at)
{
    if (at == CASE_NEVER) {
        codec_put_bool(out, false);
    } else {
        codec_put_int(out, at);
    }
}

void batch_put_input(struct buf *out, const struct input *input)
{
    codec_put_map(out, 6 + (input->has_occurred ? 1u : 0u) + (input->actor ? 1u : 0u));
    if (input->actor) {
        codec_put_text(out, "actor");
        codec_put_text(out, input->actor);
    }
    codec_put_text(out, "at");
    codec_put_int(out, input->at);
    codec_put_text(out, "body");
    buf_add(out, input->body.bytes, input->body.length);
    codec_put_text(out, "cal");
    codec_put_text(out, input->calendar);
    codec_put_text(out, "kind");
    codec_put_text(out, input->kind);
    codec_put_text(out, "name");
    codec_put_text(out, input->name);
    codec_put_text(out, "now");
    codec_put_int(out, input->now);
    if (input->has_occurred) {
        codec_put_text(out, "occurred");
        codec_put_int(out, input->occurred);
    }
}

static void put_ask(struct buf *out, const struct item *item)
{
    const struct ask *ask = item->ask;

    if (!ask) {
        codec_put_bool(out, false);
        return;
    }
    batch_put_input(out, &(struct input){.kind = ask->kind,
                                         .name = ask->name,
                                         .at = ask->at,
                                         .has_occurred = ask->has_occurred,
                                         .occurred = ask->occurred,
                                         .now = item->now,
                                         .calendar = item->almanac->hash,
                                         .actor = ask->actor,
                                         .body = ask->body});
}

static void put_item(struct buf *out, const struct item *item)
{
    codec_put_list(out, 6);
    codec_put_text(out, item->number);
    if (item->snapshot.bytes) {
        codec_put_string(out, item->snapshot.bytes, item->snapshot.length);
    } else {
        codec_put_bool(out, false);
    }
    put_instant(out, item->at);
    codec_put_int(out, item->now);
    if (item->input_count) {
        codec_put_list(out, item->input_count);
        buf_add(out, item->inputs.bytes, item->inputs.length);
    } else {
        codec_put_bool(out, false);
    }
    put_ask(out, item);
}

static void put_head(struct buf *out, const struct group *group, size_t count)
{
    buf_reset(out);
    codec_put_map(out, 4);
    codec_put_text(out, "calendar");
    codec_put_text(out, group->almanac->hash);
    codec_put_text(out, "items");
    codec_put_list(out, count);
}

static void put_tail(struct buf *out)
{
    codec_put_text(out, "lang");
    codec_put_text(out, SAY("zh", "en"));
    codec_put_text(out, "op");
    codec_put_text(out, "decide");
}

/* Finds the list in { items = { RESULT… } }. */
static bool open_answer(const struct buf *reply, struct codec_in *in, size_t wanted)
{
    const char *key = NULL;
    size_t length = 0;
    size_t count = 0;

    codec_begin(in, reply->bytes, reply->length);
    return codec_get_map(in, &count) && count == 1 && codec_get_string(in, &key, &length) &&
           length == 5 && memcmp(key, "items", 5) == 0 && codec_get_list(in, &count) &&
           count == wanted;
}

static bool take_answer(struct codec_in *in, struct item *item)
{
    const void *start = NULL;
    size_t length = 0;

    if (!codec_skip(in, &start, &length)) {
        return false;
    }
    codec_begin(&item->answer, start, length);
    item->is_answered = true;
    return true;
}

static bool take_answers(struct batch *batch, struct group *group)
{
    struct codec_in in;

    if (!open_answer(&group->reply, &in, group->count)) {
        return false;
    }
    for (size_t i = 0; i < group->count; i++) {
        if (!take_answer(&in, &batch->items[group->members[i]])) {
            return false;
        }
    }
    return codec_is_done(&in);
}

static void blame(struct item *item, const struct err *why)
{
    item->is_answered = false;
    item->fault = *why;
    if (item->fault.kind == ERR_NONE) {
        item->fault.kind = ERR_INVALID;
    }
}

/* One case alone, before fresh workers, until it is answered or has ended two of them. */
static bool ask_alone(struct batch *batch, struct group *group, struct item *item,
                      struct pool *pool, struct err *err)
{
    struct pool_request request = {&group->request, 1};
    int ended = 0;
    int killed = 0;

    while (ended < 2 && killed < BATCH_TRIES_OUTSIDE) {
        enum pool_end end = POOL_FINE;
        struct err why = {0};
        struct codec_in in;

        put_head(&group->request, group, 1);
        put_item(&group->request, item);
        put_tail(&group->request);
        if (group->request.is_over) {
            err_set(&why, ERR_INVALID, "%s",
                    SAY("案件的内容过大，无法办理", "the case is too large to be decided"));
            blame(item, &why);
            return true;
        }
        if (pool_ask(pool, group->crew, &request, &group->reply, &end, &why)) {
            char *kept = arena_text(&batch->arena, group->reply.bytes, group->reply.length);
            struct buf borrowed = {.bytes = kept, .length = group->reply.length};

            if (open_answer(&borrowed, &in, 1) && take_answer(&in, item)) {
                return true;
            }
            err_set(&why, ERR_INVALID, "%s",
                    SAY("工作进程的答复无法读取", "the worker's answer cannot be read"));
            pool_drop(pool, group->crew);
            end = POOL_ENDED;
        }
        if (end == POOL_FINE) {
            *err = why;
            return false;
        }
        ended += end == POOL_ENDED;
        killed += end == POOL_KILLED;
        blame(item, &why);
    }
    if (ended < 2) {
        *err = item->fault;
        return false;
    }
    return true;
}

static bool ask_one_by_one(struct batch *batch, struct group *group, struct pool *pool,
                           struct err *err)
{
    for (size_t i = 0; i < group->count; i++) {
        struct item *item = &batch->items[group->members[i]];

        if (!ask_alone(batch, group, item, pool, err)) {
            return false;
        }
        if (!item->is_answered) {
            continue;
        }
        item->fault.kind =
            ERR_NONE; /* a first try may have ended a worker that was tired already */
    }
    return true;
}

bool batch_send(struct batch *batch, struct pool *pool, struct err *err)
{
    for (size_t i = 0; i < batch->group_count; i++) {
        struct group *group = &batch->groups[i];
        struct pool_request request = {&group->request, group->count};
        enum pool_end end = POOL_FINE;

        if (group->count == 0) {
            continue;
        }
        put_head(&group->request, group, group->count);
        for (size_t k = 0; k < group->count; k++) {
            put_item(&group->request, &batch->items[group->members[k]]);
        }
        put_tail(&group->request);
        if (group->request.is_over) {
            continue; /* not sent: each is asked alone */
        }
        group->is_sent = pool_send(pool, group->crew, &request, &end, err);
        if (!group->is_sent && end == POOL_FINE) {
            return false;
        }
    }
    return true;
}

/* *is_done is false when each of the group has to be asked alone. */
static bool receive_group(struct batch *batch, struct group *group, struct pool *pool,
                          bool *is_done, struct err *err)
{
    enum pool_end end = POOL_ENDED;
    struct err why = {0};

    *is_done = false;
    if (!group->is_sent) {
        return true;
    }
    group->is_sent = false;
    if (pool_receive(pool, group->crew, &group->reply, &end, &why)) {
        *is_done = take_answers(batch, group);
        if (!*is_done) {
            pool_drop(pool, group->crew);
        }
        return true;
    }
    if (end == POOL_FINE) {
        *err = why;
    }
    return end != POOL_FINE;
}

bool batch_receive(struct batch *batch, struct pool *pool, struct err *err)
{
    for (size_t i = 0; i < batch->group_count; i++) {
        struct group *group = &batch->groups[i];
        bool is_done = false;

        if (!receive_group(batch, group, pool, &is_done, err) ||
            (!is_done && !ask_one_by_one(batch, group, pool, err))) {
            return false;
        }
    }
    return true;
}

void batch_abandon(struct batch *batch, struct pool *pool)
{
    for (size_t i = 0; i < batch->group_count; i++) {
        struct group *group = &batch->groups[i];
        enum pool_end end = POOL_FINE;
        struct err unsaid = {0};

        if (group->is_sent) {
            group->is_sent = false;
            if (!pool_receive(pool, group->crew, &group->reply, &end, &unsaid)) {
                pool_drop(pool, group->crew);
            }
        }
    }
}
