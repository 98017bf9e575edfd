/* The sections of `duban todo` as they stand on the screen: what it is about, why it is there, and
   below each row the command that deals with it. */
#include "cli/todo.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/proposals.h"
#include "casework/rights.h"
#include "cli/signers.h"
#include "cli/table.h"

static const struct column COLUMNS[] = {
    {"number", "案号", "CASE", 0, false},
    {"unit_name", "单位", "UNIT", 16, false},
    {"reason", "缘由", "WHY", 0, false},
    {"waits_for", "在等", "WAITS FOR", COLUMN_BELOW, false},
    {"command", "办理", "COMMAND", COLUMN_BELOW, false},
    {"title", "事项", "WORKFLOW", COLUMN_HIDDEN, false},
    {"state", "状态", "STATE", COLUMN_HIDDEN, false},
    {"day", "日期", "DAY", COLUMN_HIDDEN, false},
    {"workdays", "工作日", "WORKDAYS", COLUMN_HIDDEN, true},
    {NULL, NULL, NULL, 0, false},
};

/* ---- the command ---- */

/* As a word of a shell: in quotes when it holds anything a shell reads. */
static void put_word(struct buf *out, const char *word)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./,:=@%+";
    bool is_plain = *word != '\0';

    for (const char *at = word; *at; at++) {
        is_plain &= (unsigned char)*at >= 0x80 || strchr(plain, *at) != NULL;
    }
    buf_add_text(out, is_plain ? " " : " '");
    for (const char *at = word; *at; at++) {
        buf_add_text(out, *at == '\'' ? "'\\'" : "");
        buf_add_byte(out, (unsigned char)*at);
    }
    buf_add_text(out, is_plain ? "" : "'");
}

void todo_begin_command(const struct todo *todo, struct buf *out)
{
    const struct globals *globals = &todo->view->house->globals;

    buf_add_text(out, "duban");
    if (strcmp(globals->dir, ".") != 0) {
        buf_add_text(out, " -C");
        put_word(out, globals->dir);
    }
    if (globals->office) {
        buf_add_text(out, " --office");
        put_word(out, globals->office);
    }
    buf_add_byte(out, ' ');
}

void todo_end_command(const struct todo *todo, struct buf *out)
{
    if (todo->by) {
        buf_add_text(out, " --by");
        put_word(out, todo->by);
    }
}

/* What the form asks for is left open behind its label: sent as it stands it is refused. */
static void put_fields(const struct value *fields, struct buf *out)
{
    for (size_t i = 0; i < value_count(fields); i++) {
        const struct value *field = value_at(fields, i);
        const char *label = value_get_text(field, "label");

        if (label && value_get_bool(field, "required") && !value_get_bool(field, "default")) {
            put_word(out, label);
            buf_add_byte(out, '=');
        }
    }
}

void todo_command(const struct todo *todo, const char *number, const struct value *about,
                  const char *fact, struct buf *out)
{
    todo_begin_command(todo, out);
    if (!fact) {
        buf_add_format(out, "explain %s", number);
        return;
    }
    buf_add_format(out, "fact %s", number);
    put_word(out, text_is_zh() ? label_title(about, "facts", fact) : fact);
    put_fields(value_get(value_get(value_get(about, "facts"), fact), "fields"), out);
    todo_end_command(todo, out);
}

/* ---- the reason ---- */

static int64_t workdays_between(const struct todo *todo, int64_t from, int64_t to)
{
    return todo->workdays ? workdays_count(todo->workdays, from + 1, to) : to - from;
}

/* The deadline whose day stands in the case's row, out of the newest row of its history that says
   so; NULL when none does. The caller frees it. */
static char *deadline_of(struct store *store, const struct todo_item *item, const char *day)
{
    struct stmt *stmt = NULL;
    char *name = NULL;
    bool has_row = false;

    if (store_ask(store,
                  "SELECT name FROM events WHERE case_id = $1 AND is_input = 0 AND"
                  " (kind = 'passed' OR ($3 = 0 AND kind IN ('armed', 'redated', 'extended',"
                  " 'resumed', 'returned'))) AND json_extract(body, '$.due') = $2"
                  " ORDER BY seq DESC LIMIT 1",
                  &stmt, NULL, "iti", item->id, day, (int64_t)item->is_late) &&
        stmt_step(stmt, &has_row, NULL) && has_row) {
        name = mem_text(stmt_text(stmt, 0, NULL));
    }
    if (stmt) {
        stmt_reset(stmt);
    }
    return name;
}

