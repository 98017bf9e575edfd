/* The rows of a table as a file, by the ending of its name. */
#include "cli/table.h"

#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/text.h"
#include "cli/table_parts.h"
#include "paper/csv.h"

#define FILE_MAX ((size_t)512 * 1024 * 1024)
#define FILE_MODE 0600

static bool ends_in(const char *path, const char *end)
{
    size_t length = strlen(path);
    size_t size = strlen(end);

    return length > size && strcmp(path + length - size, end) == 0;
}

/* A BOM, else Excel takes it for GBK; lines end as it ends them; no cell is a formula. */
static bool write_csv(const struct table *table, const char *path, struct err *err)
{
    size_t rows = table_rows(table);
    struct buf text;
    bool ok;

    buf_init(&text, FILE_MAX);
    buf_add_text(&text, "\xef\xbb\xbf");
    for (size_t row = 0; row <= rows; row++) {
        for (size_t i = 0; i < table_columns(table); i++) {
            buf_add_text(&text, i ? "," : "");
            csv_write_cell(&text, row ? table_cell(table, row - 1, i) : table_title(table, i));
        }
        buf_add_text(&text, "\r\n");
    }
    if (text.is_over) {
        err_set(err, ERR_INVALID, "%s", SAY("文件超过 512 MB", "the file is over 512 MB"));
    }
    ok = !text.is_over && file_write(path, buf_text(&text), text.length, FILE_MODE, err);
    buf_clear(&text);
    return ok;
}

bool table_give(const struct table *table, struct out *out, const char *path, const char *nothing,
                struct err *err)
{
    if (!path) {
        table_show(table, out, nothing);
        return true;
    }
    if (!ends_in(path, ".csv")) {
        err_set(err, ERR_INVALID,
                SAY("文件名应以 .csv 结尾：%s", "the name should end in .csv: %s"), path);
        return false;
    }
    if (!write_csv(table, path, err)) {
        return false;
    }
    out_print(out, SAY("已写入 %s：%zu 行。\n", "Wrote %s: %zu rows.\n"), path, table_rows(table));
    if (out_map(out)) {
        value_set_text(out_map(out), "file", path);
        value_set_int(out_map(out), "rows", (int64_t)table_rows(table));
    }
    return true;
}
