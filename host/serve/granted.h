/* What the keeper remembers of rights it has found. */
#ifndef DUBAN_GRANTED_H
#define DUBAN_GRANTED_H

#include <stdint.h>

#include "base/value.h"

/* Rights that were found, while nothing else was written: an office's clerk who records one fact
   after the other is not looked up for each. */
#define GRANTED 64
struct granted {
    const struct value *principals; /* of a fact, as the crew knows it; NULL: nothing is known */
    int64_t person_id;
    int64_t office_id;
    int64_t day;
    int64_t lent_id;
};

#endif
