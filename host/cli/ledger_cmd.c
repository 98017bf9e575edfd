/* `duban ledger`: what was imported, column for column, followed by what became of it. Cases that
   were opened otherwise stand behind, their fields under the headings that are those fields. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/case_list.h"
#include "casework/sheets.h"
#include "casework/versions.h"
#include "cli/handlers.h"
#include "cli/house.h"
#include "cli/import_columns.h"
#include "cli/table.h"
#include "cli/view.h"
#include "cli/words.h"
#include "paper/csv.h"
#include "paper/sheet_write.h"

#define CELL_MAX ((size_t)1024 * 1024)

static const char *const OURS[] = {"案号", "状态", "期限", "最近进展", "销号日期"};

/* A form of the sheet: for each of its columns the one of the ledger. */
struct form {
    int64_t sheet_id;
    size_t *places;
    size_t count;
};

struct ledger {
    struct house *house;
    struct view *view;
    const char *workflow;
    const struct value *fields; /* of the version in force, whose kinds tell the days */
    struct value *headings; /* list of {title, field}: those of every form, the last one first */
    struct form *forms;
    size_t form_count;
    struct sheet_writer *writer; /* NULL: the document takes the rows */
    struct value *rows;          /* under --json */
    struct value *row;           /* the imported cells by column; NULL: none */
    int64_t count;
    struct err *err; /* of a callback that cannot say */
    bool is_bad;
};

static size_t place_of(const struct ledger *ledger, const char *title)
{
    size_t at = 0;

    while (at < value_count(ledger->headings) &&
           strcmp(value_get_text(value_at(ledger->headings, at), "title"), title) != 0) {
        at++;
    }
    return at;
}

/* Columns of older forms that the newest one lacks come behind its own. Two without a title, or of
   the same, are one column a file each: they stay apart within it. */
static bool add_form(void *context, int64_t sheet_id, const struct value *headings, struct err *err)
{
    struct ledger *ledger = context;
    bool is_first = ledger->form_count == 0;
    struct form *form;

    (void)err;
    ledger->forms = mem_resize(ledger->forms, (ledger->form_count + 1) * sizeof *ledger->forms);
    form = &ledger->forms[ledger->form_count++];
    *form = (struct form){.sheet_id = sheet_id, .count = value_count(headings)};
    form->places = mem_array(form->count, sizeof *form->places);
    for (size_t i = 0; i < form->count; i++) {
        const struct value *heading = value_at(headings, i);
        const char *title = value_get_text(heading, "title");
        size_t at = is_first ? value_count(ledger->headings) : place_of(ledger, title ? title : "");

        if (at == value_count(ledger->headings)) {
            struct value *one = value_copy(heading);

            value_set_text(one, "title", title ? title : "");
            value_push(ledger->headings, one);
        }
        form->places[i] = at;
    }
    return true;
}

/* Nothing was ever imported: the labels of the record. */
static void use_fields(struct ledger *ledger)
{
    for (size_t i = 0; i < value_count(ledger->fields); i++) {
        const struct value *field = value_at(ledger->fields, i);
        struct value *one = value_new_map();

        value_set_text(one, "title", value_get_text(field, "label"));
        value_set_text(one, "field", value_get_text(field, "id"));
        value_push(ledger->headings, one);
    }
}

static enum sheet_cell kind_of(const struct ledger *ledger, const struct value *heading)
{
    const char *id = value_get_text(heading, "field");
    const struct value *field = id ? label_field(ledger->fields, id) : NULL;
    const char *kind = value_get_text(field, "kind");

    return kind && (strcmp(kind, "date") == 0 || strcmp(kind, "term") == 0) ? SHEET_DAY
                                                                            : SHEET_TEXT;
}

/* A cell into the file, or under its heading into the document's row. */
static bool put(struct ledger *ledger, struct value *map, const char *title, enum sheet_cell kind,
                const char *text)
{
    if (ledger->writer) {
        ledger->is_bad = !sheet_writer_put(ledger->writer, kind, text, ledger->err);
    } else if (*title) {
        value_set_text(map, title, text);
    }
    return !ledger->is_bad;
}

/* "2026-03-05 进展：进展情况 已完成清理", of the last fact; "" without one. */
static bool add_progress(struct ledger *ledger, const struct case_line *line, struct buf *out)
{
    struct labels labels = view_labels(ledger->view, line->activation_id);
    struct stmt *stmt = NULL;
    struct value *body = NULL;
    bool has_row = false;
    bool ok = store_ask(ledger->house->site->store,
                        "SELECT name, COALESCE(occurred, (at + 28800000) / 86400000), body FROM "
                        "events WHERE case_id = $1 AND kind = 'fact' AND name NOT IN ('corrected', "
                        "'noted') AND is_input = 1 ORDER BY seq DESC LIMIT 1",
                        &stmt, ledger->err, "i", line->case_id) &&
              stmt_step(stmt, &has_row, ledger->err);

    if (ok && has_row) {
        struct words_row row = {.kind = "fact", .name = stmt_text(stmt, 0, NULL)};
        size_t length = 0;
        const char *text = stmt_text(stmt, 2, &length);
        char day[12];

        clock_format_day(stmt_int(stmt, 1), day);
        buf_add_format(out, "%s ", day);
        if (text && json_parse(text, length, &body, NULL)) {
            row.body = body;
        }
        words_say(&labels, &row, out);
    }
    if (stmt) {
        stmt_reset(stmt);
    }
    value_free(body);
    return ok;
}

