/* A sheet a person hands in: its header row found, its cells trimmed, nothing secret in it. */
#ifndef DUBAN_SHEET_H
#define DUBAN_SHEET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"
#include "base/err.h"
#include "cli/house.h"
#include "serve/reader.h"

struct sheet {
    struct reader_sheet read;
    struct csv *csv; /* the rows of read: its header is row 0 */
    size_t rows;
    size_t columns; /* of the header */
    size_t first;   /* first row below the header */
    char **titles;  /* of the columns, trimmed */
    char *cell;     /* the last cell given out */
};

/* Reads an .xlsx or CSV file through a reader, hence after house_start; name is the sheet wanted,
   NULL for the first that holds something. The header is the first row with two filled cells or
   more (titles above it, and lines that say who filled it in, are passed over), or two or three
   such rows that are merged; in a sheet of one column the first row. ERR_DENIED when a cell carries
   a secrecy mark and the site is not accredited; the sentence names the line. Embeds: sheet_close
   at the end, also after failure. */
MUST_USE bool sheet_open(struct sheet *sheet, struct house *house, const char *path,
                         const char *name, struct err *err);
void sheet_close(struct sheet *sheet);
/* Trimmed (spaces, U+3000); "" outside. Borrowed until the next call. */
const char *sheet_cell(struct sheet *sheet, size_t row, size_t column);
size_t sheet_line(const struct sheet *sheet, size_t row);
bool sheet_is_blank(struct sheet *sheet, size_t row);
/* False, with the reason, when the row says something beyond the last heading. */
MUST_USE bool sheet_row_fits(struct sheet *sheet, size_t row, struct err *why);
/* The first column whose title is one of names (compared by text_normal); columns when there is
 * none. */
size_t sheet_column(const struct sheet *sheet, const char *const *names);
bool sheet_title_is(const char *title, const char *name);
/* Tells which sheet of a workbook was read, which were not, and what of it nobody sees on a screen;
   under --json as the member "sheet". Nothing for a CSV. */
void sheet_tell(const struct sheet *sheet, struct out *out);

#endif
