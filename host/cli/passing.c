/* Looks for a code in the records of open cases, and records what passes. */
#include "cli/passing.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/view.h"
#include "serve/keeper.h"

/* ---- finding ---- */

static bool is_kind(const struct value *field, const char *kind)
{
    const char *own = value_get_text(field, "kind");
    const struct value *item = value_get(field, "item");
    const char *of = value_text(item) ? value_text(item) : value_get_text(item, "kind");

    return own &&
           (strcmp(own, kind) == 0 || (strcmp(own, "list") == 0 && of && strcmp(of, kind) == 0));
}

static bool holds(const struct value *value, const char *code)
{
    bool is_there = value_text(value) && strcmp(value_text(value), code) == 0;

    for (size_t i = 0; value_kind(value) == VALUE_LIST && i < value_count(value) && !is_there;
         i++) {
        is_there = holds(value_at(value, i), code);
    }
    return is_there;
}

/* The labels of the fields where it stands; NULL when there are none. */
static struct value *labels_of(const struct passing *passing, const struct value *fields,
                               const struct value *record)
{
    struct value *labels = NULL;

    for (size_t i = 0; i < value_count(fields); i++) {
        const struct value *field = value_at(fields, i);
        const char *id = value_get_text(field, "id");
        const char *label = value_get_text(field, "label");

        if (id && is_kind(field, passing->kind) && !value_get_bool(field, "fixed") &&
            holds(value_get(record, id), passing->code)) {
            labels = labels ? labels : value_new_list();
            value_push(labels, value_new_text(label ? label : id));
        }
    }
    return labels;
}

static void take(const struct passing *passing, struct view *view, const struct stmt *stmt,
                 struct value *cases)
{
    size_t length = 0;
    const char *json = stmt_text(stmt, 2, &length);
    const struct value *about = view_about(view, stmt_int(stmt, 1));
    struct value *record = NULL;
    struct value *labels = NULL;
    struct value *row;
    struct err unsaid = {0};

    if (json_parse(json, length, &record, &unsaid)) {
        labels = labels_of(passing, value_get(about, "fields"), record);
    }
    if (labels) {
        row = value_new_map();
        value_set_text(row, "number", stmt_text(stmt, 0, NULL));
        value_set_text(row, "title", stmt_text(stmt, 3, NULL));
        value_set_text(row, "unit", stmt_text(stmt, 4, NULL));
        value_set(row, "fields", labels);
        value_push(cases, row);
    }
    value_free(record);
}

bool passing_find(const struct passing *passing, struct value **cases, struct err *err)
{
    static const char sql[] =
        "SELECT c.number, c.activation_id, c.record, v.title, u.name FROM cases AS c"
        " JOIN activations AS a ON a.activation_id = c.activation_id"
        " JOIN versions AS v ON v.version_id = a.version_id"
        " LEFT JOIN units AS u ON u.unit_id = c.unit_id"
        " WHERE c.closed_at IS NULL AND instr(c.record, $1) > 0 ORDER BY c.number";
    struct view view = {.house = passing->house};
    struct stmt *stmt = NULL;
    bool has_row = false;
    struct buf code;
    bool ok;

    buf_init(&code, 1024);
    json_write_string(passing->code, strlen(passing->code), &code);
    *cases = value_new_list();
    ok = store_ask(passing->house->site->store, sql, &stmt, err, "t", buf_text(&code));
    while (ok && (ok = stmt_step(stmt, &has_row, err)) && has_row) {
        take(passing, &view, stmt, *cases);
    }
    if (stmt) {
        stmt_reset(stmt);
    }
    if (!ok) {
        value_free(*cases);
        *cases = NULL;
    }
    buf_clear(&code);
    return ok;
}

/* ---- recording ---- */

/* What the facts of all cases need until they are recorded. */
struct ledger {
    struct keeper_fact *facts;
    struct keeper_entry *entries;
    struct keeper_result *results;
    struct value **forms;
    char **keys;
    size_t count;
};

