/* Which open cases somebody has to do with. The narrow index over open cases names those that are
   late, due within the week or without a day; only those are looked at, and what their state asks
   of the person is settled once for each version and state. */
#include "cli/todo.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"

void todo_add(struct todo *todo, enum todo_section section, const struct todo_item *item)
{
    struct todo_list *list = &todo->lists[section];
    size_t at = list->kept;

    list->count++;
    if (!list->items) {
        list->items = mem_array(todo->limit + 1, sizeof *list->items);
    }
    while (at > 0 &&
           (list->items[at - 1].day > item->day ||
            (list->items[at - 1].day == item->day && list->items[at - 1].id > item->id))) {
        at--;
    }
    memmove(list->items + at + 1, list->items + at, (list->kept - at) * sizeof *list->items);
    list->items[at] = *item;
    if (++list->kept > todo->limit) {
        struct todo_item *last = &list->items[--list->kept];

        mem_free(last->reason);
        mem_free(last->command);
    }
}

/* What a state takes: the facts that end it, or all where a version does not tell them apart. */
static const struct value *facts_of(const struct value *about, const char *state)
{
    const struct value *told = value_get(value_get(about, "states"), state);
    const struct value *moves = value_get(told, "moves");

    return value_count(moves) ? moves : value_get(told, "takes");
}

static const struct value *by_of(const struct value *about, const char *fact)
{
    return value_get(value_get(value_get(about, "facts"), fact), "by");
}

/* True when nobody but a head may record any of the facts. */
static bool is_for_heads(const struct value *about, const struct value *facts)
{
    for (size_t i = 0; i < value_count(facts); i++) {
        const struct value *by = by_of(about, value_text(value_at(facts, i)));

        for (size_t k = 0; k < value_count(by); k++) {
            const struct value *one = value_at(by, k);

            if (value_get(one, "field") || !duties_is_head_role(value_get_text(one, "role"))) {
                return false;
            }
        }
    }
    return value_count(facts) > 0;
}

/* The first fact that the person may record; NULL with *asks when only a record can tell. */
static const char *first_fact(const struct todo *todo, const struct value *about,
                              const struct value *facts, int64_t office_id,
                              const struct value *record, bool *asks)
{
    *asks = false;
    for (size_t i = 0; i < value_count(facts); i++) {
        const char *fact = value_text(value_at(facts, i));
        enum duty duty = duties_may(todo->duties, by_of(about, fact), office_id, record);

        if (duty == DUTY_YES) {
            return fact;
        }
        *asks |= duty == DUTY_ASKS;
    }
    return NULL;
}

struct open_case {
    int64_t case_id;
    int64_t office_id;
    int64_t activation_id;
    const char *state;
    const char *due;
    const char *late;
};

static const char *fact_by_record(struct todo *todo, const struct open_case *one,
                                  const struct value *about, const struct value *facts)
{
    struct stmt *stmt = NULL;
    struct value *record = NULL;
    const char *fact = NULL;
    bool has_row = false;
    bool asks;

    if (store_ask(todo->view->house->site->store, "SELECT record FROM cases WHERE case_id = $1",
                  &stmt, NULL, "i", one->case_id) &&
        stmt_step(stmt, &has_row, NULL) && has_row) {
        size_t length = 0;
        const char *text = stmt_text(stmt, 0, &length);

        if (json_parse(text, length, &record, NULL)) {
            fact = first_fact(todo, about, facts, one->office_id, record, &asks);
        }
    }
    if (stmt) {
        stmt_reset(stmt);
    }
    value_free(record);
    return fact;
}

/* The fact with which the person deals with the case; NULL when it is for others. */
static const char *settle(struct todo *todo, const struct open_case *one)
{
    const struct value *about = view_about(todo->view, one->activation_id);
    const struct value *facts = facts_of(about, one->state);
    const struct value *known;
    char key[400];
    bool asks = false;

    (void)snprintf(key, sizeof key, "%" PRId64 " %" PRId64 " %s", one->activation_id,
                   one->office_id, one->state);
    known = value_get(todo->stances, key);
    if (!known) {
        struct value *stance = value_new_map();
        const char *fact = NULL;

        if (!todo->is_head || is_for_heads(about, facts)) {
            fact = first_fact(todo, about, facts, one->office_id, NULL, &asks);
        }
        value_set_text(stance, "fact", fact);
        value_set_bool(stance, "asks", asks);
        value_set(todo->stances, key, stance);
        known = value_get(todo->stances, key);
    }
    if (value_get_bool(known, "asks")) {
        return fact_by_record(todo, one, about, facts);
    }
    return value_get_text(known, "fact");
}

