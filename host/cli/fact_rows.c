/* Facts out of operands and sheets, kept together with the texts they point to. */
#include "cli/fact_rows.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "casework/case_list.h"
#include "cli/form.h"
#include "cli/sheet.h"

void fact_rows_begin(struct fact_rows *rows, const char *fact, int64_t occurred,
                     const struct value *common)
{
    *rows = (struct fact_rows){.fact = fact, .occurred = occurred, .common = common};
}

/* Takes number and form over. */
static void take(struct fact_rows *rows, char *number, struct value *form)
{
    size_t room = rows->count + 1;

    rows->facts = mem_resize(rows->facts, room * sizeof *rows->facts);
    rows->numbers = mem_resize(rows->numbers, room * sizeof *rows->numbers);
    rows->forms = mem_resize(rows->forms, room * sizeof *rows->forms);
    rows->numbers[rows->count] = number;
    rows->forms[rows->count] = form;
    rows->facts[rows->count] = (struct keeper_fact){
        .number = number, .fact = rows->fact, .form = form, .occurred = rows->occurred};
    rows->count = room;
}

void fact_rows_add(struct fact_rows *rows, const char *number, const struct value *form)
{
    take(rows, mem_text(number), value_copy(form));
}

static bool read_row(struct fact_rows *rows, struct sheet *sheet, size_t row, size_t key,
                     struct err *err)
{
    const char *number = sheet_cell(sheet, row, key);
    struct value *form;

    if (!*number) {
        err_set(err, ERR_INVALID, SAY("第 %zu 行没有案号", "line %zu names no case"),
                sheet_line(sheet, row));
        return false;
    }
    form = value_copy(rows->common);
    for (size_t column = 0; column < sheet->columns; column++) {
        const char *text = sheet_cell(sheet, row, column);

        if (column != key && *text && *sheet->titles[column]) {
            value_set_text(form, sheet->titles[column], text);
        }
    }
    take(rows, mem_text(sheet_cell(sheet, row, key)), form);
    return true;
}

bool fact_rows_read(struct fact_rows *rows, struct house *house, const char *path, struct err *err)
{
    static const char *const KEYS[] = {"案号", "案件编号", "编号", "case", "number", NULL};
    struct sheet sheet = {0};
    size_t key;
    bool ok = false;

    if (!sheet_open(&sheet, house, path, NULL, err)) {
        goto done;
    }
    key = sheet_column(&sheet, KEYS);
    if (key == sheet.columns) {
        err_set(err, ERR_INVALID, SAY("%s 没有“案号”一列", "%s has no column \"case\""), path);
        goto done;
    }
    for (size_t row = sheet.first; row < sheet.rows; row++) {
        if (!sheet_is_blank(&sheet, row) && !read_row(rows, &sheet, row, key, err)) {
            err_add(err, "%s", path);
            goto done;
        }
    }
    if (!rows->count) {
        err_set(err, ERR_INVALID, SAY("%s 里没有一行案件", "%s holds no case"), path);
        goto done;
    }
    ok = true;
done:
    sheet_close(&sheet);
    return ok;
}

bool fact_rows_complete(struct fact_rows *rows, struct store *store, const char *office,
                        struct err *err)
{
    for (size_t i = 0; i < rows->count; i++) {
        struct err why = {0};
        char *whole = NULL;

        if (cases_number_at(store, office, rows->numbers[i], &whole, &why)) {
            mem_free(rows->numbers[i]);
            rows->numbers[i] = whole;
            rows->facts[i].number = whole;
        } else if (why.kind != ERR_MISSING) { /* what is missing is refused in its own row */
            *err = why;
            return false;
        }
    }
    return true;
}

void fact_rows_clear(struct fact_rows *rows)
{
    for (size_t i = 0; i < rows->count; i++) {
        mem_free(rows->numbers[i]);
        value_free(rows->forms[i]);
    }
    mem_free(rows->facts);
    mem_free(rows->numbers);
    mem_free(rows->forms);
    *rows = (struct fact_rows){0};
}
