/* The facts of one command: the same one on several cases, or one a row of a sheet. */
#ifndef DUBAN_FACT_ROWS_H
#define DUBAN_FACT_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "base/value.h"
#include "cli/house.h"
#include "serve/keeper.h"

struct fact_rows {
    struct keeper_fact *facts; /* ready for keeper_record */
    size_t count;
    char **numbers;       /* owned texts behind facts[].number */
    struct value **forms; /* owned trees behind facts[].form */
    const char *fact;
    int64_t occurred;
    const struct value *common; /* what every row has, unless its own cell says otherwise */
};

/* fact and common are borrowed. Embeds: fact_rows_clear at the end. */
void fact_rows_begin(struct fact_rows *rows, const char *fact, int64_t occurred,
                     const struct value *common);
void fact_rows_add(struct fact_rows *rows, const char *number, const struct value *form);
/* Adds every row of a sheet: the column 案号, 编号, number or case names the case, all other
   columns are fields. Empty cells are left out. All or nothing: the error names the row. */
MUST_USE bool fact_rows_read(struct fact_rows *rows, struct house *house, const char *path,
                             struct err *err);
/* Puts the whole case numbers in place of what was typed; ERR_CONFLICT when one is several. */
MUST_USE bool fact_rows_complete(struct fact_rows *rows, struct store *store, const char *office,
                                 struct err *err);
void fact_rows_clear(struct fact_rows *rows);

#endif
