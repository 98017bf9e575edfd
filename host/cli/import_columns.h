/* Which column of a sheet is which field of a workflow. */
#ifndef DUBAN_IMPORT_COLUMNS_H
#define DUBAN_IMPORT_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"
#include "base/err.h"
#include "base/value.h"
#include "cli/sheet.h"

struct import_columns {
    const char **ids; /* one a column: the field's id, NULL for none; borrowed from fields */
    size_t count;
    size_t key;           /* the column that names the row; count: none */
    bool is_place;        /* and it only counts rows (序号), anew in each list */
    size_t opened;        /* the column of the day it was registered; count: none */
    struct value *unused; /* titles that are none of these */
};

/* path (may be NULL) is a JSON object of synonyms: header word to a field's id or label, or to
   "key" or "opened". Embeds: import_columns_clear, also after failure. */
MUST_USE bool import_columns_find(const struct house *house, const struct sheet *sheet,
                                  const struct value *fields, const char *path,
                                  struct import_columns *out, struct err *err);
/* A ledger that duban wrote has columns of its own behind those of the file: what changed since.
   They bear this mark, and an import passes them over. */
#define IMPORT_OURS "（督办）"
bool import_is_ours(const char *title);
void import_columns_clear(struct import_columns *columns);

#endif
