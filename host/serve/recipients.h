/* Who a message goes to, remembered for the length of one act: the same list is asked for many
 * times. */
#ifndef DUBAN_RECIPIENTS_H
#define DUBAN_RECIPIENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "casework/chain.h"
#include "casework/site.h"

struct recipients;

struct recipients *recipients_new(struct site *site);
void recipients_free(struct recipients *recipients);
/* Roles may have changed. */
void recipients_reset(struct recipients *recipients);
/* The people behind to (a codec list of principals) in the office on that day, none twice. Borrowed
   until the next reset. */
MUST_USE bool recipients_find(struct recipients *recipients, int64_t office_id, int64_t day,
                              struct span to, const int64_t **ids, size_t *count, struct err *err);

#endif
