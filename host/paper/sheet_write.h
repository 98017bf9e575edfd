/* Sheets for people's programs, row by row: .xlsx, or CSV that Excel and WPS open as it is. */
#ifndef DUBAN_SHEET_WRITE_H
#define DUBAN_SHEET_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"

enum sheet_cell {
    SHEET_TEXT,  /* never a number, a date or a formula, whatever it looks like */
    SHEET_DAY,   /* "2026-03-05" as a day of the calendar; any other text stays one */
    SHEET_NUMBER /* digits as a number; any other text stays one */
};

struct sheet_writer;

/* True for a path that ends in .xlsx or .csv; else err says so. */
MUST_USE bool sheet_writer_takes(const char *path, struct err *err);
/* Begins a file beside path. The first row is the header. title names the sheet; now is written
   into the file, so that the same rows are the same bytes. */
MUST_USE bool sheet_writer_open(const char *path, const char *title, int64_t now,
                                struct sheet_writer **out, struct err *err);
/* Cells from left to right. ERR_INVALID when a text is too long for the format. */
MUST_USE bool sheet_writer_put(struct sheet_writer *writer, enum sheet_cell kind, const char *text,
                               struct err *err);
MUST_USE bool sheet_writer_end_row(struct sheet_writer *writer, struct err *err);
/* Puts the finished file in the place of path, as a whole. */
MUST_USE bool sheet_writer_finish(struct sheet_writer *writer, struct err *err);
/* Frees it; without sheet_writer_finish nothing is left. Accepts NULL. */
void sheet_writer_close(struct sheet_writer *writer);

/* For this folder: the workbook behind it. */
struct xlsx_writer;
MUST_USE bool xlsx_writer_open(const char *path, const char *title, int64_t now,
                               struct xlsx_writer **out, struct err *err);
MUST_USE bool xlsx_writer_put(struct xlsx_writer *writer, enum sheet_cell kind, const char *text,
                              struct err *err);
void xlsx_writer_end_row(struct xlsx_writer *writer);
/* Writes and frees it; with is_done false nothing but memory is looked after. */
MUST_USE bool xlsx_writer_close(struct xlsx_writer *writer, bool is_done, struct err *err);

#endif
