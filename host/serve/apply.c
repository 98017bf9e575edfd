/* Writing one decision: the rows of the case with their chain, the case itself, then its effects,
   all in the caller's transaction. The case goes first, guarded by the seq it was read at, so that
   a decision about an older state of it never leaves a trace. */
#include <string.h>

#include "base/clock.h"
#include "base/crash.h"
#include "base/json.h"
#include "base/text.h"
#include "serve/inside.h"
#include "serve/scene.h"

#define APPLY_TIMERS 1000 /* that a worker takes of one case in one go; see engine/fold.lua */
#define APPLY_ROUNDS 1000 /* cases that wake each other at one instant, without end */

static bool refuse(struct err *err, const char *what)
{
    err_set(err, ERR_INVALID, SAY("工作进程的答复有误：%s", "the worker's answer is wrong: %s"),
            what);
    return false;
}

static bool is_ask(const struct item *item, const struct verdict_row *row)
{
    return item->ask && row->is_input && span_is(row->kind, item->ask->kind) &&
           span_is(row->name, item->ask->name);
}

/* The instant up to which timers were taken; CASE_NEVER, before all of them, when none were. */
static int64_t taken_until(const struct item *item)
{
    return item->at == CASE_NEVER && item->ask ? item->ask->at : item->at;
}

/* Only timers that are due and what was asked may come back as inputs, and what was asked once. A
   case that asks to be woken at an instant that is over would be decided without end, unless there
   were more timers than are taken in one go. */
static bool inputs_are_right(const struct verdict *verdict, const struct item *item,
                             struct err *err)
{
    int64_t until = taken_until(item);
    size_t asked = 0;
    size_t timers = 0;

    for (size_t i = 0; i < verdict->row_count; i++) {
        const struct verdict_row *row = &verdict->rows[i];

        if (is_ask(item, row)) {
            asked++;
        } else if (row->is_input && !span_is(row->kind, "timer")) {
            return refuse(err, row->kind.bytes);
        } else if (row->is_input && row->at > until) {
            return refuse(err, "timer");
        } else if (row->after > (int64_t)item->input_count) {
            return refuse(err, "after");
        }
        timers += row->is_input && span_is(row->kind, "timer");
    }
    if (asked != (item->ask ? 1u : 0u)) {
        return refuse(err, "ask");
    }
    if (verdict->wake_at != CASE_NEVER && item->at != CASE_NEVER && verdict->wake_at <= item->at &&
        timers < APPLY_TIMERS) {
        return refuse(err, "wake");
    }
    return true;
}

bool apply_read(struct keeper *keeper, struct batch *batch, struct item *item, struct err *err)
{
    if (!item->is_answered) {
        *err = item->fault;
        return false;
    }
    if (!verdict_read(&keeper->verdict, item->answer, &batch->arena, err)) {
        return false;
    }
    return keeper->verdict.refused.kind != ERR_NONE ||
           inputs_are_right(&keeper->verdict, item, err);
}

/* The day a fact happened, out of the field of its form that says so. */
static bool occurred_in_form(const struct item *item, const struct verdict_row *row, int64_t *day)
{
    const struct value *fact = value_get(value_get(item->crew->about, "facts"), row->name.bytes);
    const char *field = value_get_text(fact, "occurred");
    struct value *body = NULL;
    struct err unsaid = {0};
    const char *text;
    bool found = false;

    if (!field || !json_parse(row->body.bytes, row->body.length, &body, &unsaid)) {
        return false;
    }
    text = value_get_text(value_get(body, "form"), field);
    found = text && clock_parse_day(text, day, &unsaid);
    value_free(body);
    return found;
}

bool apply_occurred(const struct keeper *keeper, const struct item *item, int64_t *day)
{
    for (size_t i = 0; i < keeper->verdict.row_count; i++) {
        if (is_ask(item, &keeper->verdict.rows[i])) {
            return occurred_in_form(item, &keeper->verdict.rows[i], day);
        }
    }
    return false;
}

