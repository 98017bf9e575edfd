/* Sheets as offices keep them: a title line above, a header, rows, blank lines. */
#include "cli/sheet.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/form.h"
#include "paper/heading.h"
#include "paper/sheet_file.h"

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

bool sheet_is_blank(struct sheet *sheet, size_t row)
{
    for (size_t column = 0; column < csv_columns(sheet->csv, row); column++) {
        if (*sheet_cell(sheet, row, column)) {
            return false;
        }
    }
    return true;
}

static bool take_header(struct sheet *sheet, const char *path, struct err *err)
{
    if (sheet->rows == 0) {
        err_set(err, ERR_INVALID, SAY("%s 没有表头", "%s has no header row"), path);
        return false;
    }
    sheet->columns = csv_columns(sheet->csv, 0);
    sheet->titles = mem_array(sheet->columns, sizeof *sheet->titles);
    for (size_t column = 0; column < sheet->columns; column++) {
        sheet->titles[column] = mem_text(sheet_cell(sheet, 0, column));
    }
    sheet->first = 1;
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

static bool refuse_marked(struct house *house, const char *title, const char *text,
                          const size_t place[static 2], struct err *err)
{
    struct buf where;
    bool ok;

    buf_init(&where, 512);
    buf_add_format(&where, SAY("第 %zu 行第 %zu 列", "line %zu, column %zu"), place[0], place[1]);
    ok = form_refuse_classified(house, title, text, buf_text(&where), err);
    if (ok && title && heading_tail(title) != title) {
        ok = form_refuse_classified(house, heading_tail(title), text, buf_text(&where), err);
    }
    buf_clear(&where);
    return ok;
}

static bool is_clean(struct sheet *sheet, struct csv *csv, struct house *house, struct err *err)
{
    for (size_t row = 0; row < csv_rows(csv); row++) {
        for (size_t column = 0; column < csv_columns(csv, row); column++) {
            bool is_below = csv == sheet->csv && row >= sheet->first && column < sheet->columns;
            const size_t place[] = {csv_line(csv, row), column + 1};
            char *text = csv_trimmed(csv, row, column);
            bool ok =
                refuse_marked(house, is_below ? sheet->titles[column] : NULL, text, place, err);

            mem_free(text);
            if (!ok) {
                return false;
            }
        }
    }
    return true;
}

static bool read_file(struct sheet *sheet, struct house *house, const char *path, const char *name,
                      struct err *err)
{
    struct buf bytes;
    bool ok;

    buf_init(&bytes, SHEET_FILE_MAX + 1);
    ok = house_file(house, path, SHEET_FILE_MAX, &bytes, err);
    if (ok && !reader_read(house->zygote, &bytes, name, &sheet->read, err)) {
        err_add(err, "%s", path);
        ok = false;
    }
    buf_clear(&bytes);
    return ok;
}

bool sheet_open(struct sheet *sheet, struct house *house, const char *path, const char *name,
                struct err *err)
{
    *sheet = (struct sheet){0};
    if (!form_refuse_classified(house, NULL, path, path, err)) {
        return false;
    }
    if (!house->zygote) {
        err_set(err, ERR_INTERNAL, "%s",
                SAY("没有可读取表格的进程", "there is no process to read the sheet"));
        return false;
    }
    if (!read_file(sheet, house, path, name, err)) {
        return false;
    }
    if (csv_rows(sheet->read.rows) == 0 && csv_rows(sheet->read.above) > 1) {
        struct csv *above = sheet->read.above; /* a list of one column looks like titles alone */

        sheet->read.above = sheet->read.rows;
        sheet->read.rows = above;
    }
    sheet->csv = sheet->read.rows;
    sheet->rows = csv_rows(sheet->csv);
    if (!take_header(sheet, path, err) || !has_rows(sheet, path, err)) {
        return false;
    }
    if (!is_clean(sheet, sheet->read.above, house, err) ||
        !is_clean(sheet, sheet->csv, house, err)) {
        err_add(err, "%s", path);
        return false;
    }
    return true;
}

void sheet_tell(const struct sheet *sheet, struct out *out)
{
    const struct value *told = sheet->read.told;
    const struct value *others = value_get(told, "others");
    const char *name = value_get_text(told, "sheet");
    int64_t hidden = value_get_int(told, "hidden", 0);
    struct value *map = out_map(out);

    if (map) {
        value_set(map, "sheet", value_copy(told));
    }
    if (!name || (!value_count(others) && !hidden)) {
        return;
    }
    out_print(out, SAY("工作表“%s”", "Sheet \"%s\""), name);
    for (size_t i = 0; i < value_count(others); i++) {
        out_print(out, "%s%s", i ? SAY("、", ", ") : SAY("；未读：", "; not read: "),
                  value_text(value_at(others, i)));
    }
    out_print(out, "%s", value_count(others) ? SAY("（用 --sheet 指定）", " (see --sheet)") : "");
    if (hidden) {
        out_print(out,
                  SAY("；有 %" PRId64 " 行在表里是隐藏的，也已读入",
                      "; %" PRId64 " rows are hidden there and were read too"),
                  hidden);
    }
    out_print(out, "%s\n", SAY("。", "."));
}

void sheet_close(struct sheet *sheet)
{
    for (size_t column = 0; sheet->titles && column < sheet->columns; column++) {
        mem_free(sheet->titles[column]);
    }
    mem_free(sheet->titles);
    mem_free(sheet->cell);
    reader_sheet_clear(&sheet->read);
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