/* The columns behind: what changed since. */
static bool put_ours(struct ledger *ledger, const struct case_line *line, struct value *map)
{
    const struct value *about = view_about(ledger->view, line->activation_id);
    bool is_open = line->closed_at == CASE_NEVER;
    char closed[12] = "";
    struct buf progress;
    bool ok;

    if (!is_open) {
        clock_format_day(clock_day(line->closed_at), closed);
    }
    buf_init(&progress, CELL_MAX);
    ok = add_progress(ledger, line, &progress);
    if (ok) {
        const char *texts[] = {line->number,
                               line->set_aside ? SAY("搁置（故障）", "put aside")
                                               : label_title(about, "states", line->state),
                               is_open && line->due ? line->due : "", buf_text(&progress), closed};

        for (size_t i = 0; ok && i < COUNT_OF(OURS); i++) {
            char title[64];

            snprintf(title, sizeof title, "%s" IMPORT_OURS, OURS[i]);
            ok = put(ledger, map, title, i == 2 || i == 4 ? SHEET_DAY : SHEET_TEXT, texts[i]);
        }
    } else {
        ledger->is_bad = true;
    }
    buf_clear(&progress);
    return ok;
}

/* What a case that no file brought says under a heading. */
static bool put_field(struct ledger *ledger, const struct case_line *line,
                      const struct value *record, const struct value *heading, struct value *map)
{
    const char *id = value_get_text(heading, "field");
    struct labels labels = view_labels(ledger->view, line->activation_id);
    struct buf text;
    bool ok;

    buf_init(&text, CELL_MAX);
    if (id) {
        label_value(&labels, label_field(value_get(labels.about, "fields"), id),
                    value_get(record, id), &text);
    }
    ok = put(ledger, map, value_get_text(heading, "title"), kind_of(ledger, heading),
             buf_text(&text));
    buf_clear(&text);
    return ok;
}

static bool put_case(void *context, const struct case_line *line)
{
    struct ledger *ledger = context;
    struct value *record = NULL;
    struct value *map;

    if (!view_sees(ledger->view, line)) {
        return true;
    }
    if (!ledger->row && !json_parse(line->record, strlen(line->record), &record, ledger->err)) {
        ledger->is_bad = true;
        return false;
    }
    map = value_new_map();
    for (size_t i = 0; !ledger->is_bad && i < value_count(ledger->headings); i++) {
        const struct value *heading = value_at(ledger->headings, i);
        const char *text = ledger->row ? value_text(value_at(ledger->row, i)) : NULL;

        if (ledger->row) {
            put(ledger, map, value_get_text(heading, "title"), kind_of(ledger, heading),
                text ? text : "");
        } else {
            put_field(ledger, line, record, heading, map);
        }
    }
    if (!ledger->is_bad && put_ours(ledger, line, map) && ledger->writer) {
        ledger->is_bad = !sheet_writer_end_row(ledger->writer, ledger->err);
    }
    ledger->count++;
    if (ledger->rows) {
        value_push(ledger->rows, map);
        map = NULL;
    }
    value_free(map);
    value_free(record);
    return !ledger->is_bad;
}

/* The cells of a row, put where the ledger has their columns. */
static bool put_row(void *context, int64_t sheet_id, const char *number, const struct value *cells,
                    struct err *err)
{
    struct ledger *ledger = context;
    size_t width = value_count(ledger->headings);
    const char **texts = mem_array(width + 1, sizeof *texts);
    bool ok;

    for (size_t f = 0; f < ledger->form_count; f++) {
        const struct form *form = &ledger->forms[f];

        for (size_t i = 0; form->sheet_id == sheet_id && i < form->count; i++) {
            texts[form->places[i]] = value_text(value_at(cells, i));
        }
    }
    ledger->row = value_new_list();
    for (size_t i = 0; i < width; i++) {
        value_push(ledger->row, value_new_text(texts[i] ? texts[i] : ""));
    }
    mem_free(texts);
    ok = cases_exact(ledger->house->site->store, number, put_case, ledger, err) && !ledger->is_bad;
    value_free(ledger->row);
    ledger->row = NULL;
    return ok;
}

static bool put_other(void *context, const struct case_line *line)
{
    struct ledger *ledger = context;
    bool is_there = false;

    if (!sheets_has(ledger->house->site, line->number, &is_there, ledger->err)) {
        ledger->is_bad = true;
        return false;
    }
    return is_there || put_case(ledger, line);
}

