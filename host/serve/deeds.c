/* Acts of people on cases. First everything is read and asked, then one short transaction writes
   what was admitted: no transaction waits for a worker, but that of a whole which needs several
   batches. A case that an act reaches through its effects must not be behind its own timers; when
   one is, everything due is done first and the acts begin again. */
#include "serve/deeds.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/crash.h"
#include "base/json.h"
#include "base/text.h"
#include "casework/rights.h"
#include "serve/scene.h"
#include "store/look.h"

#define DEEDS_TRIES 3 /* how often what was behind is brought up first */

struct deeds_right deeds_right(const struct keeper *keeper, const struct actor *actor,
                               const struct value *principals, int64_t office_id)
{
    return (struct deeds_right){.actor = actor,
                                .principals = principals,
                                .office_id = office_id,
                                .day = clock_day(keeper_instant(keeper))};
}

bool deeds_allowed(struct keeper *keeper, const struct deeds_right *right, int64_t *lent_id,
                   struct err *err)
{
    struct rights_question question = {.office_id = right->office_id,
                                       .person_id = right->actor->person_id,
                                       .principals = right->principals,
                                       .day = right->day};
    struct rights_how how = {0};
    struct value *tree = NULL;
    bool ok;

    if (value_count(right->principals) == 0) {
        return true;
    }
    if (right->record && !json_parse(right->record, strlen(right->record), &tree, err)) {
        return false;
    }
    question.record = tree;
    ok = rights_may(keeper->site, &question, &how, err);
    if (lent_id) {
        *lent_id = how.lent_id;
    }
    value_free(tree);
    return ok;
}

bool deeds_stand_in(struct keeper *keeper, int64_t case_id, int64_t seq, int64_t lent_id,
                    struct value *said, struct err *err)
{
    static const char sql[] = "SELECT r.role, p.code FROM roles AS r JOIN people AS p"
                              " ON p.person_id = r.lent_by WHERE r.role_id = $1";
    struct stmt *stmt = NULL;
    bool has_row = false;

    if (!lent_id) {
        return true;
    }
    if (!store_ask(keeper->store, sql, &stmt, err, "i", lent_id) ||
        !stmt_step(stmt, &has_row, err)) {
        return false;
    }
    if (has_row) {
        value_set_text(said, "role", stmt_text(stmt, 0, NULL));
        value_set_text(said, "for", stmt_text(stmt, 1, NULL));
    }
    stmt_reset(stmt);
    return store_run(keeper->store,
                     "INSERT INTO stand_ins (case_id, seq, role_id) VALUES ($1, $2, $3)", NULL, err,
                     "iii", case_id, seq, lent_id);
}

/* Only a unit or a person that the record names makes the record matter. */
static bool needs_record(const struct value *principals)
{
    for (size_t i = 0; i < value_count(principals); i++) {
        if (value_get(value_at(principals, i), "field")) {
            return true;
        }
    }
    return false;
}

static bool allowed_by_record(struct keeper *keeper, const struct deed *deed,
                              struct deeds_right *right, struct err *err)
{
    struct stmt *stmt = NULL;
    bool has_row = false;
    bool ok = false;

    if (store_ask(keeper->store, "SELECT record FROM cases WHERE case_id = $1", &stmt, err, "i",
                  deed->case_id) &&
        stmt_step(stmt, &has_row, err)) {
        right->record = has_row ? stmt_text(stmt, 0, NULL) : NULL;
        ok = deeds_allowed(keeper, right, &deed->result->lent_id, err);
        stmt_reset(stmt);
    }
    return ok;
}

static bool allowed_on_case(struct keeper *keeper, const struct deed *deed, const struct item *item,
                            struct err *err)
{
    /* Clerks who record one after the other each keep their place. */
    struct granted *known = &keeper->granted[(uint64_t)deed->actor->person_id % GRANTED];
    struct deeds_right right = deeds_right(keeper, deed->actor, deed->principals, item->office_id);

    right.day = deed->has_day ? deed->day : right.day;
    if (value_count(deed->principals) == 0) {
        return true;
    }
    if (needs_record(deed->principals)) {
        return allowed_by_record(keeper, deed, &right, err);
    }
    if (deed->is_lasting && known->principals == deed->principals && known->day == right.day &&
        known->person_id == deed->actor->person_id && known->office_id == item->office_id) {
        deed->result->lent_id = known->lent_id;
        return true;
    }
    if (!deeds_allowed(keeper, &right, &deed->result->lent_id, err)) {
        return false;
    }
    if (deed->is_lasting) {
        *known = (struct granted){deed->principals, deed->actor->person_id, item->office_id,
                                  right.day, deed->result->lent_id};
    }
    return true;
}

