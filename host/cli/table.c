/* Tables for people and programs: cells are kept as text to show and as a value to hand over. */
#include "cli/table.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "paper/sheet_write.h"

#define GAP "  "

struct cell {
    char *text; /* NULL: empty */
    struct value *value;
    enum paint paint;
};

struct table {
    const struct column *columns;
    size_t column_count;
    struct cell *cells;
    size_t cell_count;
    size_t cell_room;
};

struct table *table_new(const struct column *columns)
{
    struct table *table = mem_new(sizeof *table);

    table->columns = columns;
    while (columns[table->column_count].key) {
        table->column_count++;
    }
    return table;
}

void table_free(struct table *table)
{
    if (!table) {
        return;
    }
    for (size_t i = 0; i < table->cell_count; i++) {
        mem_free(table->cells[i].text);
        value_free(table->cells[i].value);
    }
    mem_free(table->cells);
    mem_free(table);
}

static void add(struct table *table, enum paint paint, const char *text, struct value *value)
{
    if (table->cell_count == table->cell_room) {
        table->cell_room = table->cell_room ? table->cell_room * 2 : 64;
        table->cells = mem_resize(table->cells, table->cell_room * sizeof *table->cells);
    }
    table->cells[table->cell_count++] = (struct cell){mem_text(text), value, paint};
}

void table_paint(struct table *table, enum paint paint, const char *text)
{
    add(table, paint, text, value_new_text(text));
    /* A cell is one line: whatever moves the cursor becomes a space. */
    if (text) {
        text_clean(table->cells[table->cell_count - 1].text, ' ', "");
    }
}

void table_text(struct table *table, const char *text)
{
    table_paint(table, PAINT_NONE, text);
}

void table_word(struct table *table, enum paint paint, const char *text, const char *word)
{
    add(table, paint, text, value_new_text(word));
}

void table_int(struct table *table, int64_t number)
{
    char text[24];

    snprintf(text, sizeof text, "%lld", (long long)number);
    add(table, PAINT_NONE, text, value_new_int(number));
}

void table_number(struct table *table, enum paint paint, const char *text, int64_t number)
{
    add(table, paint, text, value_new_int(number));
}

void table_instant(struct table *table, int64_t instant)
{
    char text[24];
    struct value *value;

    clock_format_instant(instant, text);
    value = value_new_text(text);
    text[16] = '\0'; /* minutes are enough for people */
    add(table, PAINT_NONE, text, value);
}

void table_day(struct table *table, int64_t day)
{
    char text[12];

    clock_format_day(day, text);
    table_text(table, text);
}

size_t table_rows(const struct table *table)
{
    return table->column_count ? table->cell_count / table->column_count : 0;
}

static const char *title_of(const struct column *column)
{
    return SAY(column->title_zh, column->title_en);
}

static const char *text_of(const struct table *table, size_t row, size_t column)
{
    const char *text = table->cells[row * table->column_count + column].text;

    return text ? text : "";
}

static size_t width_of(const struct table *table, size_t column)
{
    size_t most = table->columns[column].width_max;
    size_t widest = text_width(title_of(&table->columns[column]));

    for (size_t row = 0; row < table_rows(table); row++) {
        size_t width = text_width(text_of(table, row, column));

        widest = width > widest ? width : widest;
    }
    return most && widest > most ? most : widest;
}

static size_t sum_of(const size_t *widths, size_t count)
{
    size_t sum = 0;

    for (size_t i = 0; i < count; i++) {
        sum += widths[i] ? widths[i] + (sum ? strlen(GAP) : 0) : 0;
    }
    return sum;
}

/* The widest column gives way, down to 8; only_cut: of those that say how wide they may be at most,
   which are names that one knows from their beginning. */
static void shrink(const struct table *table, size_t room, bool only_cut, size_t *widths)
{
    while (sum_of(widths, table->column_count) > room) {
        size_t widest = 0;

        for (size_t i = 0; i < table->column_count; i++) {
            bool may = !only_cut || table->columns[i].width_max > 0;

            widest = may && widths[i] > 8 && widths[i] > (widest ? widths[widest - 1] : 0) ? i + 1
                                                                                           : widest;
        }
        if (!widest) {
            return;
        }
        widths[widest - 1]--;
    }
}

/* What people miss least goes first, then the widest column shrinks. A column of width 0 is left
   out; under --json all are there. */
static void fit(const struct table *table, size_t room, size_t *widths)
{
    static const char *const SPARE[] = {"hash", "fixed", "min", "max", "note"};
    static const char *const IDS[] = {"job", "workflow"};
    size_t count = table->column_count;
    bool has_title = false;

    for (size_t i = 0; i < count; i++) {
        has_title |= i > 0 && strcmp(table->columns[i].key, "title") == 0;
    }
    for (size_t k = 0; k < COUNT_OF(SPARE) + COUNT_OF(IDS); k++) {
        bool is_id = k > 0 && k <= COUNT_OF(IDS);
        const char *key = k == 0 ? SPARE[0] : is_id ? IDS[k - 1] : SPARE[k - COUNT_OF(IDS)];

        for (size_t i = 0; i < count && sum_of(widths, count) > room; i++) {
            if (strcmp(table->columns[i].key, key) == 0 && (has_title || !is_id)) {
                widths[i] = 0;
            }
        }
    }
    shrink(table, room, true, widths);
    shrink(table, room, false, widths);
}

/* A cell behind `gap` spaces that are owed; gives back how many it owes the next one, so that no
   line ends in spaces. */