static bool put_header(struct ledger *ledger)
{
    for (size_t i = 0; !ledger->is_bad && i < value_count(ledger->headings); i++) {
        put(ledger, NULL, value_get_text(value_at(ledger->headings, i), "title"), SHEET_TEXT,
            value_get_text(value_at(ledger->headings, i), "title"));
    }
    for (size_t i = 0; !ledger->is_bad && i < COUNT_OF(OURS); i++) {
        char title[64];

        snprintf(title, sizeof title, "%s" IMPORT_OURS, OURS[i]);
        put(ledger, NULL, title, SHEET_TEXT, title);
    }
    return !ledger->is_bad && sheet_writer_end_row(ledger->writer, ledger->err);
}

static bool put_all(struct ledger *ledger, struct err *err)
{
    struct house *house = ledger->house;
    struct case_filter filter = {
        .offices = &house->office_id, .office_count = 1, .workflow = ledger->workflow};

    if (!sheets_list(house->site, house->office_id, ledger->workflow, add_form, ledger, err)) {
        return false;
    }
    if (!ledger->form_count) {
        use_fields(ledger);
    }
    return (!ledger->writer || put_header(ledger)) &&
           sheets_rows(house->site, house->office_id, ledger->workflow, put_row, ledger, err) &&
           cases_list(house->site->store, &filter, put_other, ledger, err) && !ledger->is_bad;
}

/* The workflow named, or the only one whose ledger was imported. */
static bool find_workflow(struct house *house, const char *word, char **out, struct err *err)
{
    struct stmt *stmt = NULL;
    bool has_row = false;
    bool ok;

    if (word) {
        return view_workflow(house, word, out, err);
    }
    ok =
        store_ask(house->site->store,
                  "SELECT MIN(workflow), COUNT(DISTINCT workflow) FROM sheets WHERE office_id = $1",
                  &stmt, err, "i", house->office_id) &&
        stmt_step(stmt, &has_row, err);
    if (ok && stmt_int(stmt, 1) != 1) {
        err_set(err, ERR_MISSING, "%s",
                SAY("请写明哪一种事项的台账，例如 duban ledger rectification -o 台账.xlsx",
                    "say which workflow, as in: duban ledger rectification -o ledger.xlsx"));
        ok = false;
    }
    if (ok) {
        *out = mem_text(stmt_text(stmt, 0, NULL));
    }
    if (stmt) {
        stmt_reset(stmt);
    }
    return ok;
}

static bool run(struct ledger *ledger, const char *path, struct err *err)
{
    struct house *house = ledger->house;
    struct activation activation = {0};
    struct value *about = NULL;
    bool ok =
        activation_active(house->site, house->office_id, ledger->workflow, &activation, err) &&
        json_parse(activation.about, strlen(activation.about), &about, err) &&
        (!path || sheet_writer_open(out_place(&house->out, path), activation.title,
                                    site_now(house->site), &ledger->writer, err));

    ledger->fields = value_get(about, "fields");
    ledger->headings = value_new_list();
    ledger->rows = ledger->writer ? NULL : value_new_list();
    ok =
        ok && put_all(ledger, err) && (!ledger->writer || sheet_writer_finish(ledger->writer, err));
    value_free(about);
    activation_clear(&activation);
    return ok;
}

static void tell(struct ledger *ledger, const char *path)
{
    struct out *out = &ledger->house->out;

    if (ledger->rows) {
        out_document(out, ledger->rows);
        ledger->rows = NULL;
        return;
    }
    out_print(out, SAY("已写入 %s：%" PRId64 " 行。\n", "Wrote %s: %" PRId64 " rows.\n"), path,
              ledger->count);
    if (out_map(out)) {
        value_set_text(out_map(out), "file", path);
        value_set_int(out_map(out), "rows", ledger->count);
    }
}

static void clear(struct ledger *ledger)
{
    for (size_t i = 0; i < ledger->form_count; i++) {
        mem_free(ledger->forms[i].places);
    }
    mem_free(ledger->forms);
    value_free(ledger->headings);
    value_free(ledger->rows);
    sheet_writer_close(ledger->writer);
}

enum outcome ledger_handler(struct house *house, const struct args *args, struct err *err)
{
    struct view view = {0};
    struct ledger ledger = {.house = house, .view = &view, .err = err};
    const char *path = args_get(args, "o");
    char *workflow = NULL;
    bool ok = false;

    if (!path && !house->out.is_json) {
        return args_refuse(
            err, "%s", SAY("请用 -o 写明文件，如 -o 台账.xlsx", "name the file: -o ledger.xlsx"));
    }
    if (path && !sheet_writer_takes(path, err)) {
        return OUTCOME_USAGE;
    }
    if (house_read(house, err) && view_begin(&view, house, args, err) &&
        find_workflow(house, args_operand(args, 0), &workflow, err)) {
        ledger.workflow = workflow;
        ok = run(&ledger, path, err);
    }
    if (ok) {
        tell(&ledger, path);
    }
    clear(&ledger);
    mem_free(workflow);
    view_end(&view);
    return args_outcome(ok);
}

const struct option ledger_options[] = {
    OPTION_FILE,
    OPTION_BY,
    {NULL, NULL, NULL, NULL},
};