static void fill_event(const struct item *item, const struct verdict_row *row, struct event *event)
{
    *event = (struct event){.number = span_of(item->number),
                            .is_input = row->is_input,
                            .kind = row->kind,
                            .name = row->name,
                            .at = row->at,
                            .now = item->now,
                            .version = {item->crew->is.hash, DIGEST_HEX - 1},
                            .calendar = {item->almanac->hash, DIGEST_HEX - 1},
                            .line = row->line,
                            .body = row->body};
    if (is_ask(item, row)) {
        event->actor = span_of(item->ask->actor);
        event->recorder = span_of(item->ask->recorder);
        event->has_occurred = item->ask->has_occurred;
        event->occurred = item->ask->occurred;
        if (!event->has_occurred) {
            event->has_occurred = occurred_in_form(item, row, &event->occurred);
        }
    }
}

static void woke(struct scene *scene, struct place place)
{
    if (place_compare(place, scene->batch->barrier) < 0) {
        scene->batch->barrier = place;
    }
    if (scene->other && place_compare(place, scene->other->barrier) < 0) {
        scene->other->barrier = place;
    }
}

static bool move_case(struct scene *scene, const unsigned char *head, bool *moved, struct err *err)
{
    struct item *item = scene->item;
    const struct verdict *verdict = &scene->keeper->verdict;
    struct case_moved row = {.case_id = item->place.case_id,
                             .seen = item->seq,
                             .state = verdict->state,
                             .snapshot = verdict->snapshot.bytes,
                             .snapshot_length = verdict->snapshot.length,
                             .seq = item->seq + (int64_t)verdict->row_count,
                             .head = head,
                             .due = verdict->due,
                             .late = verdict->late,
                             .wake_at = verdict->wake_at,
                             .closed_at = item->closed_at,
                             .outcome = item->outcome};

    for (size_t i = 0; i < verdict->effect_count; i++) {
        if (verdict->effects[i].kind == EFFECT_CLOSE) {
            struct field fields[] = {{.name = "outcome"}};
            struct span outcome;

            if (!fields_read(verdict->effects[i].body, fields, 1, err) ||
                !field_text(&fields[0], VERDICT_NAME, &scene->batch->arena, &outcome, err)) {
                return false;
            }
            row.closed_at = scene->at;
            row.outcome = outcome.bytes;
        } else if (verdict->effects[i].kind == EFFECT_REOPEN) {
            row.closed_at = CASE_NEVER;
            row.outcome = "";
        }
    }
    row.keeps_times = item->place.round == 0 && row.wake_at == item->place.wake_at &&
                      row.closed_at == item->closed_at;
    return cases_move(scene->keeper->store, &row, moved, err);
}

/* A correction, a field that a fact keeps, the defaults of a case that another one opened. */
static bool amend_record(struct scene *scene, struct err *err)
{
    struct keeper *keeper = scene->keeper;
    const struct item *item = scene->item;
    const struct span *json = &keeper->verdict.record;
    struct value *record = NULL;
    bool ok;

    if (!json->bytes) {
        return true;
    }
    ok = json_parse(json->bytes, json->length, &record, err) &&
         cases_amend(keeper->store, item->place.case_id, json->bytes,
                     record_unit(keeper, item->crew->about, record), err);
    value_free(record);
    return ok;
}

static bool write_rows(struct scene *scene, struct event *events, struct err *err)
{
    struct keeper *keeper = scene->keeper;
    const struct item *item = scene->item;

    for (size_t i = 0; i < keeper->verdict.row_count; i++) {
        if (!events_add(keeper->store, item->place.case_id, &events[i],
                        item->crew->is.activation_id, item->almanac->calendar_id, err)) {
            return false;
        }
        keeper_tell(keeper, &events[i]);
    }
    keeper->done.rows += (int64_t)keeper->verdict.row_count;
    return true;
}

bool apply_write(struct scene *scene, bool *moved, int64_t *first, struct err *err)
{
    struct keeper *keeper = scene->keeper;
    struct item *item = scene->item;
    const struct verdict *verdict = &keeper->verdict;
    struct event *events =
        arena_room(&scene->batch->arena, (verdict->row_count + 1) * sizeof *events);
    const unsigned char *head = item->head;

    for (size_t i = 0; i < verdict->row_count; i++) {
        fill_event(item, &verdict->rows[i], &events[i]);
        events[i].seq = item->seq + 1 + (int64_t)i;
        chain_hash(keeper->chain, head, &events[i]);
        head = events[i].hash;
        if (first && is_ask(item, &verdict->rows[i])) {
            *first = events[i].seq;
        }
    }
    if (!move_case(scene, head, moved, err)) {
        return false;
    }
    if (!*moved) {
        return true;
    }
    crash_point("apply.case");
    if (!amend_record(scene, err) || !write_rows(scene, events, err)) {
        return false;
    }
    crash_point("apply.rows");
    if (verdict->wake_at != CASE_NEVER) {
        woke(scene, (struct place){verdict->wake_at, 0, item->place.case_id});
    }
    for (size_t i = 0; i < verdict->effect_count; i++) {
        if (!effects_write(scene, &verdict->effects[i], err)) {
            return false;
        }
        crash_point("apply.effect");
    }
    keeper->done.cases++;
    return true;
}

