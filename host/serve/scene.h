/* How one decision is written: the scene it plays in, and what its effects do to other cases. */
#ifndef DUBAN_SCENE_H
#define DUBAN_SCENE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "serve/inside.h"

/* ---- apply.c ---- */

/* How one decision is being written. */
struct scene {
    struct keeper *keeper;
    struct batch *batch;
    struct batch *other; /* read before this was written; NULL: none */
    struct item *item;
    const struct bureau *bureau;
    int64_t at;
    bool is_act;    /* a person's: cases it reaches must not be behind */
    bool is_behind; /* one was */
};
/* Reads the item's answer into keeper->verdict; its refusal is there to be looked at. */
MUST_USE bool apply_read(struct keeper *keeper, struct batch *batch, struct item *item,
                         struct err *err);
/* The day that the fact asked for happened, out of the field of its form that says so; false when
   none does. After apply_read. */
bool apply_occurred(const struct keeper *keeper, const struct item *item, int64_t *day);
/* Writes the verdict: rows, case, effects. *moved is false, and nothing is written, when the case
   moved on since it was read. first (may be NULL) gets the seq of the row of the ask. */
MUST_USE bool apply_write(struct scene *scene, bool *moved, int64_t *first, struct err *err);

/* An input put down on a case that is decided later. */
struct pending {
    int64_t case_id;
    const char *kind;
    const char *name;
    const char *body;     /* canonical JSON */
    const char *actor;    /* NULL: nobody */
    const char *recorder; /* NULL: the keeper */
    int64_t at;
    int64_t now;
    int64_t round;
};
/* scene may be NULL: then nothing in flight can be concerned. */
MUST_USE bool apply_pending(struct keeper *keeper, struct scene *scene,
                            const struct pending *pending, struct err *err);

/* ---- effects.c, children.c ---- */

MUST_USE bool effects_write(struct scene *scene, const struct effect *effect, struct err *err);
MUST_USE bool children_open(struct scene *scene, const struct effect *effect, struct err *err);
MUST_USE bool children_signal(struct scene *scene, const struct effect *effect, struct err *err);
MUST_USE bool children_withdraw(struct scene *scene, const struct effect *effect, struct err *err);
/* Tells the parent that this case ended. */
MUST_USE bool children_closed(struct scene *scene, const char *outcome, struct err *err);

#endif