/* The ask of an item, its body in the codec's form. */
static bool put_ask(struct keeper *keeper, const struct deed *deed, struct item *item,
                    struct err *err)
{
    struct ask *ask = arena_room(&keeper->now->arena, sizeof *ask);
    struct buf *scratch = &keeper->scratch;

    buf_reset(scratch);
    codec_put_value(scratch, deed->body);
    if (scratch->is_over || scratch->length > VERDICT_BODY) {
        err_set(err, ERR_INVALID, "%s", SAY("登记内容过大", "what is to be recorded is too large"));
        return false;
    }
    *ask = (struct ask){.kind = deed->kind,
                        .name = deed->name,
                        .at = item->now,
                        .has_occurred = deed->has_occurred,
                        .occurred = deed->occurred,
                        .actor = deed->actor->person,
                        .recorder = deed->actor->recorder,
                        .body = {arena_text(&keeper->now->arena, scratch->bytes, scratch->length),
                                 scratch->length}};
    item->ask = ask;
    return true;
}

static bool is_in(const struct batch *batch, int64_t case_id)
{
    for (size_t i = 0; i < batch->count; i++) {
        if (batch->items[i].place.case_id == case_id) {
            return true;
        }
    }
    return false;
}

/* Reads one deed's case into the batch. Its refusal goes to the result; false means the batch is
 * full. */
static bool take(struct keeper *keeper, const struct deed *deed, struct item **out)
{
    struct item *item = NULL;
    struct err *why = &deed->result->err;

    *deed->result = (struct keeper_result){0}; /* a second try begins anew */
    *out = NULL;
    if (!read_case(keeper, keeper->now, deed->case_id, &item, why)) {
        return why->kind != ERR_BUSY;
    }
    item->now = keeper_instant(keeper);
    if (!put_ask(keeper, deed, item, why)) {
        batch_leave(keeper->now);
        return true;
    }
    *out = item;
    return true;
}

struct chunk {
    struct item *items[BATCH_CASES]; /* of each deed; NULL: refused already */
    size_t count;
    bool is_whole; /* one refusal undoes all */
};

/* What became of a chunk. */
struct outcome {
    size_t done;    /* how many of its deeds are through */
    bool is_wanted; /* something was written */
    bool is_behind; /* due work must come first */
};

static bool gather(struct keeper *keeper, const struct deed *deeds, size_t count,
                   struct chunk *chunk)
{
    batch_reset(keeper->now);
    for (chunk->count = 0; chunk->count < count && chunk->count < BATCH_CASES; chunk->count++) {
        const struct deed *deed = &deeds[chunk->count];

        if (is_in(keeper->now, deed->case_id) || batch_is_full(keeper->now) ||
            !take(keeper, deed, &chunk->items[chunk->count])) {
            break;
        }
    }
    return chunk->count > 0;
}

/* Asked while the workers decide already: who may not is refused before anything of it is read. */
static void drop_refused(struct keeper *keeper, const struct deed *deeds, struct chunk *chunk)
{
    for (size_t i = 0; i < chunk->count; i++) {
        if (chunk->items[i] && !deeds[i].is_day_open &&
            !allowed_on_case(keeper, &deeds[i], chunk->items[i], &deeds[i].result->err)) {
            chunk->items[i] = NULL;
        }
    }
}

static const struct keeper_result *first_dropped(const struct deed *deeds,
                                                 const struct chunk *chunk)
{
    for (size_t i = 0; i < chunk->count; i++) {
        if (!chunk->items[i]) {
            return deeds[i].result;
        }
    }
    return NULL;
}

static void fill_act(struct keeper *keeper, const struct deed *deed, const struct scene *scene,
                     struct act *act)
{
    struct value *content = value_new_map();

    *act = (struct act){.office_id = scene->item->office_id,
                        .office = scene->bureau->code,
                        .key = deed->key,
                        .name = deed->act,
                        .object = scene->item->number,
                        .actor = deed->actor};
    if (deed->key) {
        value_set_text(content, "case", scene->item->number);
        value_set_text(content, "name", deed->name);
        value_set(content, "body", value_copy(deed->body));
        if (deed->has_occurred) {
            value_set_int(content, "occurred", deed->occurred);
        }
        act_digest(keeper->site, act, content);
    }
    value_free(content);
}

