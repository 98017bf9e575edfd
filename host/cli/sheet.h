/* A sheet a person hands in: its header row found, its cells trimmed, nothing secret in it. */
#ifndef DUBAN_SHEET_H
#define DUBAN_SHEET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"
#include "base/err.h"
#include "cli/house.h"
#include "paper/csv.h"

struct sheet {
    struct csv *csv;
    size_t rows;
    size_t columns; /* of the header */
    size_t first;   /* first row below the header */
    char **titles;  /* of the columns, trimmed */
    char *cell;     /* the last cell given out */
};

/* Reads a CSV file. The header is the first row with two filled cells or more (titles above it are
   passed over). ERR_DENIED when a cell carries a secrecy mark and the site is not accredited; the
   sentence names the line. Embeds: sheet_close at the end, also after failure. */
MUST_USE bool sheet_open(struct sheet *sheet, struct house *house, const char *path,
                         struct err *err);
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

#endif
