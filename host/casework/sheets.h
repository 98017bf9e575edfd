/* What imported ledgers looked like: the headings of each form of a sheet, and the cells of the row
   that became a case. */
#ifndef DUBAN_SHEETS_H
#define DUBAN_SHEETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "base/value.h"
#include "casework/site.h"

/* The form with these headings (a list of {title, field}) of a workflow in an office; made when it
   is new. In the caller's transaction. */
MUST_USE bool sheets_keep(struct site *site, int64_t office_id, const char *workflow,
                          const struct value *headings, int64_t *sheet_id, struct err *err);
/* The cells (a list of texts) of the row that became the case; the first ones stay. In the caller's
   transaction. */
MUST_USE bool sheets_keep_row(struct site *site, int64_t sheet_id, const char *number,
                              const struct value *cells, struct err *err);

/* Return false to stop, with err filled. headings and cells are borrowed. */
typedef bool sheets_form_fn(void *context, int64_t sheet_id, const struct value *headings,
                            struct err *err);
typedef bool sheets_row_fn(void *context, int64_t sheet_id, const char *number,
                           const struct value *cells, struct err *err);
/* The forms, the one that rows came in last first. */
MUST_USE bool sheets_list(struct site *site, int64_t office_id, const char *workflow,
                          sheets_form_fn *each, void *context, struct err *err);
/* The rows of every form, as they came in. */
MUST_USE bool sheets_rows(struct site *site, int64_t office_id, const char *workflow,
                          sheets_row_fn *each, void *context, struct err *err);
/* Whether the case came in by a sheet. */
MUST_USE bool sheets_has(struct site *site, const char *number, bool *is_there, struct err *err);

#endif
