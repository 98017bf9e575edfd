/* The lower half of a case's screen: what waits, papers, messages, relatives. */
#ifndef DUBAN_CASE_PARTS_H
#define DUBAN_CASE_PARTS_H

#include <stdbool.h>

#include "base/base.h"
#include "base/err.h"
#include "base/value.h"
#include "cli/because.h"
#include "cli/label.h"
#include "cli/out.h"
#include "cli/view.h"

/* One case being shown; everything is borrowed but the trees, which the handler frees. */
struct screen {
    struct view *view;
    const struct view_case *of;
    const struct out *out;
    struct labels labels;
    struct because because;
    struct value *map;       /* the JSON document */
    struct value *history;   /* rows told so far */
    struct value *deadlines; /* id to the newest sentence about it */
    bool tells;              /* the history is printed, not only read */
};

/* Sections that have nothing to say are left out; the map gets proposals, plans, documents,
   messages, children and parent. */
MUST_USE bool case_parts_show(struct screen *screen, struct err *err);

#endif
