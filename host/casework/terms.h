/* Finding cases by the words of their records. */
#ifndef DUBAN_TERMS_H
#define DUBAN_TERMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "store/store.h"

/* The record of a case is new: its words are put down later, until then it is found by reading it.
   In the caller's transaction. */
MUST_USE bool terms_mark(struct store *store, int64_t case_id, struct err *err);
/* Puts down the words of at most `most` cases, oldest first, in a transaction of its own; *done
   tells how many there were. */
MUST_USE bool terms_refresh(struct store *store, int64_t most, int64_t *done, struct err *err);

/* Return false to stop. record is canonical JSON, borrowed. */
typedef bool terms_hit_fn(void *context, int64_t case_id, const char *record);
/* Cases of the offices whose record holds the text (spaces, widths and case set aside), newest
   first. A text without any word finds nothing. */
MUST_USE bool terms_find(struct store *store, const char *text, const int64_t *offices,
                         size_t office_count, terms_hit_fn *each, void *context, struct err *err);
/* Where text stands in the record: a few characters around it, into out; "" when nowhere. */
void terms_around(const char *record, const char *text, char *out, size_t size);

#endif
