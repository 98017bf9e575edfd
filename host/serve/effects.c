/* The effects of a decision that stay with its own case: messages, papers, proposals, the catch-up
   list. Those that reach other cases stand in children.c. */
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "casework/documents.h"
#include "casework/numbers.h"
#include "casework/outbox.h"
#include "casework/plans.h"
#include "casework/proposals.h"
#include "serve/inside.h"
#include "serve/scene.h"

static bool lacks(const struct effect *effect, const char *what, struct err *err)
{
    err_set(err, ERR_INVALID, SAY("效果 %s 缺少 %s", "the effect %s lacks %s"), effect->key.bytes,
            what);
    return false;
}

/* A data table that is empty in Lua is a map here. */
static bool get_data(struct scene *scene, const struct field *field, struct span *out,
                     struct err *err)
{
    if (!field_json(field, &scene->keeper->scratch, &scene->batch->arena, "{}", out, err)) {
        return false;
    }
    if (span_is(*out, "[]")) {
        *out = span_of("{}");
    }
    return true;
}

/* Nobody is there to hear it: the case is told, and its ladder says what follows. */
static bool reached_nobody(struct scene *scene, const struct effect *effect, const struct field *to,
                           struct err *err)
{
    struct span who;
    char *body;

    if (!field_json(to, &scene->keeper->scratch, &scene->batch->arena, "[]", &who, err)) {
        return false;
    }
    body = arena_room(&scene->batch->arena, who.length + 16);
    (void)memcpy(body, "{\"who\":", 7);
    (void)memcpy(body + 7, who.bytes, who.length);
    (void)memcpy(body + 7 + who.length, "}", 2);
    return apply_pending(scene->keeper, scene,
                         &(struct pending){.case_id = scene->item->place.case_id,
                                           .kind = "unreachable",
                                           .name = effect->key.bytes,
                                           .body = body,
                                           .at = scene->at,
                                           .now = scene->item->now,
                                           .round = scene->item->place.round + 1},
                         err);
}

static bool notify(struct scene *scene, const struct effect *effect, struct err *err)
{
    struct field fields[] = {
        {.name = "to"}, {.name = "template"}, {.name = "data"}, {.name = "nobody"}};
    struct arena *arena = &scene->batch->arena;
    struct outbox_new row = {
        .case_id = scene->item->place.case_id, .key = effect->key, .at = scene->item->now};
    struct span nobody;
    const int64_t *ids = NULL;
    size_t count = 0;

    if (!fields_read(effect->body, fields, COUNT_OF(fields), err) ||
        !field_text(&fields[1], VERDICT_NAME, arena, &row.template, err) ||
        !field_text(&fields[3], VERDICT_NAME, arena, &nobody, err) ||
        !get_data(scene, &fields[2], &row.data, err)) {
        return false;
    }
    if (!fields[0].is_there || !row.template.length) {
        return lacks(effect, "to, template", err);
    }
    if (!recipients_find(scene->keeper->recipients, scene->item->office_id, clock_day(scene->at),
                         field_bytes(&fields[0]), &ids, &count, err)) {
        return false;
    }
    if (count == 0 && !span_is(nobody, "skip")) {
        return reached_nobody(scene, effect, &fields[0], err);
    }
    if (!field_json(&fields[0], &scene->keeper->scratch, arena, "[]", &row.principals, err)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (!outbox_add(scene->keeper->store, &row, ids[i], err)) {
            return false;
        }
    }
    scene->keeper->done.messages += (int64_t)count;
    return true;
}

static bool document(struct scene *scene, const struct effect *effect, struct err *err)
{
    struct field fields[] = {
        {.name = "name"}, {.name = "series"}, {.name = "data"}, {.name = "signed"}};
    struct arena *arena = &scene->batch->arena;
    struct document_new row = {.office_id = scene->item->office_id,
                               .case_id = scene->item->place.case_id,
                               .key = effect->key,
                               .at = scene->item->now};
    struct codec_in signed_in;
    struct span series;
    bool is_signed = false;
    char number[NUMBERS_TEXT];

    if (!fields_read(effect->body, fields, COUNT_OF(fields), err) ||
        !field_text(&fields[0], VERDICT_NAME, arena, &row.name, err) ||
        !get_data(scene, &fields[2], &row.data, err)) {
        return false;
    }
    signed_in = fields[3].value;
    if (!row.name.length || (fields[3].is_there && !codec_get_bool(&signed_in, &is_signed))) {
        return lacks(effect, "name, signed", err);
    }
    if (is_signed && fields[1].is_there && codec_peek(&fields[1].value) == CODEC_STRING) {
        int64_t year = number_year(scene->at);
        int64_t taken = 0;

        if (!field_text(&fields[1], 60, arena, &series, err) ||
            !number_take(scene->keeper->site, scene->item->office_id, series.bytes, year, &taken,
                         err)) {
            return false;
        }
        number_format_paper(series.bytes, year, taken, number);
        row.number = number;
    }
    return documents_add(scene->keeper->store, &row, err);
}

static bool propose(struct scene *scene, const struct effect *effect, struct err *err)
{
    struct field fields[] = {
        {.name = "ladder"}, {.name = "step"}, {.name = "title"}, {.name = "signs"}};
    struct arena *arena = &scene->batch->arena;
    struct proposal_new row = {
        .case_id = scene->item->place.case_id, .key = effect->key, .at = scene->at};
    struct span ladder;
    struct span step;
    char *name;

    if (!fields_read(effect->body, fields, COUNT_OF(fields), err) ||
        !field_text(&fields[0], VERDICT_NAME, arena, &ladder, err) ||
        !field_text(&fields[1], VERDICT_NAME, arena, &step, err) ||
        !field_text(&fields[2], VERDICT_NAME, arena, &row.title, err) ||
        !field_json(&fields[3], &scene->keeper->scratch, arena, "[]", &row.signs, err)) {
        return false;
    }
    name = arena_room(arena, ladder.length + step.length + 2);
    (void)memcpy(name, ladder.bytes, ladder.length);
    name[ladder.length] = '/';
    (void)memcpy(name + ladder.length + 1, step.bytes, step.length + 1);
    row.step = span_of(name);
    scene->keeper->done.proposals++;
    return proposals_raise(scene->keeper->store, &row, err);
}

