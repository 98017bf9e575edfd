/* The office as a head sees it: how much is late, due today and due this week, by unit, by person
   and by the offices below. Counted on the narrow index over open cases. */
#include "cli/todo.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/rights.h"
#include "cli/table.h"

#define SUMS                                                                                   \
    " SUM(c.late_since IS NOT NULL OR c.due < $2) AS late, SUM(c.late_since IS NULL AND c.due" \
    " = $2) AS today, SUM(c.late_since IS NULL AND c.due > $2 AND c.due <= $3) AS week"
/* Columns of the index over open cases alone, on a row c: no case is read to count it. */
#define ATTENTION                                                                         \
    " c.closed_at IS NULL AND c.office_id = $1 AND (c.late_since IS NOT NULL OR c.due <=" \
    " $3)"

struct counting {
    struct todo *todo;
    char today[12];
    char sunday[12];
};

/* ---- by unit ---- */

static const struct column UNIT_COLUMNS[] = {
    {"unit_name", "单位", "UNIT", 40, false},
    {"late", "超期", "LATE", 0, true},
    {"today", "今天", "TODAY", 0, true},
    {"week", "本周", "WEEK", 0, true},
    {"unit", "编码", "CODE", COLUMN_HIDDEN, false},
    {NULL, NULL, NULL, 0, false},
};

static void put_count(struct table *table, int64_t count, enum paint paint)
{
    char text[24];

    (void)snprintf(text, sizeof text, "%" PRId64, count);
    table_number(table, count ? paint : PAINT_DIM, text, count);
}

static void put_counts(struct table *table, const int64_t counts[3])
{
    put_count(table, counts[0], PAINT_RED);
    put_count(table, counts[1], PAINT_YELLOW);
    put_count(table, counts[2], PAINT_NONE);
}

static bool count_units(struct counting *counting, struct table *table, struct err *err)
{
    static const char sql[] =
        "SELECT u.code, u.name, t.late, t.today, t.week FROM (SELECT c.unit_id AS unit_id," SUMS
        " FROM cases AS c WHERE" ATTENTION
        " GROUP BY c.unit_id) AS t LEFT JOIN units AS u ON u.unit_id = t.unit_id"
        " ORDER BY t.late DESC, t.today DESC, t.week DESC, u.code";
    struct stmt *stmt = NULL;
    bool has_row = false;
    bool ok = store_ask(counting->todo->view->house->site->store, sql, &stmt, err, "itt",
                        counting->todo->view->scope.office_id, counting->today, counting->sunday);

    while (ok && (ok = stmt_step(stmt, &has_row, err)) && has_row) {
        const int64_t counts[3] = {stmt_int(stmt, 2), stmt_int(stmt, 3), stmt_int(stmt, 4)};

        table_text(table, stmt_is_null(stmt, 1) ? SAY("（无单位）", "(no unit)")
                                                : stmt_text(stmt, 1, NULL));
        put_counts(table, counts);
        table_text(table, stmt_text(stmt, 0, NULL));
    }
    if (stmt) {
        stmt_reset(stmt);
    }
    return ok;
}

/* ---- by person ---- */

static const struct column PERSON_COLUMNS[] = {
    {"person_name", "人员", "PERSON", 40, false},
    {"late", "超期", "LATE", 0, true},
    {"today", "今天", "TODAY", 0, true},
    {"week", "本周", "WEEK", 0, true},
    {"to_sign", "待签", "TO SIGN", 0, true},
    {"person", "编码", "CODE", COLUMN_HIDDEN, false},
    {NULL, NULL, NULL, 0, false},
};

/* One map a person: counts under late, today, week and to_sign. */
static void raise(struct value *people, const char *code, const char *key, int64_t by)
{
    const struct value *had = value_get(people, code);
    struct value *one = had ? value_copy(had) : value_new_map();

    value_set_int(one, key, value_get_int(one, key, 0) + by);
    value_set(people, code, one);
}

/* A case is in the hands of whoever it was handed to last, else of whoever opened it; what a case
   opened by itself is in the hands of that case's opener. */