static void ledger_clear(struct ledger *ledger)
{
    for (size_t i = 0; i < ledger->count; i++) {
        value_free(ledger->forms[i]);
        mem_free(ledger->keys[i]);
    }
    mem_free(ledger->facts);
    mem_free(ledger->entries);
    mem_free(ledger->results);
    mem_free(ledger->forms);
    mem_free(ledger->keys);
}

static char *key_of(const char *key, const char *number)
{
    size_t size = key ? strlen(key) + strlen(number) + 2 : 0;
    char *own = key ? mem_new(size) : NULL;

    if (own) {
        (void)snprintf(own, size, "%s/%s", key, number);
    }
    return own;
}

static void ledger_fill(struct ledger *ledger, const struct passing *passing, const char *fact,
                        const struct value *form, const struct value *cases)
{
    size_t count = value_count(cases);

    *ledger = (struct ledger){.facts = mem_array(count + 1, sizeof *ledger->facts),
                              .entries = mem_array(count + 1, sizeof *ledger->entries),
                              .results = mem_array(count + 1, sizeof *ledger->results),
                              .forms = mem_array(count + 1, sizeof *ledger->forms),
                              .keys = mem_array(count + 1, sizeof *ledger->keys),
                              .count = count};
    for (size_t i = 0; i < count; i++) {
        const char *number = value_get_text(value_at(cases, i), "number");

        ledger->forms[i] = value_copy(form);
        value_set(ledger->forms[i], "fields", value_copy(value_get(value_at(cases, i), "fields")));
        ledger->keys[i] = key_of(passing->house->key, number);
        ledger->facts[i] = (struct keeper_fact){.number = number,
                                                .fact = fact,
                                                .form = ledger->forms[i],
                                                .occurred = KEEPER_NO_DAY,
                                                .is_granted = true};
        ledger->entries[i] = (struct keeper_entry){&passing->house->actor, ledger->keys[i],
                                                   &ledger->facts[i], &ledger->results[i]};
    }
}

bool passing_record(const struct passing *passing, const char *fact, const struct value *form,
                    struct value **cases, size_t *refused, struct err *err)
{
    struct value *told = value_new_list();
    struct ledger ledger;
    bool ok;

    *refused = 0;
    ledger_fill(&ledger, passing, fact, form, *cases);
    ok = !ledger.count ||
         keeper_record_each(passing->house->keeper, ledger.entries, ledger.count, err);
    for (size_t i = 0; ok && i < ledger.count; i++) {
        struct value *row = value_copy(value_at(*cases, i));

        value_set_bool(row, "done", ledger.results[i].is_done);
        if (!ledger.results[i].is_done) {
            value_set_text(row, "error", ledger.results[i].err.text);
            ++*refused;
        }
        value_push(told, row);
    }
    ledger_clear(&ledger);
    value_free(ok ? *cases : told);
    *cases = ok ? told : *cases;
    return ok;
}

/* ---- telling ---- */

static const struct column COLUMNS[] = {
    {"number", "案号", "NUMBER", 0, false},  {"title", "事项", "CASE", 20, false},
    {"unit", "单位", "UNIT", 20, false},     {"fields", "字段", "FIELDS", 24, false},
    {"result", "结果", "RESULT", 60, false}, {NULL, NULL, NULL, 0, false},
};

struct table *passing_table(const struct value *cases)
{
    struct table *table = table_new(COLUMNS);

    for (size_t i = 0; i < value_count(cases); i++) {
        const struct value *row = value_at(cases, i);
        const struct value *fields = value_get(row, "fields");
        const char *error = value_get_text(row, "error");
        struct buf text;

        buf_init(&text, 4096);
        for (size_t k = 0; k < value_count(fields); k++) {
            buf_add_format(&text, "%s%s", k ? SAY("、", ", ") : "",
                           value_text(value_at(fields, k)));
        }
        table_text(table, value_get_text(row, "number"));
        table_text(table, value_get_text(row, "title"));
        table_text(table, value_get_text(row, "unit"));
        table_text(table, buf_text(&text));
        table_paint(table, error ? PAINT_RED : PAINT_NONE,
                    error                         ? error
                    : value_get_bool(row, "done") ? SAY("已登记", "recorded")
                                                  : SAY("待登记", "to be recorded"));
        buf_clear(&text);
    }
    return table;
}
