/* What a job wants done at its end, applied all or nothing. */
#ifndef DUBAN_WISHES_H
#define DUBAN_WISHES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "base/value.h"
#include "serve/inside.h"

struct wishes {
    const struct actor *actor;
    int64_t office_id;
    const char *name;         /* of the job, for audit and keys */
    const struct value *acts; /* as the worker gave them: hostile */
    /* In the same transaction; NULL: none. */
    bool (*also)(struct keeper *keeper, void *context, struct err *err);
    void *context;
    struct keeper_ran *ran;
    bool
        is_planned; /* an approved version on its schedule: it acts for nobody, no right is asked */
    bool is_killed; /* its worker was killed from outside: nobody's fault, to be run again */
};

MUST_USE bool wishes_apply(struct keeper *keeper, struct wishes *wishes, struct err *err);

#endif
