/* The rows of a sheet as cases of a workflow: read, compared with what was imported before,
 * checked. */
#ifndef DUBAN_IMPORT_ROWS_H
#define DUBAN_IMPORT_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/value.h"
#include "cli/house.h"
#include "cli/import_columns.h"
#include "cli/sheet.h"

enum row_fate {
    ROW_NEW,
    ROW_SAME,      /* imported before, nothing differs */
    ROW_DIFFERENT, /* imported before with other content: never overwritten */
    ROW_DUPLICATE, /* stands in this file already */
    ROW_CLEAR,     /* says 无问题 or 零报告: a report, no case */
    ROW_TOTAL,     /* 合计 or 小计 of the rows above it */
    ROW_BAD,
    ROW_FATES
};

struct import_row {
    size_t line; /* of the file */
    size_t at;   /* of the sheet */
    enum row_fate fate;
    char *key; /* the key column's cell, or the digest of the row */
    char digest[DIGEST_HEX];
    struct value *given; /* field id to text */
    int64_t opened_at;   /* 0: not said */
    char *target;        /* case number once there is one; NULL before */
    char *why;           /* NULL: nothing to say */
};

struct import_sheet {
    struct import_row *rows;
    size_t count;
    size_t totals[ROW_FATES];
    struct sheet file; /* stays open: its cells are kept with the cases */
    struct import_columns columns;
    bool has_key; /* a column 编号 or 序号 stands in the file */
};

struct import_source {
    struct house *house; /* site and keeper are open */
    const char *path;
    const char *name; /* of the sheet wanted; NULL: the first */
    const char *map;  /* file of a JSON object: header word to field id or label; NULL: none */
    const char *workflow;
    int64_t activation_id;
    const struct value *fields; /* of ABOUT */
};

/* Reads and judges the whole file; nothing is written. ERR_INVALID when no column is a field of the
   workflow or two columns are the same one. Embeds: import_sheet_clear, also after failure. */
MUST_USE bool import_sheet_read(const struct import_source *source, struct import_sheet *out,
                                struct err *err);
void import_sheet_clear(struct import_sheet *sheet);
/* The headings as sheets_keep wants them, and the cells of a row under them; the caller frees.
   Columns that a ledger of ours added are left out. */
struct value *import_headings(const struct import_sheet *sheet);
struct value *import_cells(struct import_sheet *sheet, const struct import_row *row);
/* A row turns out bad, or becomes a case. */
void import_row_spoil(struct import_sheet *sheet, struct import_row *row, const char *why);

#endif
