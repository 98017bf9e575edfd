/* Reading a ledger. Every row is judged before any is written, so that the preview is what will
 * happen. */
#include "cli/import_rows.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/imports.h"
#include "cli/import_columns.h"
#include "cli/sheet.h"
#include "serve/forms.h"
#include "serve/keeper.h"
#include "serve/keeper_ask.h"

struct reading {
    const struct import_source *source;
    struct value *seen; /* key to the index of its row */
    struct import_sheet *out;
};

void import_row_spoil(struct import_sheet *sheet, struct import_row *row, const char *why)
{
    sheet->totals[row->fate]--;
    sheet->totals[ROW_BAD]++;
    row->fate = ROW_BAD;
    mem_free(row->why);
    row->why = mem_text(why);
}

/* What a spreadsheet shows in the place of a result it could not find. */
static bool is_error(const char *text)
{
    static const char *const ERRORS[] = {"#DIV/0!", "#N/A",  "#NAME?", "#NULL!",
                                         "#NUM!",   "#REF!", "#VALUE!"};

    for (size_t i = 0; *text == '#' && i < COUNT_OF(ERRORS); i++) {
        if (strcmp(text, ERRORS[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* The cells that are fields, and the day it was registered. False when that is no day, or when
   the row is longer than the header. */
static bool take_cells(struct reading *reading, size_t at, struct import_row *row, struct err *why)
{
    struct import_columns *columns = &reading->out->columns;
    struct sheet *sheet = &reading->out->file;
    int64_t day;

    row->given = value_new_map();
    for (size_t column = 0; column < columns->count; column++) {
        const char *text = sheet_cell(sheet, at, column);

        if (is_error(text)) {
            err_set(why, ERR_INVALID,
                    SAY("“%s”这一格是公式错误 %s", "the cell \"%s\" is the error %s of a formula"),
                    sheet->titles[column], text);
            return false;
        }
        if (columns->ids[column] && *text) {
            value_set_text(row->given, columns->ids[column], text);
        } else if (column == columns->key && *text) {
            row->key = text_normal(text);
        } else if (column == columns->opened && *text) {
            if (!clock_parse_day(text, &day, why)) {
                err_add(why, "%s", sheet->titles[column]);
                return false;
            }
            row->opened_at = clock_day_start(day) + INT64_C(9) * 60 * 60 * 1000;
        }
    }
    return sheet_row_fits(sheet, at, why);
}

/* The first field of a kind, required ones before others; NULL: none. */
static const struct value *field_of_kind(const struct reading *reading, const char *kind)
{
    const struct value *found = NULL;

    for (size_t i = 0; i < value_count(reading->source->fields); i++) {
        const struct value *field = value_at(reading->source->fields, i);
        const char *its = value_get_text(field, "kind");

        if (its && strcmp(its, kind) == 0 &&
            (!found || (!value_get_bool(found, "required") && value_get_bool(field, "required")))) {
            found = field;
        }
    }
    return found;
}

/* What the row says in the first field of a kind, without its spaces; the caller frees it. */
static char *plain_cell(const struct reading *reading, const struct import_row *row,
                        const char *kind)
{
    const struct value *field = field_of_kind(reading, kind);
    const char *text = field ? value_get_text(row->given, value_get_text(field, "id")) : NULL;

    return text_normal(text ? text : "");
}

/* 序号 begins at 1 in every list, so that it names a row only together with the unit. */
static void widen_key(const struct reading *reading, struct import_row *row)
{
    char *unit = plain_cell(reading, row, "unit");
    struct buf key;

    buf_init(&key, (size_t)64 * 1024);
    buf_add_format(&key, "%s/%s", row->key, unit);
    mem_free(row->key);
    row->key = mem_text(buf_text(&key));
    buf_clear(&key);
    mem_free(unit);
}

static void take_digest(struct reading *reading, struct import_row *row)
{
    unsigned char bytes[DIGEST_SIZE];
    struct buf text;

    buf_init(&text, (size_t)8 * 1024 * 1024);
    json_write(row->given, &text);
    buf_add_format(&text, "\n%" PRId64, row->opened_at);
    digest_bytes(reading->source->house->site->digest, buf_text(&text), text.length, bytes);
    digest_hex(bytes, row->digest);
    buf_clear(&text);
    if (!row->key) {
        row->key = mem_text(row->digest);
    } else if (reading->out->columns.is_place) {
        widen_key(reading, row);
    }
}

/* Whether the row stands in the file already; then it is settled. */
static bool is_repeated(struct reading *reading, struct import_row *row, struct err *why)
{
    int64_t at = value_get_int(reading->seen, row->key, -1);
    const struct import_row *first;

    if (at < 0) {
        return false;
    }
    first = &reading->out->rows[at];
    if (strcmp(first->digest, row->digest) == 0) {
        row->fate = ROW_DUPLICATE;
        err_set(why, ERR_CONFLICT, SAY("与第 %zu 行相同", "the same as line %zu"), first->line);
    } else {
        row->fate = ROW_BAD;
        err_set(why, ERR_CONFLICT,
                SAY("编号 %s 已用于第 %zu 行，而内容不同",
                    "key %s stands in line %zu with other content"),
                row->key, first->line);
    }
    return true;
}

/* New rows are checked as opening them would: names against the registry, fields by the workflow.
 */
static bool judge_new(struct reading *reading, struct import_row *row, struct err *why)
{
    const struct import_source *source = reading->source;
    struct keeper *keeper = source->house->keeper;
    struct value *coded = NULL;
    struct value *values = NULL;

    row->fate = ROW_NEW;
    if (row->opened_at > site_now(source->house->site)) {
        err_set(why, ERR_INVALID, "%s",
                SAY("登记日期在今天之后", "the day of registration lies in the future"));
        row->fate = ROW_BAD;
    } else if (!forms_codes(keeper, source->house->office_id, source->fields, row->given, &coded,
                            why) ||
               !keeper_values(keeper, source->activation_id, "record", coded, &values, why)) {
        row->fate = ROW_BAD;
    }
    value_free(coded);
    value_free(values);
    return row->fate == ROW_NEW || why->kind != ERR_INTERNAL;
}

static bool is_among(const char *text, const char *const *words)
{
    while (*words && strcmp(*words, text) != 0) {
        words++;
    }
    return *words != NULL;
}

/* Offices report in the ledger that there is nothing to report. */
static bool is_clear(const struct reading *reading, const struct import_row *row)
{
    static const char *const WORDS[] = {"无问题", "零报告", "无问题。", "零报告。", NULL};
    char *plain = plain_cell(reading, row, "text");
    bool is_found = is_among(plain, WORDS);

    mem_free(plain);
    return is_found;
}

/* The first thing the row says is that it sums up others. */
static bool is_total(struct reading *reading, size_t at)
{
    static const char *const WORDS[] = {"合计", "小计", "总计", "合计：", "合计:", NULL};
    bool is_found = false;

    for (size_t column = 0; column < reading->out->file.columns; column++) {
        char *plain = text_normal(sheet_cell(&reading->out->file, at, column));
        bool is_said = *plain != '\0';

        is_found = is_among(plain, WORDS);
        mem_free(plain);
        if (is_said) {
            break;
        }
    }
    return is_found;
}

static bool judge(struct reading *reading, struct import_row *row, struct err *why, struct err *err)
{
    const struct import_source *source = reading->source;
    bool is_same = false;

    if (is_clear(reading, row)) {
        row->fate = ROW_CLEAR;
        err_set(why, ERR_CONFLICT, "%s", SAY("报告无问题，不立案", "reports no problem: no case"));
        return true;
    }
    if (is_repeated(reading, row, why)) {
        return true;
    }
    value_set_int(reading->seen, row->key, (int64_t)reading->out->count);
    if (!import_seen(source->house->site, source->house->office_id, source->workflow, row->key,
                     row->digest, &row->target, &is_same, err)) {
        return false;
    }
    if (row->target) {
        row->fate = is_same ? ROW_SAME : ROW_DIFFERENT;
        if (!is_same) {
            err_set(
                why, ERR_CONFLICT,
                SAY("已导入为 %s，内容有变；请在案件里更正，导入不覆盖",
                    "became %s with other content; correct it there, an import overwrites nothing"),
                row->target);
        }
        return true;
    }
    if (!judge_new(reading, row, why)) {
        *err = *why;
        return false;
    }
    return true;
}

static bool read_row(struct reading *reading, size_t at, struct err *err)
{
    struct import_sheet *out = reading->out;
    struct err why = {0};
    struct import_row *row;

    if ((out->count & (out->count - 1)) == 0) {
        out->rows = mem_resize(out->rows, (out->count ? out->count * 2 : 1) * sizeof *out->rows);
    }
    row = &out->rows[out->count];
    *row = (struct import_row){.line = sheet_line(&out->file, at), .at = at, .fate = ROW_NEW};
    if (!take_cells(reading, at, row, &why)) {
        row->fate = ROW_BAD;
    } else if (is_total(reading, at)) {
        row->fate = ROW_TOTAL;
        err_set(&why, ERR_CONFLICT, "%s", SAY("是合计，不立案", "sums up other rows: no case"));
    }
    take_digest(reading, row);
    if (row->fate == ROW_NEW && !judge(reading, row, &why, err)) {
        out->count++;
        return false;
    }
    row->why = why.text[0] ? mem_text(why.text) : NULL;
    out->totals[row->fate]++;
    out->count++;
    return true;
}

bool import_sheet_read(const struct import_source *source, struct import_sheet *out,
                       struct err *err)
{
    struct reading reading = {.source = source, .out = out};
    bool ok = false;

    *out = (struct import_sheet){0};
    reading.seen = value_new_map();
    if (!sheet_open(&out->file, source->house, source->path, source->name, err)) {
        goto done;
    }
    if (!import_columns_find(source->house, &out->file, source->fields, source->map, &out->columns,
                             err)) {
        err_add(err, "%s", source->path);
        goto done;
    }
    for (size_t at = out->file.first; at < out->file.rows; at++) {
        if (!sheet_is_blank(&out->file, at) && !read_row(&reading, at, err)) {
            goto done;
        }
        if (at % 200 == 0) {
            out_progress(&source->house->out, SAY("已读 %zu / %zu 行", "read %zu of %zu rows"), at,
                         out->file.rows);
        }
    }
    out->has_key = out->columns.key < out->columns.count;
    ok = true;
done:
    value_free(reading.seen);
    return ok;
}

struct value *import_headings(const struct import_sheet *sheet)
{
    struct value *list = value_new_list();

    for (size_t column = 0; column < sheet->columns.count; column++) {
        struct value *one;

        if (import_is_ours(sheet->file.titles[column])) {
            continue;
        }
        one = value_new_map();
        value_set_text(one, "title", sheet->file.titles[column]);
        value_set_text(one, "field", sheet->columns.ids[column]);
        value_push(list, one);
    }
    return list;
}

struct value *import_cells(struct import_sheet *sheet, const struct import_row *row)
{
    struct value *list = value_new_list();

    for (size_t column = 0; column < sheet->columns.count; column++) {
        if (!import_is_ours(sheet->file.titles[column])) {
            value_push(list, value_new_text(sheet_cell(&sheet->file, row->at, column)));
        }
    }
    return list;
}

void import_sheet_clear(struct import_sheet *sheet)
{
    for (size_t i = 0; i < sheet->count; i++) {
        mem_free(sheet->rows[i].key);
        value_free(sheet->rows[i].given);
        mem_free(sheet->rows[i].target);
        mem_free(sheet->rows[i].why);
    }
    mem_free(sheet->rows);
    import_columns_clear(&sheet->columns);
    sheet_close(&sheet->file);
    *sheet = (struct import_sheet){0};
}
