/* Cells lie behind each other in one buffer that is reused from row to row. */
#include "paper/sheet_row.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "paper/csv.h"

void sheet_row_init(struct sheet_row *row)
{
    *row = (struct sheet_row){0};
    buf_init(&row->text, SHEET_ROW_MAX + 2);
    buf_add_byte(&row->text, '\0');
    row->starts = mem_array(CSV_COLUMNS_MAX, sizeof *row->starts);
    row->cover = mem_array(CSV_COLUMNS_MAX, sizeof *row->cover);
}

void sheet_row_clear(struct sheet_row *row)
{
    buf_clear(&row->text);
    mem_free(row->starts);
    mem_free(row->cover);
    *row = (struct sheet_row){0};
}

void sheet_row_begin(struct sheet_row *row, size_t line)
{
    memset(row->starts, 0, row->columns * sizeof *row->starts);
    memset(row->cover, COVER_NONE, row->columns);
    row->columns = 0;
    row->line = line;
    buf_reset(&row->text);
    buf_add_byte(&row->text, '\0');
}

static bool refuse(size_t line, const char *zh, const char *en, size_t limit, struct err *err)
{
    err_set(err, ERR_INVALID, SAY("第 %zu 行：%s（上限 %zu）", "line %zu: %s (the limit is %zu)"),
            line, SAY(zh, en), limit);
    return false;
}

bool sheet_row_put(struct sheet_row *row, size_t column, const char *text, size_t length,
                   struct err *err)
{
    if (column >= CSV_COLUMNS_MAX) {
        return length == 0 ||
               refuse(row->line, "列数太多", "the row has too many columns", CSV_COLUMNS_MAX, err);
    }
    if (length > CSV_FIELD_MAX) {
        return refuse(row->line, "一格的字节太多", "a cell has too many bytes", CSV_FIELD_MAX, err);
    }
    if (row->text.length + length + 1 > SHEET_ROW_MAX) {
        return refuse(row->line, "一行的字节太多", "the row has too many bytes", SHEET_ROW_MAX,
                      err);
    }
    row->columns = column >= row->columns ? column + 1 : row->columns;
    if (length) {
        row->starts[column] = (uint32_t)row->text.length;
        buf_add(&row->text, text, length);
        buf_add_byte(&row->text, '\0');
    }
    return true;
}

void sheet_row_cover(struct sheet_row *row, size_t column, enum cover cover)
{
    row->columns = column >= row->columns ? column + 1 : row->columns;
    row->starts[column] = 0;
    row->cover[column] = (unsigned char)cover;
}

const char *sheet_row_text(const struct sheet_row *row, size_t column)
{
    return row->text.bytes + (column < row->columns ? row->starts[column] : 0);
}

enum cover sheet_row_covered(const struct sheet_row *row, size_t column)
{
    return column < row->columns ? (enum cover)row->cover[column] : COVER_NONE;
}

size_t sheet_row_filled(const struct sheet_row *row)
{
    size_t count = 0;

    for (size_t column = 0; column < row->columns; column++) {
        count += row->starts[column] && !csv_is_blank(row->text.bytes + row->starts[column]);
    }
    return count;
}

bool sheet_row_copy(struct sheet_row *to, const struct sheet_row *from, struct err *err)
{
    sheet_row_begin(to, from->line);
    for (size_t column = 0; column < from->columns; column++) {
        const char *text = sheet_row_text(from, column);

        if (!sheet_row_put(to, column, text, strlen(text), err)) {
            return false;
        }
        to->cover[column] = from->cover[column];
    }
    return true;
}
