/* What every reader of rows in casework needs: texts and ids out of the current row. */
#ifndef DUBAN_ROWS_H
#define DUBAN_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "store/store.h"

/* The column's text into size bytes, cut on a character; SQL NULL gives "". */
void row_text(const struct stmt *stmt, int column, char *out, size_t size);
/* A text into size bytes in the same way; NULL gives "". */
void row_put(char *out, size_t size, const char *text);
/* A copy of the column's text that the caller frees; SQL NULL gives NULL. */
char *row_copy(const struct stmt *stmt, int column);
/* The column as an id: SQL NULL gives 0. */
int64_t row_id(const struct stmt *stmt, int column);
/* The first column of every row that is left, without repeats that follow each other; *ids is the
   caller's. */
MUST_USE bool row_ids(struct stmt *stmt, int64_t **ids, size_t *count, struct err *err);
/* Room for one more item of size bytes in an array that holds count: doubles it when it is full. */
void *row_room(void *items, size_t count, size_t size);

#endif
