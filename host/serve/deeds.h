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
    const char *key;                /* --key; NULL: none */
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
/* ERR_DENIED unless the actor holds one of the principals. record is canonical JSON. */
MUST_USE bool deeds_allowed(struct keeper *keeper, const struct actor *actor,
                            const struct value *principals, int64_t office_id, const char *record,
                            struct err *err);

#endif
