/* Names of states, units, people and fields are looked up once, before the first row is read. */
#include "cli/cases_filter.h"

#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"

bool cases_filter_load(struct cases_filter *given, struct view *view, struct err *err)
{
    struct stmt *stmt = NULL;
    bool has_row = false;
    bool ok;

    if (given->is_read) {
        return true;
    }
    given->abouts = value_new_list();
    given->is_read = true;
    ok = store_ask(view->house->site->store,
                   "SELECT about FROM versions WHERE kind = 'workflow' AND ($1 = '' OR workflow ="
                   " $1) ORDER BY version_id DESC",
                   &stmt, err, "t", given->workflow ? given->workflow : "");
    while (ok && (ok = stmt_step(stmt, &has_row, err)) && has_row) {
        size_t length = 0;
        const char *text = stmt_text(stmt, 0, &length);
        struct value *about = NULL;

        if (json_parse(text, length, &about, NULL)) {
            value_push(given->abouts, about);
        }
    }
    if (stmt) {
        stmt_reset(stmt);
    }
    return ok;
}

static bool has_equal(const struct value *list, const struct value *one)
{
    for (size_t i = 0; i < value_count(list); i++) {
        if (value_is_equal(value_at(list, i), one)) {
            return true;
        }
    }
    return false;
}

static void push_once(struct value *list, struct value *one)
{
    if (has_equal(list, one)) {
        value_free(one);
    } else {
        value_push(list, one);
    }
}

/* ---- states ---- */

static void take_states(struct cases_filter *given, const struct value *about, const char *word,
                        struct buf *known)
{
    const struct value *states = value_get(about, "states");

    for (size_t i = 0; i < value_count(states); i++) {
        const char *id = value_key_at(states, i);
        const char *title = value_get_text(value_at(states, i), "title");

        if (strcmp(id, word) == 0 || (title && strcmp(title, word) == 0)) {
            struct value *one = value_new_map();

            value_set_text(one, "workflow", value_get_text(about, "id"));
            value_set_text(one, "state", id);
            push_once(given->states, one);
        } else if (title && !strstr(buf_text(known), title)) {
            buf_add_format(known, "%s%s", known->length ? SAY("、", ", ") : "", title);
        }
    }
}

static bool read_states(struct cases_filter *given, struct view *view, const char *word,
                        struct err *err)
{
    struct buf known;

    if (!cases_filter_load(given, view, err)) {
        return false;
    }
    buf_init(&known, 700);
    given->states = value_new_list();
    for (size_t i = 0; i < value_count(given->abouts); i++) {
        take_states(given, value_at(given->abouts, i), word, &known);
    }
    if (!value_count(given->states)) {
        err_set(err, ERR_MISSING, SAY("没有状态“%s”；有：%s", "there is no state \"%s\": %s"), word,
                buf_text(&known));
    }
    buf_clear(&known);
    given->filter.states = given->states;
    return value_count(given->states) > 0;
}

/* ---- the record ---- */

bool cases_filter_fields(struct cases_filter *given, struct view *view, const char *name,
                         struct value **fields, struct err *err)
{
    if (!cases_filter_load(given, view, err)) {
        return false;
    }
    *fields = value_new_list();
    for (size_t i = 0; i < value_count(given->abouts); i++) {
        const struct value *field =
            label_field(value_get(value_at(given->abouts, i), "fields"), name);

        if (field) {
            struct value *one = value_new_map();

            value_set_text(one, "id", value_get_text(field, "id"));
            value_set_text(one, "kind", value_get_text(field, "kind"));
            value_set_text(one, "item", value_get_text(field, "item"));
            value_set_text(one, "label", value_get_text(field, "label"));
            push_once(*fields, one);
        }
    }
    if (!value_count(*fields)) {
        err_set(err, ERR_MISSING, SAY("没有登记项“%s”", "there is no field \"%s\""), name);
        value_free(*fields);
        *fields = NULL;
        return false;
    }
    return true;
}

static void add_choice(struct value *choices, const char *field, const char *value, bool contains)
{
    struct value *one = value_new_map();

    value_set_text(one, "field", field);
    value_set_text(one, "value", value);
    value_set_bool(one, "contains", contains);
    push_once(choices, one);
}

/* What a person wrote as the record has it: names as codes, days in one form, 是 as 1. Free text
   need only contain it. */
static void add_choices(struct view *view, const struct value *field, const char *text,
                        struct value *choices)
{
    struct house *house = view->house;
    const char *id = value_get_text(field, "id");
    const char *kind = value_get_text(field, value_get_text(field, "item") ? "item" : "kind");
    struct unit unit;
    struct person person;
    struct err unsaid = {0};
    int64_t day = 0;
    char plain[12];

