/* What a running script asks of the host: queries on a connection that can only read, answered
 * frame by frame. */
#ifndef DUBAN_CALLS_H
#define DUBAN_CALLS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "base/value.h"
#include "store/store.h"

struct calls {
    struct store *question; /* STORE_QUESTION: the script's own queries */
    struct store *store;    /* of the site: for what the host looks up itself */
    const int64_t *offices; /* that the script's office sees */
    size_t office_count;
    int64_t asked; /* how many calls there were */
};

/* Answers one { call=, args= }: the caller owns *reply, { ok=true, value= } or { ok=false, kind=,
 * text= }. */
struct value *calls_answer(struct calls *calls, const struct value *call);

#endif
