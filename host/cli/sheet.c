/* Sheets as offices keep them: a title line above, a header, rows, blank lines. */
#include "cli/sheet.h"

#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/form.h"

const char *sheet_cell(struct sheet *sheet, size_t row, size_t column)
{
    mem_free(sheet->cell);
    sheet->cell = csv_trimmed(sheet->csv, row, column);
    return sheet->cell;
}

size_t sheet_line(const struct sheet *sheet, size_t row)
{
    return csv_line(sheet->csv, row);
}

static size_t filled(struct sheet *sheet, size_t row)
{
    size_t count = 0;

    for (size_t column = 0; column < csv_columns(sheet->csv, row); column++) {
        count += *sheet_cell(sheet, row, column) != '\0';
    }
    return count;
}

bool sheet_is_blank(struct sheet *sheet, size_t row)
{
    return filled(sheet, row) == 0;
}

static bool find_header(struct sheet *sheet, const char *path, struct err *err)
{
    size_t row = 0;

    while (row + 1 < sheet->rows && filled(sheet, row) < 2) {
        row++;
    }
    if (row >= sheet->rows || filled(sheet, row) == 0) {
        err_set(err, ERR_INVALID, SAY("%s 没有表头", "%s has no header row"), path);
        return false;
    }
    sheet->columns = csv_columns(sheet->csv, row);
    sheet->titles = mem_array(sheet->columns, sizeof *sheet->titles);
    for (size_t column = 0; column < sheet->columns; column++) {
        sheet->titles[column] = mem_text(sheet_cell(sheet, row, column));
    }
    sheet->first = row + 1;
    return true;
}

bool sheet_row_fits(struct sheet *sheet, size_t row, struct err *why)
{
    for (size_t column = sheet->columns; column < csv_columns(sheet->csv, row); column++) {
        if (*sheet_cell(sheet, row, column)) {
            err_set(why, ERR_INVALID,
                    SAY("第 %zu 格在表头之外，可能少了引号",
                        "cell %zu stands beyond the header; quotes may be missing"),
                    column + 1);
            return false;
        }
    }
    return true;
}

static bool has_rows(struct sheet *sheet, const char *path, struct err *err)
{
    for (size_t row = sheet->first; row < sheet->rows; row++) {
        if (!sheet_is_blank(sheet, row)) {
            return true;
        }
    }
    err_set(err, ERR_INVALID, SAY("%s 只有表头，没有数据", "%s has a header and no rows"), path);
    return false;
}

static bool is_clean(struct sheet *sheet, struct house *house, struct err *err)
{
    for (size_t row = 0; row < sheet->rows; row++) {
        for (size_t column = 0; column < csv_columns(sheet->csv, row); column++) {
            bool is_below = row >= sheet->first && column < sheet->columns;
            struct buf where;
            bool ok;

            buf_init(&where, 512);
            buf_add_format(&where, SAY("第 %zu 行第 %zu 列", "line %zu, column %zu"),
                           sheet_line(sheet, row), column + 1);
            ok = form_refuse_classified(house, is_below ? sheet->titles[column] : NULL,
                                        sheet_cell(sheet, row, column), buf_text(&where), err);
            buf_clear(&where);
            if (!ok) {
                return false;
            }
        }
    }
    return true;
}

bool sheet_open(struct sheet *sheet, struct house *house, const char *path, struct err *err)
{
    struct buf bytes;
    bool ok = false;

    *sheet = (struct sheet){0};
    buf_init(&bytes, CSV_BYTES_MAX + 1);
    if (!form_refuse_classified(house, NULL, path, path, err) ||
        !house_file(house, path, CSV_BYTES_MAX, &bytes, err)) {
        goto done;
    }
    if (bytes.length >= 4 && memcmp(bytes.bytes, "PK\x03\x04", 4) == 0) {
        err_set(err, ERR_INVALID, "%s",
                SAY("目前只读 CSV：请在表格软件里另存为 CSV",
                    "only CSV is read so far: save the sheet as CSV"));
        goto named;
    }
    if (!csv_parse(buf_text(&bytes), bytes.length, &sheet->csv, err)) {
        goto named;
    }
    sheet->rows = csv_rows(sheet->csv);
    if (!find_header(sheet, path, err) || !has_rows(sheet, path, err)) {
        goto done;
    }
    if (!is_clean(sheet, house, err)) {
        goto named;
    }
    ok = true;
    goto done;
named:
    err_add(err, "%s", path);
done:
    buf_clear(&bytes);
    return ok;
}

void sheet_close(struct sheet *sheet)
{
    for (size_t column = 0; sheet->titles && column < sheet->columns; column++) {
        mem_free(sheet->titles[column]);
    }
    mem_free(sheet->titles);
    mem_free(sheet->cell);
    csv_free(sheet->csv);
    *sheet = (struct sheet){0};
}

bool sheet_title_is(const char *title, const char *name)
{
    char *a = text_normal(title);
    char *b = text_normal(name);
    bool is_same = strcmp(a, b) == 0;

    mem_free(a);
    mem_free(b);
    return is_same;
}

size_t sheet_column(const struct sheet *sheet, const char *const *names)
{
    for (size_t i = 0; names[i]; i++) {
        for (size_t column = 0; column < sheet->columns; column++) {
            if (sheet_title_is(sheet->titles[column], names[i])) {
                return column;
            }
        }
    }
    return sheet->columns;
}
