/* The catch-up list: rungs that an outage held back until a person signs. */
#ifndef DUBAN_PLANS_H
#define DUBAN_PLANS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "casework/chain.h"
#include "store/store.h"

struct plan_line {
    int64_t plan_id;
    int64_t case_id;
    const char *number;
    const char *workflow;
    int64_t office_id;
    const char *effect_key;
    const char *step; /* "ladder/step" */
    int64_t planned_at;
    const char *status; /* waiting fired skipped dropped */
};
typedef bool plan_line_fn(void *context, const struct plan_line *line);

/* In order of planned instant and number; case_id 0: every case. */
MUST_USE bool plans_list(struct store *store, int64_t case_id, bool only_waiting,
                         plan_line_fn *each, void *context, struct err *err);
struct plan_new {
    int64_t case_id;
    struct span key;
    struct span step;
    int64_t planned_at;
};
MUST_USE bool plans_add(struct store *store, const struct plan_new *row, struct err *err);
/* Marks one waiting row; status is fired, skipped or dropped. A row that does not wait is left
 * alone. */
MUST_USE bool plans_settle(struct store *store, int64_t case_id, struct span key,
                           const char *status, struct err *err);

#endif
