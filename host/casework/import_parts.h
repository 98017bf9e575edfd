/* What the imports share: columns found by their header, and a plan that grows row by row. */
#ifndef DUBAN_IMPORT_PARTS_H
#define DUBAN_IMPORT_PARTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"
#include "base/err.h"
#include "base/value.h"
#include "casework/imports.h"

#define IMPORT_COLUMNS 16

/* A field of the registry and the words its column may carry, separated by spaces. */
struct import_column {
    const char *field;
    const char *label_zh;
    const char *label_en;
    const char *words;
    bool is_needed;
};

/* Which column of the sheet holds each field; -1 where none does. */
struct import_sheet {
    struct csv *csv;
    const struct import_column *columns;
    size_t count;
    size_t header; /* its row, from 0: the first with two filled cells */
    int at[IMPORT_COLUMNS];
};

/* Finds and reads the header row; titles above it are passed over. extra is a map of header text to
   field, or NULL. */
MUST_USE bool import_sheet_open(struct import_sheet *sheet, struct csv *csv,
                                const struct import_column *columns, size_t count,
                                const struct value *extra, struct err *err);
/* The text of a field in a row, without spaces at its ends; the caller's, never NULL. */
char *import_cell(const struct import_sheet *sheet, size_t row, const char *field);
bool import_row_is_blank(const struct import_sheet *sheet, size_t row);
/* False, with the reason, when the row says something beyond the last heading. */
MUST_USE bool import_row_fits(const struct import_sheet *sheet, size_t row, struct err *why);
const char *import_label(const struct import_sheet *sheet, const char *field);

/* One more line of the plan, for a line of the file; borrowed until the next one. */
struct import_line *import_line_new(struct import_plan *plan, size_t line_number, const char *code,
                                    const char *name);
/* Refuses the line with the sentence of err. */
void import_refuse(struct import_line *line, const struct err *why);
/* The code stands for somebody or something of another office, which this one leaves as it is. */
void import_foreign(struct import_line *line, const char *name);
/* Notes a field that differs. */
void import_differs(struct import_line *line, const char *field, const char *label,
                    const char *before, const char *after);
/* A day in any of the forms people write, as "2026-09-28"; "" stays "". */
MUST_USE bool import_day(const char *label, const char *text, char out[static 12], struct err *err);
/* Counts the lines by their action. */
void import_total(struct import_plan *plan);

#endif
