/* What somebody sees of a site: the offices below, the rows of the own unit, and the descriptions
   of the versions that cases stand on. Every command that shows cases looks through one of these.
 */
#ifndef DUBAN_VIEW_H
#define DUBAN_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "base/value.h"
#include "casework/case_list.h"
#include "casework/cases.h"
#include "casework/registry.h"
#include "casework/rights.h"
#include "cli/house.h"
#include "cli/label.h"

struct view {
    struct house *house;
    struct rights_scope scope;
    char unit[REGISTRY_CODE]; /* "" sees all units */
    int64_t *seen;            /* the own one and those below; NULL until view_find_offices */
    size_t seen_count;
};

/* On a house whose site is open; finds out who is asking. Embeds: view_end at the end, also after
 * failure. */
MUST_USE bool view_begin(struct view *view, struct house *house, const struct args *args,
                         struct err *err);
void view_end(struct view *view);

/* Fills seen. */
MUST_USE bool view_find_offices(struct view *view, struct err *err);
/* What the version under an activation says of itself; NULL when there is none. Lives as long as
 * the view. */
const struct value *view_about(struct view *view, int64_t activation_id);
struct labels view_labels(struct view *view, int64_t activation_id);
bool view_sees_office(struct view *view, int64_t office_id);
bool view_sees(struct view *view, const struct case_line *line);

/* One case, copied out of the store. */
struct view_case {
    int64_t case_id;
    int64_t office_id;
    int64_t activation_id;
    char *number;
    char *workflow;
    char *title;
    char *state;     /* id */
    char *unit_code; /* NULL: none */
    char *unit_name; /* NULL: none */
    char *due;       /* NULL: nothing runs */
    char *parent;    /* NULL: none */
    char *outcome;
    char *set_aside; /* NULL: in order */
    struct value *record;
    int64_t seq;
    int64_t opened_at;
    int64_t closed_at; /* CASE_NEVER: open */
};
/* The case of that number; ERR_MISSING also when it is not for these eyes. view_case_clear
 * afterwards. */
MUST_USE bool view_case(struct view *view, const char *number, struct view_case *out,
                        struct err *err);
void view_case_clear(struct view_case *out);

/* The id of the workflow (or job) that an id or a title names; ERR_MISSING lists those in use. The
   caller frees *id. */
MUST_USE bool view_workflow(struct house *house, const char *word, char **id, struct err *err);

#endif
