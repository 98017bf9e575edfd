/* A workbook from its archive to its rows: the archive, the book, the sheet, each under its own
   limits. */
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "paper/csv.h"
#include "paper/sheet_file.h"
#include "paper/xlsx_book.h"
#include "paper/xlsx_sheet.h"
#include "paper/xlsx_zip.h"

#define NAMES_MAX 20 /* sheets named in a sentence */

static bool is_called(const struct book_sheet *sheet, const char *name)
{
    char *a = text_normal(sheet->name);
    char *b = text_normal(name);
    bool is_same = strcmp(a, b) == 0;

    mem_free(a);
    mem_free(b);
    return is_same;
}

static bool refuse_name(const struct book *book, const char *name, struct err *err)
{
    struct buf names;

    buf_init(&names, 512);
    for (size_t i = 0; i < book->sheet_count && i < NAMES_MAX; i++) {
        if (book->sheets[i].part) {
            buf_add_format(&names, "%s%s", names.length ? SAY("、", ", ") : "",
                           book->sheets[i].name);
        }
    }
    err_set(err, ERR_MISSING,
            SAY("没有名为“%s”的工作表，文件里有：%s", "there is no sheet \"%s\"; there are: %s"),
            name, buf_text(&names));
    buf_clear(&names);
    return false;
}

/* The sheet wanted, mapped; *index tells which. Without a name those that are hidden or empty are
   passed over. */
static bool choose(struct book *book, const char *name, struct sheet_map *map, size_t *index,
                   struct err *err)
{
    for (size_t i = 0; i < book->sheet_count; i++) {
        const struct book_sheet *sheet = &book->sheets[i];

        if (!sheet->part || (name ? !is_called(sheet, name) : sheet->is_hidden)) {
            continue;
        }
        if (!sheet_map_read(book, sheet->part, map, err)) {
            return false;
        }
        *index = i;
        if (name || map->cells) {
            return true;
        }
        sheet_map_clear(map);
    }
    if (name) {
        return refuse_name(book, name, err);
    }
    err_set(err, ERR_INVALID, "%s",
            SAY("没有一个显示的工作表有内容", "no sheet that is shown holds anything"));
    return false;
}

static void tell(const struct book *book, size_t index, const struct sheet_map *map,
                 struct value *told)
{
    struct value *others = value_new_list();

    for (size_t i = 0; i < book->sheet_count; i++) {
        const struct book_sheet *sheet = &book->sheets[i];

        if (i != index && sheet->part && !sheet->is_hidden) {
            value_push(others, value_new_text(sheet->name));
        }
    }
    value_set_text(told, "kind", "xlsx");
    value_set_text(told, "sheet", book->sheets[index].name);
    value_set(told, "others", others);
    value_set_int(told, "hidden", (int64_t)map->hidden);
}

bool xlsx_read(const struct sheet_file *file, struct heading *heading, struct value *told,
               struct err *err)
{
    struct zip_box *box = NULL;
    struct sheet_map map = {0};
    struct book book = {0};
    size_t index = 0;
    bool ok = zip_box_open(file->bytes, file->length, &box, err) && book_read(box, &book, err) &&
              choose(&book, file->name, &map, &index, err) &&
              sheet_rows_read(&book, book.sheets[index].part, &map, heading, err);

    if (ok) {
        tell(&book, index, &map, told);
    }
    sheet_map_clear(&map);
    book_clear(&book);
    zip_box_close(box);
    return ok;
}