    kind = kind ? kind : "";
    if (strcmp(kind, "unit") == 0 &&
        registry_unit_find(house->site, house->office_id, text, &unit, &unsaid)) {
        text = unit.code;
    } else if (strcmp(kind, "person") == 0 &&
               registry_person_find(house->site, house->office_id, text, &person, &unsaid)) {
        text = person.code;
    } else if (strcmp(kind, "date") == 0 && clock_parse_day(text, &day, &unsaid)) {
        clock_format_day(day, plain);
        text = plain;
    } else if (strcmp(kind, "bool") == 0) {
        bool is_yes = strcmp(text, "是") == 0 || strcmp(text, "yes") == 0 ||
                      strcmp(text, "true") == 0 || strcmp(text, "1") == 0;

        text = is_yes ? "1" : "0";
    }
    add_choice(choices, id, text, strcmp(kind, "text") == 0);
}

static bool read_condition(struct cases_filter *given, struct view *view, const char *text,
                           struct err *err)
{
    struct value *fields = NULL;
    struct value *choices = value_new_list();
    const char *value = NULL;
    char *name = NULL;
    bool ok = args_field(text, &name, &value, err) &&
              cases_filter_fields(given, view, name, &fields, err);

    for (size_t i = 0; ok && i < value_count(fields); i++) {
        add_choices(view, value_at(fields, i), value, choices);
    }
    value_push(given->where, choices);
    value_free(fields);
    mem_free(name);
    return ok;
}

static bool read_where(struct cases_filter *given, struct view *view, const struct args *args,
                       struct err *err)
{
    const char *text;

    given->where = value_new_list();
    for (size_t i = 0; (text = args_value(args, "where", i)) != NULL; i++) {
        if (!read_condition(given, view, text, err)) {
            return false;
        }
    }
    given->filter.where = given->where;
    return true;
}

/* ---- the rest ---- */

static bool read_days(struct case_filter *filter, const struct args *args, struct err *err)
{
    const char *since = args_get(args, "since");
    const char *until = args_get(args, "until");
    int64_t day;

    if (since) {
        if (!clock_parse_day(since, &day, err)) {
            return false;
        }
        filter->opened_from = clock_day_start(day);
    }
    if (until) {
        if (!clock_parse_day(until, &day, err)) {
            return false;
        }
        filter->opened_until = clock_day_start(day + 1);
    }
    return true;
}

static bool read_order(struct case_filter *filter, const char *word, struct err *err)
{
    static const struct {
        const char *id, *zh;
        enum case_order order;
    } ORDERS[] = {{"number", "案号", CASES_BY_NUMBER}, {"due", "期限", CASES_BY_DUE},
                  {"late", "超期", CASES_BY_LATE},     {"opened", "立案", CASES_BY_OPENED},
                  {"closed", "办结", CASES_BY_CLOSED}, {"unit", "单位", CASES_BY_UNIT},
                  {"state", "状态", CASES_BY_STATE},   {"workflow", "事项", CASES_BY_WORKFLOW}};

    if (!word) {
        return true;
    }
    filter->is_descending = *word == '-';
    for (size_t i = 0; i < COUNT_OF(ORDERS); i++) {
        const char *key = word + filter->is_descending;

        if (strcmp(key, ORDERS[i].id) == 0 || strcmp(key, ORDERS[i].zh) == 0) {
            filter->order = ORDERS[i].order;
            return true;
        }
    }
    err_set(
        err, ERR_INVALID,
        SAY("不能按“%s”排序；可以按 案号、期限、超期、立案、办结、单位、状态、事项，前加 - 为倒序",
            "cannot sort by \"%s\": number, due, late, opened, closed, unit, state, workflow;"
            " a - before it turns the order round"),
        word);
    return false;
}

static bool read_people(struct cases_filter *given, struct view *view, const struct args *args,
                        struct err *err)
{
    struct house *house = view->house;
    struct unit unit;

    if (args_has(args, "unit")) {
        if (!registry_unit_find(house->site, house->office_id, args_get(args, "unit"), &unit,
                                err)) {
            return false;
        }
        given->filter.unit_id = unit.unit_id;
    }
    if (args_has(args, "person")) {
        if (!registry_person_find(house->site, house->office_id, args_get(args, "person"),
                                  &given->person, err)) {
            return false;
        }
        given->filter.person = given->person.code;
    }
    return true;
}

bool cases_filter_read(struct cases_filter *out, struct view *view, const struct args *args,
                       struct err *err)
{
    struct case_filter *filter = &out->filter;

    if (!view_find_offices(view, err)) {
        return false;
    }
    filter->offices = view->seen;
    filter->office_count = view->seen_count;
    filter->only_unit_id = view->scope.unit_id;
    filter->is_open = args_has(args, "open");
    filter->is_closed = args_has(args, "closed");
    filter->is_late = args_has(args, "overdue");
    if (args_has(args, "workflow")) {
        if (!view_workflow(view->house, args_get(args, "workflow"), &out->workflow, err)) {
            return false;
        }
        filter->workflow = out->workflow;
    }
    return read_people(out, view, args, err) && read_days(filter, args, err) &&
           read_order(filter, args_get(args, "sort"), err) &&
           (!args_has(args, "state") || read_states(out, view, args_get(args, "state"), err)) &&
           (!args_has(args, "where") || read_where(out, view, args, err));
}

void cases_filter_end(struct cases_filter *given)
{
    mem_free(given->workflow);
    value_free(given->states);
    value_free(given->where);
    value_free(given->abouts);
    *given = (struct cases_filter){0};
}
