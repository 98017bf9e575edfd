/* One sheet of a workbook, read twice: what it holds and which cells are merged, then its rows. */
#ifndef DUBAN_XLSX_SHEET_H
#define DUBAN_XLSX_SHEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "paper/heading.h"
#include "paper/xlsx_book.h"

#define SHEET_MERGED_MAX 100000
#define SHEET_LINES_MAX 1048576

struct merged {
    uint32_t top, bottom; /* lines, from 1 */
    uint32_t left, right; /* columns, from 0 */
};

/* What the first reading finds. */
struct sheet_map {
    struct merged *merged; /* by their top line */
    size_t merged_count;
    size_t cells;  /* with something in them */
    size_t hidden; /* rows with something in them that a filter or a hand hides */
};

MUST_USE bool sheet_map_read(struct book *book, const char *part, struct sheet_map *out,
                             struct err *err);
void sheet_map_clear(struct sheet_map *map);
/* Hands the rows on, merged cells marked. ERR_INVALID names the cell. */
MUST_USE bool sheet_rows_read(struct book *book, const char *part, const struct sheet_map *map,
                              struct heading *heading, struct err *err);

/* "BC12" as line 12 and column 54; false when it is no reference. */
bool sheet_reference(const char *text, uint32_t *line, uint32_t *column);

#endif
