/* Signatures: on proposals, and on the catch-up list after an outage. */
#ifndef DUBAN_KEEPER_SIGN_H
#define DUBAN_KEEPER_SIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"

struct actor;
struct keeper;

struct keeper_verdict {
    int64_t proposal_id;
    bool is_approved;
    const char *opinion;
    const char *basis; /* NULL: none given */
};
/* Signs the next line of a proposal, or rejects it. ERR_DENIED for who may not, ERR_CONFLICT when
   it is settled or the step no longer holds. */
MUST_USE bool keeper_sign(struct keeper *keeper, const struct actor *actor, const char *key,
                          const struct keeper_verdict *verdict, struct err *err);

/* What else belongs to the signing of cases cases, in the transaction of the last of them. */
typedef bool keeper_plan_fn(void *context, int64_t cases, struct err *err);
struct keeper_plan {
    keeper_plan_fn *also; /* NULL: nothing */
    void *context;
    const int64_t *fire; /* plan_ids */
    size_t fire_count;
    const int64_t *skip;
    size_t skip_count;
    const char *reason;
};
/* Signs rows of the catch-up list; one input per case; all or nothing up to 256 cases. *cases is
 * how many were decided. */
MUST_USE bool keeper_plan_sign(struct keeper *keeper, const struct actor *actor, const char *key,
                               const struct keeper_plan *plan, int64_t *cases, struct err *err);

#endif