/* A fact whose form says when it happened is of those who held the role on that day. */
static bool allowed_then(struct keeper *keeper, const struct deed *deed, const struct item *item,
                         struct err *why)
{
    struct deed then = *deed;
    int64_t today = clock_day(keeper_instant(keeper));

    then.has_day = deed->has_occurred || apply_occurred(keeper, item, &then.day);
    then.day = deed->has_occurred ? deed->occurred : then.day;
    if (!deed->is_day_open &&
        (then.has_day ? then.day : today) == (deed->has_day ? deed->day : today)) {
        return true;
    }
    return allowed_on_case(keeper, &then, item, why);
}

/* In the transaction: one deed written, or its refusal. */
static bool write_deed(struct scene *scene, const struct deed *deed, struct err *why)
{
    bool ok = false;
    struct keeper *keeper = scene->keeper;
    struct keeper_result *result = deed->result;
    struct value *said = value_new_map();
    struct buf first;
    struct act act;
    bool moved = false;
    char text[32];

    buf_init(&first, 1024);
    fill_act(keeper, deed, scene, &act);
    if (!act_begin(keeper->site, &act, &result->is_repeat, &first, why)) {
        goto done;
    }
    if (result->is_repeat) {
        result->seq = strtoll(buf_text(&first), NULL, 10);
        ok = true;
        goto done;
    }
    if (!apply_read(keeper, scene->batch, scene->item, why)) {
        goto done;
    }
    if (keeper->verdict.refused.kind != ERR_NONE) {
        *why = keeper->verdict.refused;
        goto done;
    }
    if (!allowed_then(keeper, deed, scene->item, why)) {
        goto done;
    }
    if ((deed->also && !deed->also(keeper, deed, why)) ||
        !apply_write(scene, &moved, &result->seq, why)) {
        goto done;
    }
    if (!moved) {
        err_set(why, ERR_BUSY, "%s", SAY("案件刚被改动", "the case has just moved on"));
        goto done;
    }
    (void)snprintf(text, sizeof text, "%lld", (long long)result->seq);
    value_set_text(said, "name", deed->name);
    value_set_int(said, "seq", result->seq);
    ok = deeds_stand_in(keeper, deed->case_id, result->seq, result->lent_id, said, why) &&
         act_finish(keeper->site, &act, text, said, why);
done:
    value_free(said);
    buf_clear(&first);
    return ok;
}

static bool write_safely(struct scene *scene, const struct deed *deed, bool is_alone,
                         struct err *err)
{
    struct keeper *keeper = scene->keeper;
    struct keeper_result *result = deed->result;
    struct keeper_mark mark;

    if (!is_alone && !keeper_savepoint(keeper, &mark, err)) {
        return false;
    }
    result->is_done = write_deed(scene, deed, &result->err);
    if (is_alone) {
        return true;
    }
    return result->is_done ? store_release(keeper->store, err) : keeper_back(keeper, &mark, err);
}

static const struct keeper_result *first_refused(const struct deed *deeds, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!deeds[i].result->is_done) {
            return deeds[i].result;
        }
    }
    return NULL;
}

/* A whole stays in one transaction from its first chunk to its last; one chunk that covers it all
   is decided before the transaction begins. */
static bool begin(struct keeper *keeper, struct err *err)
{
    return store_is_in_transaction(keeper->store) || store_begin(keeper->store, err);
}

/* Nothing of what is under way was done; what came before is told as it was. */
static void undo(struct keeper *keeper, const struct keeper_ticked *before)
{
    keeper_rollback(keeper);
    keeper->done = *before;
}

/* Writes the deeds of a chunk into the transaction; *done tells how many are through. */
static bool write_deeds(struct keeper *keeper, const struct deed *deeds, const struct chunk *chunk,
                        struct outcome *out, struct err *err)
{
    bool is_alone = chunk->count == 1 && !store_is_in_transaction(keeper->store);

