/* Procedures that another one opens, and whether the office has them in use. */
#ifndef DUBAN_OPENED_H
#define DUBAN_OPENED_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/value.h"
#include "cli/house.h"

/* Appends "“巡视建议移交督办”会立的“约谈”尚未发布" about what the procedure opens and the office
   has not in use; false, and nothing, when all are there. coming (may be NULL) is a map of the ids
   published together with it. */
bool opened_missing(struct house *house, const struct value *about, const struct value *coming,
                    struct buf *out);

/* Appends the title that workflows/ID.lua gives a procedure, or its id when there is no such file.
 */
void opened_title(struct house *house, const char *id, struct buf *out);

#endif
