/* First bytes decide, never the name: an .xls renamed to .xlsx is still an .xls. */
#include "paper/sheet_file.h"

#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/text.h"
#include "paper/csv.h"
#include "paper/csv_decode.h"

#define LOOK_MAX 512

/* Files that are neither, by how they begin. */
static const struct {
    const char *start;
    size_t length;
    const char *zh, *en;
} OTHERS[] = {
    {"PK\005\006", 4, "空的压缩包", "an empty archive"},
    {"PK\007\010", 4, "分卷的压缩包", "a part of an archive"},
    {"%PDF", 4, "PDF 文件", "a PDF"},
    {"Rar!", 4, "RAR 压缩包", "a RAR archive"},
    {"7z\xbc\xaf", 4, "7z 压缩包", "a 7z archive"},
    {"\037\213", 2, "gzip 压缩包", "a gzip archive"},
    {"{\\rtf", 5, "RTF 文档", "an RTF document"},
    {"\211PNG", 4, "图片", "a picture"},
    {"\377\330\377", 3, "图片", "a picture"},
    {"<html", 5, "网页", "a web page"},
    {"<!doctype", 9, "网页", "a web page"},
    {"<table", 6, "网页", "a web page"},
    {"<?xml", 5, "XML 文件", "an XML file"},
};

void sheet_file_prepare(void)
{
    csv_decode_prepare();
}

static bool starts_with(const struct sheet_file *file, const char *start, size_t length)
{
    return file->length >= length && memcmp(file->bytes, start, length) == 0;
}

/* The same, whatever the case of letters, behind a mark and blanks. */
static bool looks_like(const struct sheet_file *file, const char *start, size_t length)
{
    size_t at = starts_with(file, "\xef\xbb\xbf", 3) ? 3 : 0;

    while (at < file->length && at < LOOK_MAX && strchr(" \t\r\n", file->bytes[at]) &&
           file->bytes[at]) {
        at++;
    }
    return file->length - at >= length && strncasecmp(file->bytes + at, start, length) == 0;
}

/* The old container of Office holds .xls, .et, .doc, and workbooks that are locked. */
static bool refuse_ole(const struct sheet_file *file, struct err *err)
{
    static const char LOCKED[] = "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e";
    const char *end = file->bytes + file->length;
    const char *at = file->bytes;

    while ((at = memchr(at, 'E', (size_t)(end - at))) != NULL) {
        if ((size_t)(end - at) >= sizeof LOCKED && memcmp(at, LOCKED, sizeof LOCKED) == 0) {
            err_set(err, ERR_INVALID, "%s",
                    SAY("文件有密码保护，请去掉密码后另存为 .xlsx",
                        "the file is locked with a password; take it off and save it as .xlsx"));
            return false;
        }
        at++;
    }
    err_set(err, ERR_INVALID, "%s",
            SAY("这是旧格式的文件（.xls、.et 等），请在 WPS 或 Excel 中另存为 .xlsx",
                "this is a file of the old kind (.xls, .et); save it as .xlsx in WPS or Excel"));
    return false;
}

static bool refuse_others(const struct sheet_file *file, struct err *err)
{
    if (starts_with(file, "\xd0\xcf\x11\xe0", 4)) {
        return refuse_ole(file, err);
    }
    for (size_t i = 0; i < COUNT_OF(OTHERS); i++) {
        if (looks_like(file, OTHERS[i].start, OTHERS[i].length)) {
            err_set(err, ERR_INVALID,
                    SAY("这是%s，不是表格，请在 WPS 或 Excel 中另存为 .xlsx",
                        "this is %s, not a sheet; save it as .xlsx in WPS or Excel"),
                    SAY(OTHERS[i].zh, OTHERS[i].en));
            return false;
        }
    }
    return true;
}

static bool read_csv(const struct sheet_file *file, struct heading *heading, struct value *told,
                     struct err *err)
{
    struct csv *csv = NULL;
    struct sheet_row row;
    bool ok;

    if (file->name) {
        err_set(err, ERR_INVALID, "%s",
                SAY("CSV 没有工作表，不能用 --sheet", "a CSV has no sheets to choose from"));
        return false;
    }
    if (!csv_parse(file->bytes, file->length, &csv, err)) {
        return false;
    }
    sheet_row_init(&row);
    ok = true;
    for (size_t at = 0; ok && at < csv_rows(csv); at++) {
        sheet_row_begin(&row, csv_line(csv, at));
        for (size_t column = 0; ok && column < csv_columns(csv, at); column++) {
            const char *text = csv_plain_cell(csv_cell(csv, at, column));

            ok = sheet_row_put(&row, column, text, strlen(text), err);
        }
        ok = ok && heading_add(heading, &row, err);
    }
    ok = ok && heading_end(heading, err);
    value_set_text(told, "kind", csv_encoding(csv));
    sheet_row_clear(&row);
    csv_free(csv);
    return ok;
}

bool sheet_file_read(const struct sheet_file *file, heading_take *take, void *context,
                     struct value **told, struct err *err)
{
    struct heading *heading = heading_new(take, context);
    struct value *about = value_new_map();
    bool ok;

    if (starts_with(file, "PK\003\004", 4)) {
        ok = xlsx_read(file, heading, about, err);
    } else {
        ok = refuse_others(file, err) && read_csv(file, heading, about, err);
    }
    heading_free(heading);
    if (!ok) {
        value_free(about);
        return false;
    }
    *told = about;
    return true;
}