static bool read_target(struct keeper *keeper, int64_t case_id, struct stmt **out, struct err *err)
{
    static const char sql[] = "SELECT number, seq, head, activation_id, office_id, wake_at, round,"
                              " set_aside FROM cases WHERE case_id = $1";
    bool has_row = false;

    if (!store_ask(keeper->store, sql, out, err, "i", case_id) || !stmt_step(*out, &has_row, err)) {
        return false;
    }
    if (!has_row) {
        err_set(err, ERR_MISSING,
                SAY("没有内部编号为 %lld 的案件", "there is no case with the id %lld"),
                (long long)case_id);
    }
    return has_row;
}

/* What the input does to the place of its case in the order. */
static void note_wake(struct scene *scene, const struct pending *pending, const struct stmt *target,
                      const struct crew *crew)
{
    int64_t wake_at = stmt_is_null(target, 5) ? CASE_NEVER : stmt_int(target, 5);

    if (!scene || !stmt_is_null(target, 7)) {
        return;
    }
    if (wake_at != CASE_NEVER && wake_at <= pending->at) {
        scene->is_behind |= scene->is_act && wake_at < pending->at && !crew->is_quarantined;
    } else {
        woke(scene, (struct place){pending->at, pending->round, pending->case_id});
    }
}

bool apply_pending(struct keeper *keeper, struct scene *scene, const struct pending *pending,
                   struct err *err)
{
    struct stmt *target = NULL;
    struct crew *crew = NULL;
    struct bureau *bureau = NULL;
    unsigned char head[DIGEST_SIZE] = {0};
    char number[CASE_NUMBER_SIZE] = "";
    size_t length = 0;
    const void *bytes;
    int64_t activation_id;
    int64_t office_id;
    struct event event = {.is_input = true,
                          .kind = span_of(pending->kind),
                          .name = span_of(pending->name),
                          .at = pending->at,
                          .now = pending->now,
                          .actor = span_of(pending->actor),
                          .recorder = span_of(pending->recorder),
                          .body = span_of(pending->body)};

    if (pending->round > APPLY_ROUNDS) {
        err_set(err, ERR_INVALID, "%s",
                SAY("案件在同一时刻互相唤醒，没有尽头", "cases wake each other without end"));
        return false;
    }
    if (!read_target(keeper, pending->case_id, &target, err)) {
        return false;
    }
    bytes = stmt_text(target, 0, &length);
    memcpy(number, bytes, length < sizeof number ? length : sizeof number - 1);
    event.number = span_of(number);
    event.seq = stmt_int(target, 1) + 1;
    bytes = stmt_blob(target, 2, &length);
    memcpy(head, bytes, length < sizeof head ? length : sizeof head);
    activation_id = stmt_int(target, 3);
    office_id = stmt_int(target, 4);
    if (!pool_crew(keeper->pool, activation_id, &crew, err) ||
        !keeper_bureau(keeper, office_id, &bureau, err)) {
        return false;
    }
    note_wake(scene, pending, target, crew);
    stmt_reset(target);
    event.version = span_of(crew->is.hash);
    event.calendar = span_of(bureau->almanac.hash);
    chain_hash(keeper->chain, head, &event);
    if (!events_add(keeper->store, pending->case_id, &event, activation_id,
                    bureau->almanac.calendar_id, err) ||
        !cases_wake(keeper->store,
                    &(struct case_woken){.case_id = pending->case_id,
                                         .seq = event.seq,
                                         .head = event.hash,
                                         .at = pending->at,
                                         .round = pending->round},
                    err)) {
        return false;
    }
    keeper_tell(keeper, &event);
    keeper->done.rows++;
    crash_point("apply.pending");
    return true;
}
