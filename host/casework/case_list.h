/* Cases as they are looked at: listed, shown, found by number. */
#ifndef DUBAN_CASE_LIST_H
#define DUBAN_CASE_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "casework/cases.h"
#include "store/store.h"

/* One case as a list shows it. Texts are borrowed until the callback returns. */
struct case_line {
    int64_t case_id;
    const char *number;
    int64_t office_id;
    const char *workflow;
    const char *title; /* of the workflow's version */
    int64_t activation_id;
    const char *state;
    const char *unit_code; /* NULL: none */
    const char *unit_name; /* NULL: none */
    const char *record;    /* canonical JSON */
    int64_t seq;
    int64_t folded;
    const char *due;        /* NULL: nothing runs */
    const char *late_since; /* NULL: no passed day stands */
    int64_t wake_at;        /* CASE_NEVER: nothing by itself */
    const char *parent;     /* number; NULL: none */
    int64_t opened_at;
    int64_t closed_at; /* CASE_NEVER: open */
    const char *outcome;
    const char *set_aside; /* NULL: in order */
};
/* Return false to stop the list. */
typedef bool case_line_fn(void *context, const struct case_line *line);

struct case_filter {
    const int64_t *offices; /* visible offices; NULL: all */
    size_t office_count;
    const char *workflow; /* id; NULL: all */
    const char *state;    /* id; NULL: all */
    const char *text;     /* in number or record; NULL: all */
    const char *number;   /* in the number; NULL: all */
    int64_t unit_id;      /* 0: all */
    const char *overdue;  /* open and due before this day "2026-10-12"; NULL: all */
    bool is_open;         /* only open ones */
    bool is_set_aside;    /* only those put aside */
    int64_t limit;        /* 0: no limit */
};
/* In order of number. */
MUST_USE bool cases_list(struct store *store, const struct case_filter *filter, case_line_fn *each,
                         void *context, struct err *err);
/* One case by its number; ERR_MISSING names the number. each is called once. */
MUST_USE bool cases_show(struct store *store, const char *number, case_line_fn *each, void *context,
                         struct err *err);
/* The same for a number that is whole already: one look into the index. */
MUST_USE bool cases_exact(struct store *store, const char *number, case_line_fn *each,
                          void *context, struct err *err);
/* The whole number for what somebody typed: itself, or the one number that ends with it, as
   "YJ-0001" for "430000-2025-YJ-0001"; several are listed in ERR_CONFLICT. The caller frees *out.
 */
MUST_USE bool cases_number(struct store *store, const char *word, char **out, struct err *err);
/* The same by id; each is called once, or not at all. */
MUST_USE bool cases_by_id(struct store *store, int64_t case_id, case_line_fn *each, void *context,
                          struct err *err);
MUST_USE bool cases_id(struct store *store, const char *number, int64_t *case_id, struct err *err);

#endif
