/* Sheets by their headers, and plans by their lines. */
#include "casework/import_parts.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/rows.h"
#include "paper/csv.h"
#include "paper/heading.h"

/* Is the word one of those in the list, compared as names are? */
static bool is_among(const char *word, const char *list)
{
    size_t length = strlen(word);

    for (const char *at = list; length && *at;) {
        size_t size = strcspn(at, " ");

        if (size == length && strncmp(at, word, size) == 0) {
            return true;
        }
        at += size + (at[size] == ' ');
    }
    return false;
}

static int field_of(const struct import_sheet *sheet, const char *header, const struct value *extra)
{
    const char *field = value_get_text(extra, header);
    char *word = text_normal(header);
    int found = -1;

    for (size_t i = 0; i < sheet->count; i++) {
        const struct import_column *column = &sheet->columns[i];

        if (field ? strcmp(field, column->field) == 0 : is_among(word, column->words)) {
            found = (int)i;
        }
    }
    mem_free(word);
    return found;
}

static size_t filled(struct csv *csv, size_t row)
{
    size_t count = 0;

    for (size_t column = 0; column < csv_columns(csv, row); column++) {
        count += *csv_cell(csv, row, column) != '\0';
    }
    return count;
}

/* Every field the map names must be one. */
static bool check_map(const struct import_column *columns, size_t count, const struct value *extra,
                      struct err *err)
{
    for (size_t i = 0; i < value_count(extra); i++) {
        const char *field = value_text(value_at(extra, i));
        bool is_known = false;

        for (size_t k = 0; field && k < count; k++) {
            is_known = is_known || strcmp(columns[k].field, field) == 0;
        }
        if (!is_known) {
            err_set(err, ERR_INVALID,
                    SAY("对照表里“%s”对应的“%s”不是字段",
                        "the map calls \"%s\" \"%s\", which is no field"),
                    value_key_at(extra, i), field ? field : "?");
            return false;
        }
    }
    return true;
}

bool import_sheet_open(struct import_sheet *sheet, struct csv *csv,
                       const struct import_column *columns, size_t count, const struct value *extra,
                       struct err *err)
{
    *sheet = (struct import_sheet){.csv = csv, .columns = columns, .count = count};
    for (size_t i = 0; i < count; i++) {
        sheet->at[i] = -1;
    }
    if (!check_map(columns, count, extra, err)) {
        return false;
    }
    while (sheet->header + 1 < csv_rows(csv) && filled(csv, sheet->header) < 2) {
        sheet->header++;
    }
    for (size_t column = 0; column < csv_columns(csv, sheet->header); column++) {
        const char *header = csv_cell(csv, sheet->header, column);
        int field = field_of(sheet, header, extra);

        field = field < 0 ? field_of(sheet, heading_tail(header), extra) : field;
        if (field >= 0 && sheet->at[field] >= 0) {
            err_set(
                err, ERR_INVALID,
                SAY("表头里“%s”这一列出现两次（%s）", "two columns of the sheet are \"%s\" (%s)"),
                SAY(columns[field].label_zh, columns[field].label_en), header);
            return false;
        }
        if (field >= 0) {
            sheet->at[field] = (int)column;
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (columns[i].is_needed && sheet->at[i] < 0) {
            err_set(err, ERR_INVALID, SAY("表头里缺少“%s”这一列", "the sheet has no column \"%s\""),
                    SAY(columns[i].label_zh, columns[i].label_en));
            return false;
        }
    }
    return true;
}

char *import_cell(const struct import_sheet *sheet, size_t row, const char *field)
{
    for (size_t i = 0; i < sheet->count; i++) {
        if (strcmp(sheet->columns[i].field, field) == 0 && sheet->at[i] >= 0) {
            return csv_trimmed(sheet->csv, row, (size_t)sheet->at[i]);
        }
    }
    return mem_text("");
}

bool import_row_is_blank(const struct import_sheet *sheet, size_t row)
{
    for (size_t i = 0; i < sheet->count; i++) {
        char *text = import_cell(sheet, row, sheet->columns[i].field);
        bool is_blank = !*text;

        mem_free(text);
        if (!is_blank) {
            return false;
        }
    }
    return true;
}

bool import_row_fits(const struct import_sheet *sheet, size_t row, struct err *why)
{
    size_t headings = csv_columns(sheet->csv, sheet->header);

    for (size_t column = headings; column < csv_columns(sheet->csv, row); column++) {
        char *text = csv_trimmed(sheet->csv, row, column);
        bool is_blank = !*text;

        mem_free(text);
        if (!is_blank) {
            err_set(why, ERR_INVALID,
                    SAY("第 %zu 格在表头之外，可能少了引号",
                        "cell %zu stands beyond the header; quotes may be missing"),
                    column + 1);
            return false;
        }
    }
    return true;
}

const char *import_label(const struct import_sheet *sheet, const char *field)
{
    for (size_t i = 0; i < sheet->count; i++) {
        if (strcmp(sheet->columns[i].field, field) == 0) {
            return SAY(sheet->columns[i].label_zh, sheet->columns[i].label_en);
        }
    }
    return field;
}

struct import_line *import_line_new(struct import_plan *plan, size_t line_number, const char *code,
                                    const char *name)
{
    struct import_line *line;

    plan->lines = row_room(plan->lines, plan->count, sizeof *plan->lines);
    line = &plan->lines[plan->count++];
    memset(line, 0, sizeof *line);
    line->row = line_number;
    line->code = mem_text(code);
    line->name = mem_text(name);
    line->fields = value_new_map();
    return line;
}

void import_refuse(struct import_line *line, const struct err *why)
{
    line->action = IMPORT_REFUSED;
    mem_free(line->why);
    line->why = mem_text(why->text);
}

void import_foreign(struct import_line *line, const char *name)
{
    struct err why = {0};

    err_set(&why, ERR_CONFLICT,
            SAY("编码 %s 属于其他机构（%s），本机构不能改",
                "the code %s belongs to another office (%s), which alone may change it"),
            line->code, name);
    import_refuse(line, &why);
}

void import_differs(struct import_line *line, const char *field, const char *label,
                    const char *before, const char *after)
{
    struct value *change = value_new_map();

    value_set_text(change, "field", field);
    value_set_text(change, "label", label);
    value_set_text(change, "old", before);
    value_set_text(change, "new", after);
    if (!line->changes) {
        line->changes = value_new_list();
    }
    value_push(line->changes, change);
    line->action = IMPORT_CHANGE;
}

bool import_day(const char *label, const char *text, char out[static 12], struct err *err)
{
    int64_t day = 0;
    char *plain = text_normal(text);
    bool ok = true;

    out[0] = '\0';
    if (*plain) {
        ok = clock_parse_day(plain, &day, err);
        if (ok) {
            clock_format_day(day, out);
        } else {
            err_add(err, "%s", label);
        }
    }
    mem_free(plain);
    return ok;
}

void import_total(struct import_plan *plan)
{
    memset(plan->totals, 0, sizeof plan->totals);
    for (size_t i = 0; i < plan->count; i++) {
        plan->totals[plan->lines[i].action]++;
    }
}
