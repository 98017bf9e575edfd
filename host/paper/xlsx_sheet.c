/* The second reading: one row is held at a time, and only as long as it takes to hand it on. */
#include "paper/xlsx_sheet.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "paper/csv.h"
#include "paper/xlsx_xml.h"

enum cell_type {
    CELL_NUMBER,
    CELL_SHARED,
    CELL_BOOL,
    CELL_DATE, /* ISO 8601 */
    CELL_TEXT  /* inline, of a formula, an error */
};

struct cell {
    enum cell_type type;
    uint32_t line;
    uint32_t column;
    long style;
    struct buf text;
    bool has_value;
    bool has_formula;
};

struct rows {
    struct book *book;
    const struct sheet_map *map;
    struct heading *heading;
    struct sheet_row row;
    struct cell cell;
    size_t line;       /* of the row, 0 before the first */
    size_t total;      /* bytes handed on */
    size_t next_range; /* of those merged, the first that has not begun */
    uint32_t *until;   /* by column: the line to which a range covers it */
    unsigned char *how;
    size_t widest; /* columns that were ever covered */
    struct buf shown;
    bool is_in_data, is_in_row, is_in_cell, is_text, is_inline;
    size_t silent; /* depth inside rPh */
};

static bool damaged(const struct rows *rows, const char *zh, const char *en, struct err *err)
{
    err_set(err, ERR_INVALID, SAY("第 %zu 行：%s", "line %zu: %s"), rows->line, SAY(zh, en));
    return false;
}

static bool begin_row(struct rows *rows, const char **attributes, struct err *err)
{
    long line = xml_number(attributes, "r", (long)rows->line + 1);

    if (line <= (long)rows->line || line > SHEET_LINES_MAX) {
        return damaged(rows, "后面的行号不对，文件已损坏，请在 WPS 或 Excel 中打开后另存为 .xlsx",
                       "the number of the row behind it is wrong; the file is damaged", err);
    }
    rows->line = (size_t)line;
    rows->cell.column = UINT32_MAX; /* so that a cell without a reference is the first */
    rows->is_in_row = true;
    sheet_row_begin(&rows->row, rows->line);
    return true;
}

static enum cell_type type_of(const char **attributes)
{
    static const struct {
        const char *name;
        enum cell_type type;
    } TYPES[] = {{"s", CELL_SHARED}, {"b", CELL_BOOL},         {"d", CELL_DATE}, {"n", CELL_NUMBER},
                 {"str", CELL_TEXT}, {"inlineStr", CELL_TEXT}, {"e", CELL_TEXT}};
    const char *type = xml_attribute(attributes, "t");

    for (size_t i = 0; type && i < COUNT_OF(TYPES); i++) {
        if (strcmp(type, TYPES[i].name) == 0) {
            return TYPES[i].type;
        }
    }
    return CELL_NUMBER;
}

static bool begin_cell(struct rows *rows, const char **attributes, struct err *err)
{
    struct cell *cell = &rows->cell;
    const char *reference = xml_attribute(attributes, "r");
    uint32_t column = cell->column + 1;
    uint32_t line = (uint32_t)rows->line;

    if (reference && (!sheet_reference(reference, &line, &column) || line != rows->line)) {
        return damaged(rows, "单元格的位置不对，文件已损坏，请在 WPS 或 Excel 中打开后另存为 .xlsx",
                       "a cell says it is elsewhere; the file is damaged", err);
    }
    cell->type = type_of(attributes);
    cell->line = line;
    cell->column = column;
    cell->style = xml_number(attributes, "s", 0);
    cell->has_value = cell->has_formula = false;
    buf_reset(&cell->text);
    rows->is_in_cell = true;
    return true;
}

static bool on_start(void *context, const char *name, const char **attributes, struct err *err)
{
    struct rows *rows = context;

    rows->is_text = false;
    if (!rows->is_in_data) {
        rows->is_in_data = strcmp(name, "sheetData") == 0;
        return true;
    }
    if (!rows->is_in_row) {
        return strcmp(name, "row") != 0 || begin_row(rows, attributes, err);
    }
    if (!rows->is_in_cell) {
        return strcmp(name, "c") != 0 || begin_cell(rows, attributes, err);
    }
    if (strcmp(name, "rPh") == 0) {
        rows->silent++;
    } else if (strcmp(name, "is") == 0) {
        rows->is_inline = true;
    } else if (strcmp(name, "f") == 0) {
        rows->cell.has_formula = true;
    } else if (strcmp(name, "v") == 0 || (strcmp(name, "t") == 0 && rows->is_inline)) {
        rows->is_text = rows->silent == 0;
        rows->cell.has_value = true;
    }
    return true;
}

static bool on_text(void *context, const char *bytes, size_t length, struct err *err)
{
    struct rows *rows = context;

    if (!rows->is_text) {
        return true;
    }
    buf_add(&rows->cell.text, bytes, length);
    if (rows->cell.text.is_over) {
        err_set(err, ERR_INVALID,
                SAY("第 %zu 行：一格的字节太多（上限 %zu）",
                    "line %zu: a cell has too many bytes (the limit is %zu)"),
                rows->line, CSV_FIELD_MAX);
        return false;
    }
    return true;
}

/* Appends the shared string that the cell points to. */
static bool add_shared(struct rows *rows, struct err *err)
{
    const struct book *book = rows->book;
    const char *text = buf_text(&rows->cell.text);
    size_t length = strlen(text);
    size_t at = length && length < 10 && strspn(text, "0123456789") == length
                    ? strtoul(text, NULL, 10)
                    : SIZE_MAX;

    if (at >= book->string_count) {
        return damaged(rows, "引用的文字不存在，文件已损坏，请在 WPS 或 Excel 中打开后另存为 .xlsx",
                       "a cell points to no text; the file is damaged", err);
    }
    buf_add_text(&rows->shown, buf_text(&book->texts) + book->starts[at]);
    return true;
}

