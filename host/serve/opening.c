/* Opening cases: the workflow reads the record and decides before anything is written, so that a
   refused opening takes no number. In bulk a case is only put down, and decided by the next tick.
 */
#include <stdio.h>
#include <string.h>

#include "base/crash.h"
#include "base/json.h"
#include "base/text.h"
#include "casework/case_list.h"
#include "casework/numbers.h"
#include "serve/deeds.h"
#include "serve/forms.h"
#include "serve/inside.h"
#include "serve/keeper_ask.h"
#include "serve/scene.h"

struct entry {
    struct keeper *keeper;
    const struct actor *actor;
    const struct keeper_new *given;
    const char *key;
    struct bureau *bureau;
    struct crew *crew;
    struct act act;
    struct value *body; /* of the input: { record, parent } */
    struct ask ask;
    int64_t parent_id;
    int64_t lent_id; /* the lent role it is opened in; 0: one of the actor's own */
    char number[CASE_NUMBER_SIZE];
};

static bool prepare(struct entry *entry, struct err *err)
{
    struct keeper *keeper = entry->keeper;
    const struct keeper_new *given = entry->given;
    struct activation active = {0};
    struct value *coded = NULL;
    struct value *record = NULL;
    bool ok = false;

    if (!keeper_bureau(keeper, given->office_id, &entry->bureau, err) ||
        !activation_active(keeper->site, given->office_id, given->workflow, &active, err) ||
        !pool_crew(keeper->pool, active.activation_id, &entry->crew, err) ||
        !forms_codes(keeper, given->office_id, value_get(entry->crew->about, "fields"),
                     given->given, &coded, err) ||
        !keeper_values(keeper, active.activation_id, "record", coded, &record, err)) {
        goto done;
    }
    if (entry->crew->is_quarantined) {
        err_set(err, ERR_CONFLICT,
                SAY("程序 %s 的现用版本已隔离", "the version of %s in force is in quarantine"),
                given->workflow);
        goto done;
    }
    if (given->parent && !cases_id(keeper->store, given->parent, &entry->parent_id, err)) {
        goto done;
    }
    entry->body = value_new_map();
    value_set(entry->body, "record", record);
    record = NULL;
    ok = true;
done:
    activation_clear(&active);
    value_free(coded);
    value_free(record);
    return ok;
}

/* Is it allowed, and was it done before? */
static bool look(struct entry *entry, bool *is_repeat, struct buf *first, struct err *err)
{
    struct keeper *keeper = entry->keeper;
    const struct value *by =
        value_get(value_get(value_get(entry->crew->about, "facts"), "opened"), "by");
    struct value *content = value_new_map();
    struct deeds_right right = deeds_right(keeper, entry->actor, by, entry->bureau->office_id);
    struct buf json;
    bool ok;

    value_set_text(content, "workflow", entry->given->workflow);
    value_set(content, "given",
              entry->given->given ? value_copy(entry->given->given) : value_new_map());
    if (entry->given->parent) {
        value_set_text(content, "parent", entry->given->parent);
    }
    if (entry->given->at) {
        value_set_int(content, "at", entry->given->at);
    }
    if (entry->actor->person) {
        value_set_text(content, "by", entry->actor->person);
    }
    entry->act = (struct act){.office_id = entry->bureau->office_id,
                              .office = entry->bureau->code,
                              .key = entry->key,
                              .name = "open",
                              .object = entry->number,
                              .actor = entry->actor};
    act_digest(keeper->site, &entry->act, content);
    value_free(content);
    buf_init(&json, VERDICT_BODY);
    json_write(value_get(entry->body, "record"), &json);
    right.record = buf_text(&json);
    ok = deeds_allowed(keeper, &right, &entry->lent_id, err);
    buf_clear(&json);
    if (!ok || !entry->act.key) {
        return ok;
    }
    if (!store_begin(keeper->store, err)) {
        return false;
    }
    ok = act_begin(keeper->site, &entry->act, is_repeat, first, err);
    keeper_rollback(keeper);
    return ok;
}

/* The number it will get: nobody else writes, so the next one is its own. */
static bool foresee(struct entry *entry, int64_t at, struct err *err)
{
    int64_t year = number_year(at);
    int64_t last = 0;

    if (!number_last(entry->keeper->site, entry->bureau->office_id, entry->crew->is.code, year,
                     &last, err)) {
        return false;
    }
    number_format_case(entry->bureau->code, year, entry->crew->is.code, last + 1, entry->number);
    return true;
}