static bool count_handlers(struct counting *counting, struct value *people, struct err *err)
{
    static const char sql[] =
        "SELECT h.person, SUM(h.late), SUM(h.today), SUM(h.week) FROM (SELECT coalesce("
        "(SELECT json_extract(e.body, '$.form.to') FROM events AS e WHERE e.case_id = k.case_id"
        " AND e.is_input = 1 AND e.name = 'handed_over' ORDER BY e.seq DESC LIMIT 1),"
        " (SELECT e.actor FROM events AS e WHERE e.case_id = k.case_id AND e.seq = 1),"
        " (SELECT e.actor FROM events AS e WHERE e.case_id = k.parent_id AND e.seq = 1), '')"
        " AS person, c.late_since IS NOT NULL OR c.due < $2 AS late, c.late_since IS NULL AND"
        " c.due = $2 AS today, c.late_since IS NULL AND c.due > $2 AS week FROM cases AS c CROSS"
        " JOIN cases AS k WHERE k.case_id = c.case_id AND" ATTENTION ") AS h GROUP BY h.person";
    struct stmt *stmt = NULL;
    bool has_row = false;
    bool ok = store_ask(counting->todo->view->house->site->store, sql, &stmt, err, "itt",
                        counting->todo->view->scope.office_id, counting->today, counting->sunday);

    while (ok && (ok = stmt_step(stmt, &has_row, err)) && has_row) {
        const char *person = stmt_text(stmt, 0, NULL);

        raise(people, person, "late", stmt_int(stmt, 1));
        raise(people, person, "today", stmt_int(stmt, 2));
        raise(people, person, "week", stmt_int(stmt, 3));
    }
    if (stmt) {
        stmt_reset(stmt);
    }
    return ok;
}

/* Whoever may sign a line of that text; count proposals wait with it. */
static bool raise_signers(struct counting *counting, struct value *people, const char *signs,
                          int64_t next, int64_t count, struct err *err)
{
    struct site *site = counting->todo->view->house->site;
    struct value *list = NULL;
    const struct value *who;
    bool ok = true;

    if (!json_parse(signs, strlen(signs), &list, NULL)) {
        return true;
    }
    who = value_get(value_at(list, next > 0 ? (size_t)next - 1 : 0), "who");
    for (size_t i = 0; ok && i < value_count(who); i++) {
        int64_t *ids = NULL;
        size_t found = 0;

        if (value_get(value_at(who, i), "field")) {
            continue; /* another person for each case: they see it in their own list */
        }
        ok = rights_find(site, counting->todo->view->scope.office_id, value_at(who, i),
                         counting->todo->today, &ids, &found, err);
        for (size_t k = 0; ok && k < found; k++) {
            struct person person;

            ok = registry_person(site, ids[k], &person, err);
            if (ok) {
                raise(people, person.code, "to_sign", count);
            }
        }
        mem_free(ids);
    }
    value_free(list);
    return ok;
}

static bool count_signers(struct counting *counting, struct value *people, struct err *err)
{
    struct stmt *stmt = NULL;
    bool has_row = false;
    bool ok = store_ask(
        counting->todo->view->house->site->store,
        "SELECT p.signs, p.next_sign, COUNT(*) FROM proposals AS p CROSS JOIN"
        " cases AS c WHERE c.case_id = p.case_id AND p.status = 'waiting' AND c.office_id = $1"
        " GROUP BY p.signs, p.next_sign",
        &stmt, err, "i", counting->todo->view->scope.office_id);

    while (ok && (ok = stmt_step(stmt, &has_row, err)) && has_row) {
        ok = raise_signers(counting, people, stmt_text(stmt, 0, NULL), stmt_int(stmt, 1),
                           stmt_int(stmt, 2), err);
    }
    if (stmt) {
        stmt_reset(stmt);
    }
    return ok;
}

static void put_person(struct counting *counting, struct table *table, const char *code,
                       const struct value *one)
{
    const int64_t counts[3] = {value_get_int(one, "late", 0), value_get_int(one, "today", 0),
                               value_get_int(one, "week", 0)};
    const struct labels labels = {.store = counting->todo->view->house->site->store};
    struct buf name;

    buf_init(&name, 1024);
    if (*code) {
        label_person(&labels, code, &name);
    } else {
        buf_add_text(&name, SAY("（无人经手）", "(nobody)"));
    }
    table_text(table, buf_text(&name));
    put_counts(table, counts);
    put_count(table, value_get_int(one, "to_sign", 0), PAINT_YELLOW);
    table_text(table, *code ? code : NULL);
    buf_clear(&name);
}

