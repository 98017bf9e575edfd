/* A file that somebody handed in as a sheet, whatever program wrote it: rows of text come out, or
   one sentence that says what to do. For the confined side of a pipe. */
#ifndef DUBAN_SHEET_FILE_H
#define DUBAN_SHEET_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"
#include "base/err.h"
#include "base/value.h"
#include "paper/heading.h"

#define SHEET_FILE_MAX ((size_t)64 * 1024 * 1024)

/* Opens what decoding needs from the system. Before the lock; harmless twice. */
void sheet_file_prepare(void);

struct sheet_file {
    const char *bytes;
    size_t length;
    const char *name; /* of the sheet wanted; NULL: the first that is shown and holds something */
};

/* Reads an .xlsx workbook or CSV, told apart by their first bytes, and hands its rows on. *told is
   a map: kind ("xlsx" or the encoding), sheet, others (names of sheets that are shown and were not
   read), hidden (rows that were read and are not shown). The caller frees it. */
MUST_USE bool sheet_file_read(const struct sheet_file *file, heading_take *take, void *context,
                              struct value **told, struct err *err);

/* For this folder: the same for bytes that are a workbook. */
MUST_USE bool xlsx_read(const struct sheet_file *file, struct heading *heading, struct value *told,
                        struct err *err);

#endif
