/* The lower half of a case's screen: what waits, papers, messages, relatives. */
#ifndef DUBAN_CASE_PARTS_H
#define DUBAN_CASE_PARTS_H

#include <stdbool.h>

#include "base/base.h"
#include "base/buf.h"
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
    struct value *deadlines; /* id to { text, due, kind }: armed so, and what became of it last */
    struct value *recorded;  /* recorder, then actor, to how often the one wrote for the other */
    int64_t today;
    bool is_full; /* nothing is left out */
};

#define SCREEN_LABEL 10 /* columns before whatever a line says */

/* One line, or what it takes, behind a label ("" for more of the same). */
void screen_line(const struct screen *screen, const char *label, const char *text);

/* Days as "超 12 个工作日", "今天到期", "还有 3 个工作日" after a comma. */
void screen_days(const struct screen *screen, int64_t day, struct buf *out);

/* The history that was read: what counts first, or everything, with the days between the rows. */
void screen_history(const struct screen *screen);

/* Sections that have nothing to say are left out; the map gets proposals, plans, documents,
   messages, children and parent. */
MUST_USE bool case_parts_show(struct screen *screen, struct err *err);

#endif