/* The most burdened first: the list is as short as the office is small. */
static int64_t burden(const struct value *one)
{
    return value_get_int(one, "late", 0) * 1000000 + value_get_int(one, "today", 0) * 1000 +
           value_get_int(one, "week", 0) + value_get_int(one, "to_sign", 0) * 1000;
}

static bool count_people(struct counting *counting, struct table *table, struct err *err)
{
    struct value *people = value_new_map();
    bool ok = count_handlers(counting, people, err) && count_signers(counting, people, err);

    while (ok && value_count(people)) {
        size_t most = 0;
        char *code;

        for (size_t i = 1; i < value_count(people); i++) {
            most = burden(value_at(people, i)) > burden(value_at(people, most)) ? i : most;
        }
        code = mem_text(value_key_at(people, most));
        put_person(counting, table, code, value_at(people, most));
        value_set(people, code, value_new_nil());
        mem_free(code);
    }
    value_free(people);
    return ok;
}

/* ---- by the offices below ---- */

static const struct column OFFICE_COLUMNS[] = {
    {"office_name", "下级机构", "OFFICE", 40, false},
    {"late", "超期", "LATE", 0, true},
    {"today", "今天", "TODAY", 0, true},
    {"week", "本周", "WEEK", 0, true},
    {"open", "未结", "OPEN", 0, true},
    {"office", "区划", "CODE", COLUMN_HIDDEN, false},
    {NULL, NULL, NULL, 0, false},
};

/* Each office directly below with everything under it. */
static bool count_offices(struct counting *counting, struct table *table, struct err *err)
{
    static const char sql[] =
        "WITH RECURSIVE below (top_id, office_id) AS (SELECT office_id, office_id FROM offices "
        "WHERE"
        " parent_id = $1 UNION ALL SELECT b.top_id, o.office_id FROM offices AS o JOIN below AS b "
        "ON"
        " o.parent_id = b.office_id) SELECT o.code, o.name, SUM(t.late), SUM(t.today), SUM(t.week),"
        " SUM(t.open) FROM below AS b JOIN offices AS o ON o.office_id = b.top_id JOIN (SELECT"
        " c.office_id AS office_id," SUMS ", COUNT(*) AS open FROM cases AS c WHERE c.closed_at IS"
        " NULL GROUP BY c.office_id) AS t ON t.office_id = b.office_id GROUP BY o.code, o.name "
        "ORDER BY 3 DESC, o.code";
    struct stmt *stmt = NULL;
    bool has_row = false;
    bool ok = store_ask(counting->todo->view->house->site->store, sql, &stmt, err, "itt",
                        counting->todo->view->scope.office_id, counting->today, counting->sunday);

    while (ok && (ok = stmt_step(stmt, &has_row, err)) && has_row) {
        const int64_t counts[3] = {stmt_int(stmt, 2), stmt_int(stmt, 3), stmt_int(stmt, 4)};

        table_text(table, stmt_text(stmt, 1, NULL));
        put_counts(table, counts);
        table_int(table, stmt_int(stmt, 5));
        table_text(table, stmt_text(stmt, 0, NULL));
    }
    if (stmt) {
        stmt_reset(stmt);
    }
    return ok;
}

static const struct {
    const char *key;
    const struct column *columns;
    bool (*count)(struct counting *counting, struct table *table, struct err *err);
} PARTS[] = {{"by_unit", UNIT_COLUMNS, count_units},
             {"by_person", PERSON_COLUMNS, count_people},
             {"by_office", OFFICE_COLUMNS, count_offices}};

bool todo_show_head(struct todo *todo, struct value *map, struct err *err)
{
    struct counting counting = {.todo = todo};
    bool ok = true;

    clock_format_day(todo->today, counting.today);
    clock_format_day(todo->sunday, counting.sunday);
    for (size_t i = 0; ok && i < COUNT_OF(PARTS); i++) {
        struct table *table = table_new(PARTS[i].columns);

        ok = PARTS[i].count(&counting, table, err);
        if (ok && table_rows(table)) {
            table_print_most(table, &todo->view->house->out, todo->limit * 2);
            out_print(&todo->view->house->out, "\n");
        }
        value_set(map, PARTS[i].key, table_value(table));
        table_free(table);
    }
    return ok;
}