static bool ask_worker(struct entry *entry, struct item **out, int64_t at, struct err *err)
{
    struct keeper *keeper = entry->keeper;
    struct batch *batch = keeper->now;
    struct item *item;

    batch_reset(batch);
    item = batch_add(batch);
    buf_reset(&keeper->scratch);
    codec_put_value(&keeper->scratch, entry->body);
    entry->ask = (struct ask){
        .kind = "fact",
        .name = "opened",
        .at = at,
        .actor = entry->actor->person,
        .recorder = entry->actor->recorder,
        .body = {arena_text(&batch->arena, keeper->scratch.bytes, keeper->scratch.length),
                 keeper->scratch.length}};
    item->number = entry->number;
    item->office_id = entry->bureau->office_id;
    item->closed_at = CASE_NEVER;
    item->outcome = "";
    item->workflow = entry->crew->is.workflow;
    item->parent_id = entry->parent_id;
    item->ask = &entry->ask;
    item->at = CASE_NEVER;
    item->now = keeper_instant(keeper);
    item->crew = entry->crew;
    item->almanac = &entry->bureau->almanac;
    *out = item;
    if (!batch_join(batch)) {
        err_set(err, ERR_INTERNAL, "batch");
        return false;
    }
    return batch_send(batch, keeper->pool, err) && batch_receive(batch, keeper->pool, err);
}

/* The record as the workflow read it: out of the row of its opening, where an empty one is left
 * out. */
static bool canonical_record(const struct keeper *keeper, struct value **body, struct err *err)
{
    for (size_t i = 0; i < keeper->verdict.row_count; i++) {
        const struct verdict_row *row = &keeper->verdict.rows[i];

        if (row->is_input && span_is(row->kind, "fact")) {
            if (!json_parse(row->body.bytes, row->body.length, body, err)) {
                return false;
            }
            if (!value_get(*body, "record")) {
                value_set(*body, "record", value_new_map());
            }
            return true;
        }
    }
    err_set(err, ERR_INTERNAL, "opened");
    return false;
}

static bool tell_parent(struct scene *scene, const struct entry *entry, struct err *err)
{
    struct buf body;
    bool ok;

    if (!entry->parent_id) {
        return true;
    }
    buf_init(&body, 4096);
    buf_add_text(&body, "{\"key\":\"by hand\",\"workflow\":");
    json_write_string(entry->crew->is.workflow, strlen(entry->crew->is.workflow), &body);
    buf_add_text(&body, "}");
    ok = apply_pending(scene->keeper, scene,
                       &(struct pending){.case_id = entry->parent_id,
                                         .kind = "child_opened",
                                         .name = entry->number,
                                         .body = buf_text(&body),
                                         .at = scene->at,
                                         .now = scene->item->now,
                                         .round = 1},
                       err);
    buf_clear(&body);
    return ok;
}

static bool write_opening(struct entry *entry, struct scene *scene, struct err *err)
{
    bool ok = false;
    struct keeper *keeper = entry->keeper;
    struct value *body = NULL;
    struct opening opening = {.bureau = entry->bureau,
                              .crew = entry->crew,
                              .parent_id = entry->parent_id,
                              .at = scene->at};
    char number[CASE_NUMBER_SIZE];
    struct value *said = value_new_map();
    bool is_repeat = false;
    bool moved = false;
    int64_t seq = 0;
    struct buf first;

    buf_init(&first, ACTS_RESULT_LIMIT);
    if (!canonical_record(keeper, &body, err)) {
        goto done;
    }
    opening.record = value_get(body, "record");
    if (!act_begin(keeper->site, &entry->act, &is_repeat, &first, err) ||
        !opening_add(keeper, &opening, number, &scene->item->place.case_id, err) ||
        !apply_write(scene, &moved, &seq, err) || !tell_parent(scene, entry, err)) {
        goto done;
    }
    if (!moved || strcmp(number, entry->number) != 0) {
        err_set(err, ERR_BUSY, "%s", SAY("案件编号刚被占用", "the number was taken meanwhile"));
        goto done;
    }
    ok = deeds_stand_in(keeper, scene->item->place.case_id, seq, entry->lent_id, said, err) &&
         act_finish(keeper->site, &entry->act, number, value_count(said) ? said : NULL, err);
done:
    value_free(said);
    value_free(body);
    buf_clear(&first);
    return ok;
}

static bool do_opening(struct entry *entry, struct err *err)
{
    struct keeper *keeper = entry->keeper;
    struct scene scene = {
        .keeper = keeper, .batch = keeper->now, .bureau = entry->bureau, .is_act = true};
    int64_t at = entry->given->at ? entry->given->at : keeper_instant(keeper);

    if (!foresee(entry, at, err) || !ask_worker(entry, &scene.item, at, err) ||
        !apply_read(keeper, keeper->now, scene.item, err)) {
        return false;
    }
    if (keeper->verdict.refused.kind != ERR_NONE) {
        *err = keeper->verdict.refused;
        return false;
    }
    scene.at = at;
    if (!store_begin(keeper->store, err)) {
        return false;
    }
    if (!write_opening(entry, &scene, err)) {
        keeper_rollback(keeper);
        return false;
    }
    crash_point("open.before_commit");
    if (!keeper_commit(keeper, err)) {
        return false;
    }
    crash_point("open.after_commit");
    return true;
}

