/* Tells the titles above a sheet's table, its header of one to three rows and its body apart, row
   by row. */
#ifndef DUBAN_HEADING_H
#define DUBAN_HEADING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"
#include "base/err.h"
#include "paper/sheet_row.h"

enum row_kind {
    ROW_ABOVE,   /* a title, or who fills the sheet in and when */
    ROW_HEADING, /* once: the header rows made one */
    ROW_BODY,
    ROW_KINDS
};

/* Takes a row that is borrowed until it returns; false stops the reading, with err filled. */
typedef bool heading_take(void *context, enum row_kind kind, const struct sheet_row *row,
                          struct err *err);

/* Stands between "整改情况" and "进展" of two header rows. */
#define HEADING_JOINT "·"
/* What follows the last joint of a title; the title itself without one. */
const char *heading_tail(const char *title);

struct heading;

struct heading *heading_new(heading_take *take, void *context);
void heading_free(struct heading *heading); /* accepts NULL */
/* One more row. Rows without text of their own are passed over. A body cell that a range merged
   downwards covers gets the text of the range; in a header, one merged to the right does. */
MUST_USE bool heading_add(struct heading *heading, const struct sheet_row *row, struct err *err);
/* No more rows: hands on what was held back. */
MUST_USE bool heading_end(struct heading *heading, struct err *err);

#endif