static size_t print_cell(const struct out *out, const struct column *column, size_t width,
                         size_t gap, const struct cell *cell)
{
    const char *text = cell->text ? cell->text : "";
    bool is_cut = text_width(text) > width;
    char *shown = mem_text_n(text, is_cut ? text_fit(text, width - 1) : strlen(text));
    size_t takes = text_width(shown) + (is_cut ? 1 : 0);
    size_t pad = width > takes ? width - takes : 0;

    if (takes) {
        out_print(out, "%*s", (int)(gap + (column->is_right ? pad : 0)), "");
        out_paint(out, cell->paint, "%s%s", shown, is_cut ? "…" : "");
        gap = column->is_right ? 0 : pad;
    } else {
        gap += width;
    }
    mem_free(shown);
    return gap;
}

/* A row, or the headings (SIZE_MAX). */
static void print_row(const struct table *table, const struct out *out, const size_t *widths,
                      size_t row)
{
    bool is_first = true;
    size_t gap = 0;

    for (size_t i = 0; i < table->column_count; i++) {
        const struct column *column = &table->columns[i];
        const struct cell heading = {.text = (char *)title_of(column), .paint = PAINT_BOLD};

        if (widths[i]) {
            gap += is_first ? 0 : strlen(GAP);
            is_first = false;
            gap = print_cell(out, column, widths[i], gap,
                             row == SIZE_MAX ? &heading
                                             : &table->cells[row * table->column_count + i]);
        }
    }
    out_print(out, "\n");
}

/* What stands below a row: the cells too long for any column. */
static void print_below(const struct table *table, const struct out *out, size_t row, size_t indent)
{
    for (size_t i = 0; i < table->column_count; i++) {
        const char *text = text_of(table, row, i);

        if (table->columns[i].width_max == COLUMN_BELOW && *text) {
            out_print(out, "%*s", (int)indent, "");
            out_paint(out, PAINT_DIM, "%s", text);
            out_print(out, "\n");
        }
    }
}

static void print_rows(const struct table *table, const struct out *out, size_t most, size_t indent)
{
    size_t rows = table_rows(table) < most ? table_rows(table) : most;
    size_t *widths = mem_array(table->column_count, sizeof *widths);

    for (size_t i = 0; i < table->column_count; i++) {
        widths[i] = table->columns[i].width_max >= COLUMN_HIDDEN ? 0 : width_of(table, i);
    }
    fit(table, out->display.columns - indent, widths);
    if (!indent) {
        print_row(table, out, widths, SIZE_MAX);
    }
    for (size_t row = 0; row < rows; row++) {
        out_print(out, "%*s", (int)indent, "");
        print_row(table, out, widths, row);
        print_below(table, out, row, indent + 4);
    }
    mem_free(widths);
}

void table_print(const struct table *table, const struct out *out, const char *nothing)
{
    if (out->is_json) {
        return;
    }
    if (table_rows(table)) {
        print_rows(table, out, SIZE_MAX, 0);
    } else if (nothing) {
        out_print(out, "%s\n", nothing);
    }
}

void table_print_bare(const struct table *table, const struct out *out)
{
    if (!out->is_json) {
        print_rows(table, out, SIZE_MAX, 2);
    }
}

void table_print_most(const struct table *table, const struct out *out, size_t most)
{
    if (out->is_json) {
        return;
    }
    print_rows(table, out, most, 0);
    if (table_rows(table) > most) {
        out_print(out, SAY("（另有 %zu 行）\n", "(%zu more)\n"), table_rows(table) - most);
    }
}

struct value *table_value(const struct table *table)
{
    struct value *list = value_new_list();

    for (size_t row = 0; row < table_rows(table); row++) {
        struct value *map = value_new_map();

        for (size_t i = 0; i < table->column_count; i++) {
            value_set(map, table->columns[i].key,
                      value_copy(table->cells[row * table->column_count + i].value));
        }
        value_push(list, map);
    }
    return list;
}

void table_show(const struct table *table, struct out *out, const char *nothing)
{
    if (out->is_json) {
        out_document(out, table_value(table));
    } else {
        table_print(table, out, nothing);
    }
}

static bool write_row(const struct table *table, struct sheet_writer *writer, size_t row,
                      struct err *err)
{
    for (size_t i = 0; i < table->column_count; i++) {
        const struct column *column = &table->columns[i];
        const char *text = row == SIZE_MAX ? title_of(column) : text_of(table, row, i);

        if (!sheet_writer_put(writer, column->is_right ? SHEET_NUMBER : SHEET_DAY, text, err)) {
            return false;
        }
    }
    return sheet_writer_end_row(writer, err);
}

static bool write_file(const struct table *table, const char *path, struct err *err)
{
    struct sheet_writer *writer = NULL;
    bool ok = sheet_writer_open(path, "", clock_now(), &writer, err) &&
              write_row(table, writer, SIZE_MAX, err);

    for (size_t row = 0; ok && row < table_rows(table); row++) {
        ok = write_row(table, writer, row, err);
    }
    ok = ok && sheet_writer_finish(writer, err);
    sheet_writer_close(writer);
    return ok;
}

bool table_give(const struct table *table, struct out *out, const char *path, const char *nothing,
                struct err *err)
{
    if (!path) {
        table_show(table, out, nothing);
        return true;
    }
    if (!write_file(table, out_place(out, path), err)) {
        return false;
    }
    out_print(out, SAY("已写入 %s：%zu 行。\n", "Wrote %s: %zu rows.\n"), path, table_rows(table));
    if (out_map(out)) {
        value_set_text(out_map(out), "file", path);
        value_set_int(out_map(out), "rows", (int64_t)table_rows(table));
    }
    return true;
}
