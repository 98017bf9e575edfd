/* `duban fact` in three parts, so that facts of many people can be recorded together. */
#ifndef DUBAN_FACT_H
#define DUBAN_FACT_H

#include <stdbool.h>

#include "base/base.h"
#include "base/err.h"
#include "base/value.h"
#include "cli/args.h"
#include "cli/fact_rows.h"
#include "cli/house.h"
#include "cli/view.h"
#include "serve/keeper.h"

struct fact_turn {
    struct house *house;
    const struct args *args;
    struct fact_rows rows;
    struct value *form;
    struct value *paper; /* list of attachments; NULL: none */
    struct view view;
    struct keeper_result *results; /* one a row */
};

/* True when the words are one fact on one case, without a file. */
bool fact_is_single(const struct args *args);
/* Everything before the recording. Embeds: fact_end afterwards, also after a failure. */
MUST_USE enum outcome fact_begin(struct fact_turn *turn, struct house *house,
                                 const struct args *args, struct err *err);
/* Everything after it: tells what came of each row. */
MUST_USE bool fact_tell(struct fact_turn *turn, struct err *err);
/* Lets go of everything, also of what was attached to a fact that is not recorded. */
void fact_end(struct fact_turn *turn);

#endif
