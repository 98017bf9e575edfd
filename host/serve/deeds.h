/* Acts of people on cases, whatever they are called: an input that is asked for, checked, decided
   and written with its audit row, or refused with a reason. */
#ifndef DUBAN_DEEDS_H
#define DUBAN_DEEDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "base/value.h"
#include "serve/inside.h"

struct deed {
    const struct actor *actor;
    int64_t case_id;
    const char *act;  /* name in the audit: fact, approve, reject, plan */
    const char *kind; /* of the input */
    const char *name;
    const struct value *body;
    bool has_occurred;
    int64_t occurred;
    const struct value *principals; /* who may; NULL or empty: everyone with an account */
    bool is_lasting;                /* principals live as long as the keeper */
    bool has_day;                   /* it happened on that day, whose right counts */
    int64_t day;
    bool is_day_open; /* the form says the day in words that only its answer can tell */
    const char *key;  /* --key; NULL: none */
    /* Work that belongs into the same transaction, before the decision; NULL: none. */
    bool (*also)(struct keeper *keeper, const struct deed *deed, struct err *err);
    const void *context;
    struct keeper_result *result;
};

/* Does them in order, one commit per up to 256; each result is filled. With is_whole all of them
   are one commit, and the first that is refused undoes all and ends with false. false else only
   when the world fails. */
MUST_USE bool deeds_do(struct keeper *keeper, const struct deed *deeds, size_t count, bool is_whole,
                       struct err *err);
/* ERR_DENIED unless the actor holds one of the principals. */
struct deeds_right {
    const struct actor *actor;
    const struct value *principals;
    int64_t office_id;
    int64_t day;
    const char *record; /* canonical JSON; NULL: it does not matter */
};
/* Today's right, for what happens now. */
struct deeds_right deeds_right(const struct keeper *keeper, const struct actor *actor,
                               const struct value *principals, int64_t office_id);
/* *lent_id (may be NULL) is the lent role it is done in, 0 in one of the own. */
MUST_USE bool deeds_allowed(struct keeper *keeper, const struct deeds_right *right,
                            int64_t *lent_id, struct err *err);
/* In the transaction of an act that was done in a lent role (0: it was not): beside its row, and in
   what the audit is told. */
MUST_USE bool deeds_stand_in(struct keeper *keeper, int64_t case_id, int64_t seq, int64_t lent_id,
                             struct value *said, struct err *err);

#endif