static bool settle(struct scene *scene, const struct effect *effect, struct err *err)
{
    struct field fields[] = {{.name = "proposal"}, {.name = "outcome"}, {.name = "sign"}};
    struct arena *arena = &scene->batch->arena;
    int64_t case_id = scene->item->place.case_id;
    struct span key;
    struct span outcome;
    struct codec_in sign;
    int64_t next = 0;

    if (!fields_read(effect->body, fields, COUNT_OF(fields), err) ||
        !field_text(&fields[0], VERDICT_NAME, arena, &key, err) ||
        !field_text(&fields[1], VERDICT_NAME, arena, &outcome, err)) {
        return false;
    }
    if (outcome.length) {
        return proposals_settle(scene->keeper->store, case_id, key, outcome, scene->at, err);
    }
    sign = fields[2].value;
    if (!fields[2].is_there || !codec_get_int(&sign, &next) || next < 1) {
        return lacks(effect, "outcome, sign", err);
    }
    return proposals_next(scene->keeper->store, case_id, key, next, err);
}

static bool cancel(struct scene *scene, const struct effect *effect, struct err *err)
{
    struct field fields[] = {{.name = "key"}};
    int64_t case_id = scene->item->place.case_id;
    struct span key;

    if (!fields_read(effect->body, fields, COUNT_OF(fields), err) ||
        !field_text(&fields[0], VERDICT_NAME, &scene->batch->arena, &key, err)) {
        return false;
    }
    if (!key.length) {
        return lacks(effect, "key", err);
    }
    return outbox_cancel(scene->keeper->store, case_id, key, err) &&
           documents_cancel(scene->keeper->store, case_id, key, err);
}

static bool plan(struct scene *scene, const struct effect *effect, struct err *err)
{
    struct field fields[] = {{.name = "ladder"}, {.name = "step"}, {.name = "planned"}};
    struct arena *arena = &scene->batch->arena;
    struct plan_new row = {.case_id = scene->item->place.case_id, .key = effect->key};
    struct codec_in planned;
    struct span ladder;
    struct span step;
    char *name;

    if (!fields_read(effect->body, fields, COUNT_OF(fields), err) ||
        !field_text(&fields[0], VERDICT_NAME, arena, &ladder, err) ||
        !field_text(&fields[1], VERDICT_NAME, arena, &step, err)) {
        return false;
    }
    planned = fields[2].value;
    if (!fields[2].is_there || !codec_get_int(&planned, &row.planned_at)) {
        return lacks(effect, "planned", err);
    }
    name = arena_room(arena, ladder.length + step.length + 2);
    (void)memcpy(name, ladder.bytes, ladder.length);
    name[ladder.length] = '/';
    (void)memcpy(name + ladder.length + 1, step.bytes, step.length + 1);
    row.step = span_of(name);
    return plans_add(scene->keeper->store, &row, err);
}

static bool unplan(struct scene *scene, const struct effect *effect, struct err *err)
{
    struct field fields[] = {{.name = "key"}, {.name = "status"}};
    struct arena *arena = &scene->batch->arena;
    struct span key;
    struct span status;

    if (!fields_read(effect->body, fields, COUNT_OF(fields), err) ||
        !field_text(&fields[0], VERDICT_NAME, arena, &key, err) ||
        !field_text(&fields[1], VERDICT_NAME, arena, &status, err)) {
        return false;
    }
    if (!span_is(status, "fired") && !span_is(status, "skipped")) {
        status = span_of("dropped");
    }
    return plans_settle(scene->keeper->store, scene->item->place.case_id, key, status.bytes, err);
}

static bool close(struct scene *scene, const struct effect *effect, struct err *err)
{
    struct field fields[] = {{.name = "outcome"}};
    struct span outcome;

    return fields_read(effect->body, fields, 1, err) &&
           field_text(&fields[0], VERDICT_NAME, &scene->batch->arena, &outcome, err) &&
           children_closed(scene, outcome.bytes, err);
}

bool effects_write(struct scene *scene, const struct effect *effect, struct err *err)
{
    bool ok = true;

    switch (effect->kind) {
    case EFFECT_NOTIFY:
        ok = notify(scene, effect, err);
        break;
    case EFFECT_DOCUMENT:
        ok = document(scene, effect, err);
        break;
    case EFFECT_OPEN:
        ok = children_open(scene, effect, err);
        break;
    case EFFECT_SIGNAL:
        ok = children_signal(scene, effect, err);
        break;
    case EFFECT_PROPOSE:
        ok = propose(scene, effect, err);
        break;
    case EFFECT_SETTLE:
        ok = settle(scene, effect, err);
        break;
    case EFFECT_CANCEL:
        ok = cancel(scene, effect, err);
        break;
    case EFFECT_WITHDRAW:
        ok = children_withdraw(scene, effect, err);
        break;
    case EFFECT_PLAN:
        ok = plan(scene, effect, err);
        break;
    case EFFECT_UNPLAN:
        ok = unplan(scene, effect, err);
        break;
    case EFFECT_CLOSE:
        ok = close(scene, effect, err);
        break;
    case EFFECT_REOPEN: /* the case's own row says it all */
        break;
    }
    return ok;
}