/* Whoever never acts on such a case is not kept waiting by it; heads see the counts instead. */
static enum todo_section section_of(const struct todo *todo, const struct todo_item *item)
{
    if (!item->fact) {
        return TODO_OTHERS;
    }
    if (item->is_late || item->day < todo->today) {
        return TODO_LATE;
    }
    if (item->day == INT64_MAX) {
        return TODO_UNDATED;
    }
    return item->day == todo->today ? TODO_TODAY : TODO_WEEK;
}

static void take_case(struct todo *todo, const struct open_case *one)
{
    struct todo_item item = {.kind = TODO_CASE, .id = one->case_id, .day = INT64_MAX};
    const char *day = one->late ? one->late : one->due;

    if (day && !clock_parse_day(day, &item.day, NULL)) {
        item.day = INT64_MAX;
    }
    item.is_late = one->late != NULL;
    item.fact = settle(todo, one);
    if (!item.fact && (todo->is_head || item.day == INT64_MAX)) {
        return;
    }
    todo_add(todo, section_of(todo, &item), &item);
}

static bool walk(struct todo *todo, struct stmt *stmt, struct err *err)
{
    bool has_row = false;
    bool ok;

    while ((ok = stmt_step(stmt, &has_row, err)) && has_row) {
        const struct open_case one = {.case_id = stmt_int(stmt, 0),
                                      .office_id = stmt_int(stmt, 1),
                                      .activation_id = stmt_int(stmt, 2),
                                      .state = stmt_text(stmt, 3, NULL),
                                      .due = stmt_text(stmt, 4, NULL),
                                      .late = stmt_text(stmt, 5, NULL)};

        take_case(todo, &one);
    }
    stmt_reset(stmt);
    return ok;
}

/* Three ranges of the index over open cases: due by Sunday, without a day, and late though another
   day still runs. A condition with OR would lead into an index that holds closed ones too. */
#define SELECT                                                                                 \
    "SELECT c.case_id, c.office_id, c.activation_id, c.state, c.due, c.late_since FROM cases " \
    "AS c WHERE c.closed_at IS NULL AND c.office_id = $1 AND c.set_aside IS NULL AND "
#define SOON                                                                 \
    SELECT "c.due <= $2 UNION ALL " SELECT "c.due IS NULL UNION ALL " SELECT \
           "c.due > $2 AND c.late_since IS NOT NULL"
#define OF_UNIT                                                                                \
    "SELECT c.case_id, c.office_id, c.activation_id, c.state, c.due, c.late_since FROM cases " \
    "AS c WHERE c.closed_at IS NULL AND c.unit_id = $1 AND c.set_aside IS NULL AND"            \
    " (c.late_since IS NOT NULL OR c.due IS NULL OR c.due <= $2)"
#define LATER                                                                   \
    "SELECT COUNT(*) FROM cases AS c WHERE c.closed_at IS NULL AND c.office_id" \
    " = $1 AND c.due > $2 AND c.late_since IS NULL"

bool todo_gather_cases(struct todo *todo, struct err *err)
{
    const struct rights_scope *scope = &todo->view->scope;
    struct store *store = todo->view->house->site->store;
    struct stmt *stmt = NULL;
    char sunday[12];

    clock_format_day(todo->sunday, sunday);
    if (scope->unit_id) {
        return store_ask(store, OF_UNIT, &stmt, err, "it", scope->unit_id, sunday) &&
               walk(todo, stmt, err);
    }
    return store_ask(store, SOON, &stmt, err, "it", scope->office_id, sunday) &&
           walk(todo, stmt, err) &&
           store_one_int(store, LATER, &todo->later, err, "it", scope->office_id, sunday);
}