    *out = (struct outcome){0};
    if (!begin(keeper, err)) {
        return false;
    }
    for (size_t i = 0; i < chunk->count; i++, out->done++) {
        struct scene scene = {.keeper = keeper, .batch = keeper->now, .is_act = true};
        struct bureau *bureau = NULL;

        scene.item = chunk->items[i];
        if (!scene.item) {
            continue;
        }
        scene.at = scene.item->now;
        if (!keeper_bureau(keeper, scene.item->office_id, &bureau, err)) {
            return false;
        }
        scene.bureau = bureau;
        if (!write_safely(&scene, &deeds[i], is_alone, err)) {
            return false;
        }
        out->is_wanted |= deeds[i].result->is_done;
        out->is_behind |= scene.is_behind;
        if (!deeds[i].result->is_done && deeds[i].result->err.kind == ERR_BUSY && i > 0) {
            break; /* an earlier deed reached it: it is read again */
        }
    }
    return true;
}

static bool commit(struct keeper *keeper, struct err *err)
{
    crash_point("deeds.before_commit");
    if (!keeper_commit(keeper, err)) {
        return false;
    }
    crash_point("deeds.after_commit");
    return true;
}

/* Reads as many of the deeds as fit into one batch and puts them to the workers. */
static bool send_chunk(struct keeper *keeper, const struct deed *deeds, size_t count,
                       struct chunk *chunk, struct err *err)
{
    struct store_look look = store_look(keeper->store);
    bool ok = gather(keeper, deeds, count, chunk);

    if (!ok) {
        err_set(err, ERR_BUSY, "%s",
                SAY("案件过大，无法办理", "the case is too large to be taken"));
    } else if ((ok = batch_send(keeper->now, keeper->pool, err))) {
        drop_refused(keeper, deeds, chunk);
    }
    store_looked(keeper->store, &look);
    return ok;
}

/* Reads, asks and writes as many of the deeds as fit into one batch. */
static bool do_chunk(struct keeper *keeper, const struct deed *deeds, size_t count,
                     struct chunk *chunk, struct outcome *out, struct err *err)
{
    const struct keeper_result *refused;

    if (!send_chunk(keeper, deeds, count, chunk, err) ||
        !batch_receive(keeper->now, keeper->pool, err)) {
        batch_abandon(keeper->now, keeper->pool);
        return false;
    }
    refused = chunk->is_whole ? first_dropped(deeds, chunk) : NULL;
    if (refused) {
        *err = refused->err;
        return false;
    }
    if (!write_deeds(keeper, deeds, chunk, out, err)) {
        return false;
    }
    if (out->is_behind) {
        return true;
    }
    refused = chunk->is_whole ? first_refused(deeds, out->done) : NULL;
    if (refused) {
        *err = refused->err;
        return false;
    }
    return (chunk->is_whole && out->done < count) || !out->is_wanted || commit(keeper, err);
}

/* What was written and rolled back again is not done; what was refused keeps its reason. */
static void give_up(const struct deed *deeds, size_t count, struct err *why)
{
    err_set(why, ERR_BUSY, "%s",
            SAY("相关案件一直有到期事项在办，请稍后重试",
                "what these cases reach is behind again and again: try later"));
    for (size_t i = 0; i < count; i++) {
        if (deeds[i].result->is_done) {
            *deeds[i].result = (struct keeper_result){.err = *why};
        }
    }
}

/* What was written was rolled back with the rest. */
static void forget(const struct deed *deeds, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (deeds[i].result->is_done) {
            *deeds[i].result = (struct keeper_result){0};
        }
    }
}

bool deeds_do(struct keeper *keeper, const struct deed *deeds, size_t count, bool is_whole,
              struct err *err)
{
    struct chunk chunk = {.is_whole = is_whole};
    struct keeper_ticked before = keeper->done;
    size_t at = 0;
    int tries = 0;

    while (at < count) {
        struct outcome out = {0};

        if (!do_chunk(keeper, &deeds[at], count - at, &chunk, &out, err)) {
            undo(keeper, &before);
            forget(&deeds[at], count - at);
            return false;
        }
        if (out.is_behind || !out.is_wanted) {
            undo(keeper, &before);
        }
        if (out.is_behind && tries++ < DEEDS_TRIES) {
            if (!waves_run(keeper, keeper_instant(keeper), err)) {
                return false;
            }
            before = keeper->done;
            at = is_whole ? 0 : at;
            continue;
        }
        if (out.is_behind) {
            struct err why = {0};

            give_up(is_whole ? deeds : &deeds[at], is_whole ? count : out.done, &why);
            if (is_whole) {
                *err = why;
                return false;
            }
        }
        if (!is_whole) {
            before = keeper->done;
        }
        at += out.done;
        tries = 0;
    }
    keeper->written = store_writes(keeper->store);
    return true;
}