/* "2026-03-05T00:00:00" as a day, with its time where it has one. */
static void add_iso(struct rows *rows)
{
    const char *text = buf_text(&rows->cell.text);
    size_t day = strcspn(text, "T");

    buf_add(&rows->shown, text, day);
    if (text[day] && strncmp(text + day, "T00:00", 6) != 0) {
        buf_add_format(&rows->shown, " %.5s", text + day + 1);
    }
}

static bool show_cell(struct rows *rows, struct err *err)
{
    struct cell *cell = &rows->cell;
    const struct book *book = rows->book;
    struct format format = {FORMAT_PLAIN, 0};

    buf_reset(&rows->shown);
    if (cell->style >= 0 && (size_t)cell->style < book->format_count) {
        format = book->formats[cell->style];
    }
    switch (cell->type) {
    case CELL_SHARED:
        return !cell->has_value || add_shared(rows, err);
    case CELL_BOOL:
        buf_add_text(&rows->shown, strcmp(buf_text(&cell->text), "1") == 0   ? "是"
                                   : strcmp(buf_text(&cell->text), "0") == 0 ? "否"
                                                                             : "");
        return true;
    case CELL_DATE:
        add_iso(rows);
        return true;
    case CELL_NUMBER:
        format_number(format, book->is_1904, buf_text(&cell->text), &rows->shown);
        return true;
    default:
        book_add_text(&rows->shown, buf_text(&cell->text), cell->text.length);
        return true;
    }
}

static bool end_cell(struct rows *rows, struct err *err)
{
    struct cell *cell = &rows->cell;

    rows->is_in_cell = rows->is_inline = false;
    rows->silent = 0;
    if (cell->has_formula &&
        (!cell->has_value || (cell->type == CELL_NUMBER && cell->text.length == 0))) {
        err_set(err, ERR_INVALID,
                SAY("第 %zu 行第 %" PRIu32
                    " 列的公式没有算出结果，请在 WPS 或 Excel 中打开并保存一次",
                    "line %zu, column %" PRIu32
                    ": the formula has no result; open the file in WPS or Excel and save it once"),
                rows->line, cell->column + 1);
        return false;
    }
    if (!show_cell(rows, err)) {
        return false;
    }
    rows->total += rows->shown.length + 1;
    if (rows->total > CSV_TEXT_MAX) {
        err_set(err, ERR_INVALID,
                SAY("第 %zu 行：文件里的文字太多（上限 %zu）",
                    "line %zu: the file holds too much text (the limit is %zu)"),
                rows->line, CSV_TEXT_MAX);
        return false;
    }
    return sheet_row_put(&rows->row, cell->column, buf_text(&rows->shown), rows->shown.length, err);
}

/* Ranges that begin on this line, or began on one that has no row. Their first column is covered
   from above, the others from the left. */
static void begin_ranges(struct rows *rows)
{
    const struct sheet_map *map = rows->map;

    while (rows->next_range < map->merged_count &&
           map->merged[rows->next_range].top <= rows->line) {
        const struct merged *range = &map->merged[rows->next_range++];

        for (uint32_t column = range->left; column <= range->right; column++) {
            rows->until[column] = range->bottom;
            rows->how[column] = COVER_ACROSS;
        }
        /* On its first line the text stands here; where there is none, there is none to repeat. */
        rows->how[range->left] = range->top == rows->line ? COVER_NONE : COVER_BLANK;
        rows->widest = range->right >= rows->widest ? range->right + 1 : rows->widest;
    }
}

static void cover_row(struct rows *rows)
{
    begin_ranges(rows);
    for (size_t column = 0; column < rows->widest; column++) {
        if (rows->until[column] < rows->line) {
            continue;
        }
        if (rows->how[column] == COVER_NONE) {
            rows->how[column] =
                csv_is_blank(sheet_row_text(&rows->row, column)) ? COVER_BLANK : COVER_DOWN;
        } else {
            sheet_row_cover(&rows->row, column, (enum cover)rows->how[column]);
        }
    }
}

static bool on_end(void *context, const char *name, struct err *err)
{
    struct rows *rows = context;

    rows->is_text = false;
    if (rows->is_in_cell) {
        if (strcmp(name, "rPh") == 0 && rows->silent) {
            rows->silent--;
        }
        return strcmp(name, "c") != 0 || end_cell(rows, err);
    }
    rows->is_in_data = rows->is_in_data && strcmp(name, "sheetData") != 0;
    if (rows->is_in_row && strcmp(name, "row") == 0) {
        rows->is_in_row = false;
        cover_row(rows);
        return heading_add(rows->heading, &rows->row, err);
    }
    return true;
}

bool sheet_rows_read(struct book *book, const char *part, const struct sheet_map *map,
                     struct heading *heading, struct err *err)
{
    static const struct xml_handler HANDLER = {on_start, on_end, on_text};
    struct rows rows = {.book = book, .map = map, .heading = heading};
    bool ok;

    sheet_row_init(&rows.row);
    buf_init(&rows.cell.text, CSV_FIELD_MAX);
    buf_init(&rows.shown, 2 * CSV_FIELD_MAX);
    rows.until = mem_array(CSV_COLUMNS_MAX, sizeof *rows.until);
    rows.how = mem_array(CSV_COLUMNS_MAX, sizeof *rows.how);
    ok = xml_read(book->box, part, &HANDLER, &rows, err) && heading_end(heading, err);
    sheet_row_clear(&rows.row);
    buf_clear(&rows.cell.text);
    buf_clear(&rows.shown);
    mem_free(rows.until);
    mem_free(rows.how);
    return ok;
}