bool keeper_open_case(struct keeper *keeper, const struct actor *actor, const char *key,
                      const struct keeper_new *given, char number[static CASE_NUMBER_SIZE],
                      struct err *err)
{
    bool ok = false;
    bool is_repeat = false;
    struct entry entry = {.keeper = keeper, .actor = actor, .given = given, .key = key};
    struct buf first;

    buf_init(&first, ACTS_RESULT_LIMIT);
    keeper->done = (struct keeper_ticked){0};
    if (!keeper_begin(keeper, err) || !prepare(&entry, err) ||
        !look(&entry, &is_repeat, &first, err)) {
        goto done;
    }
    if (is_repeat) {
        (void)snprintf(number, CASE_NUMBER_SIZE, "%s", buf_text(&first));
        ok = true;
        goto done;
    }
    if (do_opening(&entry, err)) {
        memcpy(number, entry.number, CASE_NUMBER_SIZE);
        ok = true;
    }
done:
    value_free(entry.body);
    buf_clear(&first);
    return ok;
}

/* ---- in bulk ---- */

#define OPENING_BULK 1000 /* a commit */

static bool put_down(struct keeper *keeper, struct opening *opening, const struct actor *actor,
                     struct err *err)
{
    char number[CASE_NUMBER_SIZE];
    struct buf *json = &keeper->scratch;
    int64_t case_id = 0;

    if (!opening_add(keeper, opening, number, &case_id, err)) {
        return false;
    }
    buf_reset(json);
    buf_add_text(json, "{\"record\":");
    json_write(opening->record, json);
    buf_add_text(json, "}");
    return apply_pending(keeper, NULL,
                         &(struct pending){.case_id = case_id,
                                           .kind = "fact",
                                           .name = "opened",
                                           .body = buf_text(json),
                                           .actor = actor->person,
                                           .recorder = actor->recorder,
                                           .at = opening->at,
                                           .now = keeper_instant(keeper)},
                         err);
}

static bool put_many(struct keeper *keeper, struct opening *opening, const struct actor *actor,
                     struct codec_in *in, size_t count, struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        struct value *record = NULL;
        bool ok;

        if (!codec_get_value(in, &record)) {
            err_set(err, ERR_INVALID, "%s", SAY("登记内容无法读取", "a record cannot be read"));
            return false;
        }
        opening->record = record;
        ok = put_down(keeper, opening, actor, err);
        value_free(record);
        if (!ok) {
            return false;
        }
    }
    return true;
}

static bool bulk_commit(struct keeper *keeper, struct opening *opening, const struct actor *actor,
                        struct codec_in *in, size_t count, struct err *err)
{
    struct act act = {.office_id = opening->bureau->office_id,
                      .office = opening->bureau->code,
                      .name = "open",
                      .object = opening->crew->is.workflow,
                      .actor = actor};
    struct value *body = value_new_map();
    bool ok;

    value_set_int(body, "cases", (int64_t)count);
    ok = store_begin(keeper->store, err);
    if (ok && (!put_many(keeper, opening, actor, in, count, err) ||
               !act_finish(keeper->site, &act, NULL, body, err))) {
        keeper_rollback(keeper);
        ok = false;
    }
    value_free(body);
    return ok && keeper_commit(keeper, err);
}

bool keeper_open_many(struct keeper *keeper, const struct actor *actor, int64_t office_id,
                      const char *workflow, const struct buf *records, size_t count, int64_t at,
                      struct err *err)
{
    struct opening opening = {.at = at ? at : keeper_instant(keeper)};
    struct activation active = {0};
    struct bureau *bureau = NULL;
    struct codec_in in;
    bool ok;

    keeper->done = (struct keeper_ticked){0};
    codec_begin(&in, records->bytes, records->length);
    ok = keeper_begin(keeper, err) && keeper_bureau(keeper, office_id, &bureau, err) &&
         activation_active(keeper->site, office_id, workflow, &active, err) &&
         pool_crew(keeper->pool, active.activation_id, &opening.crew, err);
    opening.bureau = bureau;
    for (size_t done = 0; ok && done < count; done += OPENING_BULK) {
        size_t some = count - done < OPENING_BULK ? count - done : OPENING_BULK;

        ok = bulk_commit(keeper, &opening, actor, &in, some, err);
    }
    activation_clear(&active);
    return ok;
}