static void say_days(const struct todo *todo, int64_t day, struct buf *out)
{
    int64_t late = workdays_between(todo, day, todo->today);
    int64_t left = workdays_between(todo, todo->today, day);

    if (day < todo->today && late == 0) {
        buf_add_text(out, SAY("，已过", ", passed"));
    } else if (day < todo->today) {
        buf_add_format(out, SAY("，超 %" PRId64 " 个工作日", ", %" PRId64 " working day%s late"),
                       late, text_is_zh() || late == 1 ? "" : "s");
    } else if (day == todo->today) {
        buf_add_text(out, SAY("，今天到期", ", due today"));
    } else {
        buf_add_format(out, SAY("，还有 %" PRId64 " 个工作日", ", %" PRId64 " working day%s left"),
                       left, text_is_zh() || left == 1 ? "" : "s");
    }
}

static void add_day(int64_t day, struct buf *out)
{
    char text[12];

    clock_format_day(day, text);
    buf_add_text(out, text);
}

/* "联络员：报告": who may record what ends the state. */
static void say_awaited(const struct todo *todo, const struct case_line *line, struct buf *out)
{
    const struct value *about = view_about(todo->view, line->activation_id);
    const struct value *state = value_get(value_get(about, "states"), line->state);
    const struct value *moves = value_get(state, "moves");
    const char *fact;
    const struct value *by;

    moves = value_count(moves) ? moves : value_get(state, "takes");
    fact = value_text(value_at(moves, 0));
    by = value_get(value_get(value_get(about, "facts"), fact ? fact : ""), "by");
    if (!fact) {
        return;
    }
    buf_add_text(out, SAY("等", "waits for "));
    for (size_t i = 0; i < value_count(by); i++) {
        const char *role = value_get_text(value_at(by, i), "role");

        buf_add_format(out, "%s%s", i ? SAY("、", " or ") : "",
                       role ? rights_title(todo->view->house->site, role)
                            : SAY("有关人员", "who is concerned"));
    }
    buf_add_format(out, SAY("“%s”", ": %s"), label_title(about, "facts", fact));
}

struct row {
    struct todo *todo;
    struct table *table;
    const struct todo_item *item;
};

static void say_reason(struct row *row, const struct case_line *line, struct buf *out)
{
    const struct todo_item *item = row->item;
    const struct value *about = view_about(row->todo->view, line->activation_id);
    const char *day = item->is_late ? line->late_since : line->due;
    char *name = day ? deadline_of(row->todo->view->house->site->store, item, day) : NULL;

    if (name) {
        buf_add_format(out, "%s ", label_title(about, "deadlines", name));
    }
    if (day) {
        buf_add_text(out, day);
        say_days(row->todo, item->day, out);
    } else {
        buf_add_format(out, SAY("%s，未定期限，", "%s, no day set, opened "),
                       label_title(about, "states", line->state));
        add_day(clock_day(line->opened_at), out);
        buf_add_text(out, SAY(" 立案", ""));
    }
    mem_free(name);
}

static bool add_case(void *context, const struct case_line *line)
{
    struct row *row = context;
    const struct todo_item *item = row->item;
    const struct value *about = view_about(row->todo->view, line->activation_id);
    struct buf reason, awaited, command;

    buf_init(&reason, 4096);
    buf_init(&awaited, 4096);
    buf_init(&command, 8192);
    say_reason(row, line, &reason);
    if (!item->fact) {
        say_awaited(row->todo, line, &awaited);
    }
    todo_command(row->todo, line->number, about, item->fact, &command);
    table_text(row->table, line->number);
    table_text(row->table, line->unit_name);
    table_paint(row->table, item->is_late ? PAINT_RED : PAINT_NONE, buf_text(&reason));
    table_text(row->table, awaited.length ? buf_text(&awaited) : NULL);
    table_text(row->table, buf_text(&command));
    table_text(row->table, line->title);
    table_word(row->table, PAINT_NONE, label_title(about, "states", line->state), line->state);
    if (item->day == INT64_MAX) {
        table_text(row->table, NULL);
        table_text(row->table, NULL);
    } else {
        table_day(row->table, item->day);
        table_int(row->table, workdays_between(row->todo, row->todo->today, item->day) -
                                  workdays_between(row->todo, item->day, row->todo->today));
    }
    buf_clear(&reason);
    buf_clear(&awaited);
    buf_clear(&command);
    return true;
}

/* ---- proposals ---- */

struct proposal_row {
    struct row *row;
    bool is_theirs;
};

static void say_proposal(struct row *row, const struct proposal_line *line, bool is_theirs,
                         struct buf *out)
{
    if (is_theirs) {
        buf_add_format(out, "P%" PRId64 " %s", line->proposal_id, line->title);
    } else {
        buf_add_text(out, SAY("等", "waits for "));
        signers_say(row->todo->view, line->signs, line->next_sign, out);
        buf_add_format(out, SAY("签批“%s”", " to sign \"%s\""), line->title);
    }
    buf_add_format(out, SAY("，已等 %" PRId64 " 个工作日", ", for %" PRId64 " working days"),
                   workdays_between(row->todo, row->item->day, row->todo->today));
}

