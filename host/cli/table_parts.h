/* What a table holds, for whoever puts it somewhere else than on the screen. */
#ifndef DUBAN_TABLE_PARTS_H
#define DUBAN_TABLE_PARTS_H

#include <stddef.h>

#include "cli/table.h"

size_t table_columns(const struct table *table);
const char *table_title(const struct table *table, size_t column);
const char *table_cell(const struct table *table, size_t row, size_t column); /* "" when empty */

#endif
