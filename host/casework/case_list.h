/* Cases as they are looked at: listed, shown, found by number. */
#ifndef DUBAN_CASE_LIST_H
#define DUBAN_CASE_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "base/value.h"
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

enum case_order {
    CASES_BY_NUMBER, /* office by office, by their codes; then as numbers run */
    CASES_BY_DUE,
    CASES_BY_LATE,
    CASES_BY_OPENED,
    CASES_BY_CLOSED,
    CASES_BY_UNIT,
    CASES_BY_STATE,
    CASES_BY_WORKFLOW
};

struct case_filter {
    const int64_t *offices; /* visible offices; NULL: all */
    size_t office_count;
    const char *workflow;       /* id; NULL: all */
    const char *state;          /* id, of whatever workflow; NULL: all */
    const struct value *states; /* list of { workflow, state }, one of which it is in; NULL: all */
    const char *text;           /* in number or record; NULL: all */
    const char *number;   /* the number, or a run of its parts, or how one begins; NULL: all */
    int64_t unit_id;      /* 0: all */
    int64_t only_unit_id; /* whose rows alone are seen; 0: all */
    const char *overdue;  /* open and due before this day "2026-10-12"; NULL: all */
    const char *person;   /* code of somebody who acted on it; NULL: all */
    /* Conditions on the record, each a list of { field, value, contains } one of which holds; NULL:
       none. */
    const struct value *where;
    bool is_open;         /* only open ones */
    bool is_closed;       /* only closed ones */
    bool is_late;         /* only those with a passed day that stands */
    bool is_set_aside;    /* only those put aside */
    int64_t opened_from;  /* instant; 0: all */
    int64_t opened_until; /* before this instant; 0: all */
    enum case_order order;
    bool is_descending;
    int64_t skip;  /* of the first ones */
    int64_t limit; /* 0: no limit */
};
MUST_USE bool cases_list(struct store *store, const struct case_filter *filter, case_line_fn *each,
                         void *context, struct err *err);
/* How many there are, whatever skip and limit say; counted no further than most, beyond which it is
   most + 1. */
MUST_USE bool cases_count(struct store *store, const struct case_filter *filter, int64_t most,
                          int64_t *count, struct err *err);
struct case_total {
    const char *workflow; /* NULL unless counted by workflow or state */
    const char *state;    /* NULL unless counted by state */
    int64_t unit_id;      /* 0 unless counted by unit, and for cases without one */
    int64_t count;
    int64_t open;
    int64_t late;
};
typedef void case_total_fn(void *context, const struct case_total *total);
/* Counted by CASES_BY_WORKFLOW, CASES_BY_STATE or CASES_BY_UNIT. */
MUST_USE bool cases_totals(struct store *store, const struct case_filter *filter,
                           enum case_order by, case_total_fn *each, void *context, struct err *err);
/* One case by its number, as cases_number_at reads it (office may be NULL); ERR_MISSING names the
   number. each is called once. */
MUST_USE bool cases_show(struct store *store, const char *office, const char *number,
                         case_line_fn *each, void *context, struct err *err);
/* The same for a number that is whole already: one look into the index. */
MUST_USE bool cases_exact(struct store *store, const char *number, case_line_fn *each,
                          void *context, struct err *err);
/* The whole number for what somebody typed: itself, or the one number that ends with it, as
   "YJ-0001" for "430000-2025-YJ-0001"; several are listed in ERR_CONFLICT. The caller frees *out.
 */
MUST_USE bool cases_number(struct store *store, const char *word, char **out, struct err *err);
/* The same for somebody who works in an office: among several its own comes first. */
MUST_USE bool cases_number_at(struct store *store, const char *office, const char *word, char **out,
                              struct err *err);
/* The same by id; each is called once, or not at all. */
MUST_USE bool cases_by_id(struct store *store, int64_t case_id, case_line_fn *each, void *context,
                          struct err *err);
MUST_USE bool cases_id(struct store *store, const char *number, int64_t *case_id, struct err *err);

#endif
