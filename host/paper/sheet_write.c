/* Both formats go to a temporary name beside the file and take its place when they are whole. */
#include "paper/sheet_write.h"

#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "paper/csv.h"

#define CSV_OUT_MAX ((size_t)512 * 1024 * 1024)
#define MODE 0600

struct sheet_writer {
    char *path;
    char *temporary;          /* of a workbook; NULL: a CSV */
    struct xlsx_writer *xlsx; /* NULL: a CSV, or closed */
    struct buf csv;
    bool is_begun; /* the row has a cell */
};

static bool ends_in(const char *path, const char *end)
{
    size_t length = strlen(path);
    size_t size = strlen(end);

    return length > size && strcmp(path + length - size, end) == 0;
}

bool sheet_writer_takes(const char *path, struct err *err)
{
    if (ends_in(path, ".xlsx") || ends_in(path, ".csv")) {
        return true;
    }
    err_set(err, ERR_INVALID,
            SAY("文件名应以 .xlsx 或 .csv 结尾：%s", "the name should end in .xlsx or .csv: %s"),
            path);
    return false;
}

bool sheet_writer_open(const char *path, const char *title, int64_t now, struct sheet_writer **out,
                       struct err *err)
{
    struct sheet_writer *writer;
    bool ok = false;

    if (!sheet_writer_takes(path, err)) {
        return false;
    }
    writer = mem_new(sizeof *writer);
    writer->path = mem_text(path);
    buf_init(&writer->csv, CSV_OUT_MAX);
    if (ends_in(path, ".csv")) {
        buf_add_text(&writer->csv, "\xef\xbb\xbf"); /* else Excel takes it for GBK */
    } else if (!file_reserve(path, &writer->temporary, err) ||
               !xlsx_writer_open(writer->temporary, title, now, &writer->xlsx, err)) {
        goto done;
    }
    *out = writer;
    writer = NULL;
    ok = true;
done:
    sheet_writer_close(writer);
    return ok;
}

bool sheet_writer_put(struct sheet_writer *writer, enum sheet_cell kind, const char *text,
                      struct err *err)
{
    if (writer->xlsx) {
        return xlsx_writer_put(writer->xlsx, kind, text, err);
    }
    if (writer->is_begun) {
        buf_add_byte(&writer->csv, ',');
    }
    csv_write_cell(&writer->csv, text);
    writer->is_begun = true;
    return true;
}

bool sheet_writer_end_row(struct sheet_writer *writer, struct err *err)
{
    if (writer->xlsx) {
        xlsx_writer_end_row(writer->xlsx);
        return true;
    }
    buf_add_text(&writer->csv, "\r\n");
    writer->is_begun = false;
    if (writer->csv.is_over) {
        err_set(err, ERR_INVALID, SAY("文件超过 %zu 字节", "the file is over %zu bytes"),
                CSV_OUT_MAX);
    }
    return !writer->csv.is_over;
}

bool sheet_writer_finish(struct sheet_writer *writer, struct err *err)
{
    struct xlsx_writer *xlsx = writer->xlsx;

    if (!xlsx) {
        return file_write(writer->path, buf_text(&writer->csv), writer->csv.length, MODE, err);
    }
    writer->xlsx = NULL;
    if (!xlsx_writer_close(xlsx, true, err) || !file_place(writer->temporary, writer->path, err)) {
        return false;
    }
    mem_free(writer->temporary);
    writer->temporary = NULL;
    return true;
}

void sheet_writer_close(struct sheet_writer *writer)
{
    if (!writer) {
        return;
    }
    if (writer->xlsx && !xlsx_writer_close(writer->xlsx, false, NULL)) {
        writer->xlsx = NULL; /* nothing was written, so nothing can have failed */
    }
    if (writer->temporary) {
        file_drop(writer->temporary);
    }
    mem_free(writer->temporary);
    buf_clear(&writer->csv);
    mem_free(writer->path);
    mem_free(writer);
}
