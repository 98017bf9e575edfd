/* What a rung stands at: the deadline behind it, and how many working days before or after. */
#ifndef DUBAN_BECAUSE_H
#define DUBAN_BECAUSE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "casework/workdays.h"
#include "cli/view.h"

struct because {
    struct view *view;
    struct workdays *workdays; /* of the calendar in force for the office of the house */
};

/* Embeds; a site without a calendar counts weekends only. because_end at the end. */
void because_begin(struct because *because, struct view *view);
void because_end(struct because *because);

/* A row of the history as decisions_row gives it, the sentence of a rung with what it stands at. */
struct value *because_row(struct because *because, const struct view_case *of, const char *kind,
                          const char *name, const char *body);

#endif
