/* What `duban cases` was asked for: options in people's words become a filter of the store. */
#ifndef DUBAN_CASES_FILTER_H
#define DUBAN_CASES_FILTER_H

#include <stdbool.h>

#include "base/base.h"
#include "base/err.h"
#include "base/value.h"
#include "casework/case_list.h"
#include "casework/registry.h"
#include "cli/args.h"
#include "cli/view.h"

/* The filter and what it borrows. Embeds: cases_filter_end at the end, also after failure. */
struct cases_filter {
    struct case_filter filter;
    char *workflow;
    struct value *states;
    struct value *where;
    struct value *abouts; /* list of descriptions, each with its workflow's id */
    struct person person;
    bool is_read; /* abouts are there */
};

MUST_USE bool cases_filter_read(struct cases_filter *out, struct view *view,
                                const struct args *args, struct err *err);
void cases_filter_end(struct cases_filter *given);
/* Fills abouts; harmless twice. */
MUST_USE bool cases_filter_load(struct cases_filter *given, struct view *view, struct err *err);
/* The fields that bear this id or label in the versions asked about: a list of { id, kind, label },
   borrowed from the descriptions; the caller frees the list. */
MUST_USE bool cases_filter_fields(struct cases_filter *given, struct view *view, const char *name,
                                  struct value **fields, struct err *err);

#endif
