/* What a workbook says of itself: its sheets, its strings, the formats of its cells. */
#ifndef DUBAN_XLSX_BOOK_H
#define DUBAN_XLSX_BOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "paper/xlsx_format.h"
#include "paper/xlsx_zip.h"

#define BOOK_SHEETS_MAX 1000
#define BOOK_STRINGS_MAX 2000000
#define BOOK_STYLES_MAX 65536

struct book_sheet {
    char *name;
    char *relation; /* id of its part among the relations */
    char *part;     /* NULL: none that holds cells, such as a chart */
    bool is_hidden;
};

struct book {
    struct zip_box *box;
    bool is_1904;
    struct book_sheet *sheets;
    size_t sheet_count;
    char *strings_part; /* NULL: none */
    char *styles_part;  /* NULL: none */
    struct buf texts;   /* the shared strings, a NUL behind each */
    uint32_t *starts;   /* of each in texts */
    size_t string_count;
    struct format *formats; /* by style of a cell */
    size_t format_count;
};

/* Reads everything but the sheets. ERR_INVALID says what the archive is when it is no workbook.
   Embeds: book_clear at the end, also after failure. Borrows box. */
MUST_USE bool book_read(struct zip_box *box, struct book *out, struct err *err);
void book_clear(struct book *book);

/* For the files beside: each reads one part into the book. */
MUST_USE bool book_read_strings(struct book *book, struct err *err);
MUST_USE bool book_read_styles(struct book *book, struct err *err);

/* Appends text of a cell or string with its _x000D_ escapes undone and its control characters left
   out. */
void book_add_text(struct buf *out, const char *text, size_t length);

#endif
