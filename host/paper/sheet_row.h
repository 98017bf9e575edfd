/* One row of a sheet on its way out of a file: its texts by column, and which of its cells a merged
   range covers. */
#ifndef DUBAN_SHEET_ROW_H
#define DUBAN_SHEET_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"

#define SHEET_ROW_MAX ((size_t)4 * 1024 * 1024)

enum cover {
    COVER_NONE,
    COVER_ACROSS, /* by the cell to its left */
    COVER_DOWN,   /* by the cell above it, whose text it repeats */
    COVER_BLANK   /* by one above it that is empty */
};

struct sheet_row {
    size_t line;          /* of the file, from 1 */
    size_t columns;       /* those that were put, or covered */
    struct buf text;      /* one empty text, then the cells, a NUL behind each */
    uint32_t *starts;     /* CSV_COLUMNS_MAX of them; 0 is the empty text */
    unsigned char *cover; /* enum cover, as many */
};

/* Embeds: sheet_row_init before use, sheet_row_clear at the end. */
void sheet_row_init(struct sheet_row *row);
void sheet_row_clear(struct sheet_row *row);
/* Empties it for another line. */
void sheet_row_begin(struct sheet_row *row, size_t line);
/* Puts text into a column; ERR_INVALID names the line beyond CSV_COLUMNS_MAX, CSV_FIELD_MAX and
   SHEET_ROW_MAX. An empty text only makes the row wider. */
MUST_USE bool sheet_row_put(struct sheet_row *row, size_t column, const char *text, size_t length,
                            struct err *err);
/* Marks a cell below CSV_COLUMNS_MAX as covered: it has no text of its own. */
void sheet_row_cover(struct sheet_row *row, size_t column, enum cover cover);
/* "" for a cell that is empty, covered or outside. */
const char *sheet_row_text(const struct sheet_row *row, size_t column);
enum cover sheet_row_covered(const struct sheet_row *row, size_t column);
/* Cells with more than blanks in them. */
size_t sheet_row_filled(const struct sheet_row *row);
MUST_USE bool sheet_row_copy(struct sheet_row *to, const struct sheet_row *from, struct err *err);

#endif
