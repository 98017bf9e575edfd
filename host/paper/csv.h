/* Tables as offices save them: CSV in UTF-8, GB18030 or UTF-16, separated by comma, tab or
   semicolon; or put together row by row by whoever read them elsewhere. */
#ifndef DUBAN_CSV_H
#define DUBAN_CSV_H

#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"

#define CSV_BYTES_MAX ((size_t)64 * 1024 * 1024)
#define CSV_FIELD_MAX ((size_t)1024 * 1024)
#define CSV_COLUMNS_MAX 1000
#define CSV_ROWS_MAX 1000000
#define CSV_TEXT_MAX \
    ((size_t)96 * 1024 * 1024) /* of all cells: no encoding grows by more than half */

struct csv;

/* Decodes and parses the whole of a file. On success the caller owns *out. A refusal names the
   line. */
MUST_USE bool csv_parse(const char *bytes, size_t length, struct csv **out, struct err *err);
void csv_free(struct csv *csv); /* accepts NULL */
/* An empty table to be filled row by row, cell by cell; a refusal names the line. Texts are UTF-8
   without NUL: the caller has seen to it. */
struct csv *csv_new(void);
MUST_USE bool csv_add_row(struct csv *csv, size_t line, struct err *err);
MUST_USE bool csv_add_cell(struct csv *csv, const char *text, size_t length, struct err *err);

/* Blank rows at the end are dropped, others are rows without text. Rows and columns count from 0.
 */
size_t csv_rows(const struct csv *csv);
size_t csv_columns(const struct csv *csv, size_t row);
/* UTF-8, borrowed; "" for a cell the row does not reach. Reading from left to right is cheapest. */
const char *csv_cell(struct csv *csv, size_t row, size_t column);
/* The same without blanks at its ends, those of Chinese text and of web pages too; the caller's. */
char *csv_trimmed(struct csv *csv, size_t row, size_t column);
char *csv_trim(const char *text);
bool csv_is_blank(const char *text); /* nothing is left of it then */
/* The line of the file, from 1, on which the row begins; 0 outside. */
size_t csv_line(const struct csv *csv, size_t row);
/* "UTF-8", "GB18030", "UTF-16LE" or "UTF-16BE". */
const char *csv_encoding(const struct csv *csv);

/* Appends one cell, quoted where needed. What a spreadsheet would take for a formula gets a leading
   apostrophe, unless it is a plain number. The separator is the caller's. */
void csv_write_cell(struct buf *out, const char *text);
/* Undoes that apostrophe: the text of a cell that csv_write_cell wrote. */
const char *csv_plain_cell(const char *text);

#endif