static bool add_proposal(void *context, const struct proposal_line *line)
{
    struct proposal_row *given = context;
    struct row *row = given->row;
    struct view_case found = {0};
    struct buf reason, command;

    if (!view_case(row->todo->view, line->number, &found, NULL)) {
        return true;
    }
    buf_init(&reason, 4096);
    buf_init(&command, 8192);
    say_proposal(row, line, given->is_theirs, &reason);
    todo_begin_command(row->todo, &command);
    if (given->is_theirs) {
        buf_add_format(&command, "approve P%" PRId64 " --opinion %s%s", line->proposal_id,
                       SAY("同意", "agreed"),
                       signers_want_basis(line->signs, line->next_sign) ? " --basis ''" : "");
        todo_end_command(row->todo, &command);
    } else {
        buf_add_format(&command, "explain %s", line->number);
    }
    table_text(row->table, line->number);
    table_text(row->table, found.unit_name);
    table_text(row->table, buf_text(&reason));
    table_text(row->table, NULL);
    table_text(row->table, buf_text(&command));
    table_text(row->table, found.title);
    table_word(row->table, PAINT_NONE, found.state, found.state);
    table_day(row->table, row->item->day);
    table_int(row->table, -workdays_between(row->todo, row->item->day, row->todo->today));
    buf_clear(&reason);
    buf_clear(&command);
    view_case_clear(&found);
    return true;
}

/* ---- sections ---- */

static void add_line(struct row *row)
{
    table_text(row->table, NULL);
    table_text(row->table, NULL);
    table_text(row->table, row->item->reason);
    table_text(row->table, NULL);
    table_text(row->table, row->item->command);
    for (int i = 0; i < 4; i++) {
        table_text(row->table, NULL);
    }
}

static bool add_item(struct row *row, bool is_theirs, struct err *err)
{
    struct store *store = row->todo->view->house->site->store;
    struct proposal_row given = {.row = row, .is_theirs = is_theirs};

    switch (row->item->kind) {
    case TODO_CASE:
        return cases_by_id(store, row->item->id, add_case, row, err);
    case TODO_PROPOSAL:
        return proposals_show(store, row->item->id, add_proposal, &given, err);
    default:
        add_line(row);
        return true;
    }
}

static const struct {
    const char *key, *zh, *en;
    enum paint paint;
} SECTIONS[] = {
    [TODO_SIGN] = {"sign", "等我审批", "waits for my approval", PAINT_YELLOW},
    [TODO_LATE] = {"late", "已超期", "overdue", PAINT_RED},
    [TODO_TODAY] = {"today", "今天到期", "due today", PAINT_YELLOW},
    [TODO_WEEK] = {"week", "本周到期", "due this week", PAINT_BOLD},
    [TODO_UNDATED] = {"undated", "未定期限", "without a day", PAINT_BOLD},
    [TODO_OTHERS] = {"others", "等别人", "waits for others", PAINT_BOLD},
    [TODO_UPKEEP] = {"upkeep", "系统维护", "upkeep", PAINT_BOLD},
};

static bool show_section(struct todo *todo, enum todo_section section, struct value *map,
                         struct err *err)
{
    const struct out *out = &todo->view->house->out;
    const struct todo_list *list = &todo->lists[section];
    struct table *table = table_new(COLUMNS);
    bool ok = true;

    for (size_t i = 0; ok && i < list->kept; i++) {
        struct row row = {.todo = todo, .table = table, .item = &list->items[i]};

        ok = add_item(&row, section == TODO_SIGN, err);
    }
    if (ok && list->count) {
        out_paint(out, SECTIONS[section].paint, "%s  %" PRId64,
                  SAY(SECTIONS[section].zh, SECTIONS[section].en), list->count);
        if ((int64_t)list->kept < list->count) {
            out_print(out, SAY("（列出前 %zu 项）", " (%zu shown)"), list->kept);
        }
        out_print(out, "\n");
        table_print_bare(table, out);
        out_print(out, "\n");
    }
    if (ok) {
        struct value *told = value_new_map();

        value_set_int(told, "count", list->count);
        value_set(told, "rows", table_value(table));
        value_set(map, SECTIONS[section].key, told);
    }
    table_free(table);
    return ok;
}

bool todo_show(struct todo *todo, struct value *map, struct err *err)
{
    for (size_t i = 0; i < TODO_SECTIONS; i++) {
        if (!show_section(todo, (enum todo_section)i, map, err)) {
            return false;
        }
    }
    return true;
}
