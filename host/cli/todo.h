/* What somebody has to do, gathered for `duban todo`: rows of a few sections, each with its count,
   of which the first ones are kept to be shown. */
#ifndef DUBAN_TODO_H
#define DUBAN_TODO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "base/value.h"
#include "casework/duties.h"
#include "casework/workdays.h"
#include "cli/house.h"
#include "cli/view.h"

enum todo_section {
    TODO_SIGN, /* the person may sign it */
    TODO_LATE,
    TODO_TODAY,
    TODO_WEEK,
    TODO_UNDATED, /* may be done, and no day runs */
    TODO_OTHERS,  /* somebody else has to act */
    TODO_UPKEEP,  /* for the administrator */
    TODO_SECTIONS
};

enum todo_kind {
    TODO_CASE,
    TODO_PROPOSAL,
    TODO_LINE
};

struct todo_item {
    enum todo_kind kind;
    int64_t id;  /* of the case or proposal */
    int64_t day; /* what it is sorted by: due, late since, raised; INT64_MAX: none */
    bool is_late;
    const char *fact; /* id, borrowed from a description; NULL: nothing to record */
    char *reason;     /* of a TODO_LINE */
    char *command;    /* of a TODO_LINE */
};

struct todo_list {
    struct todo_item *items; /* in order of day */
    size_t kept;
    int64_t count; /* kept or not */
};

struct todo {
    struct view *view;
    struct duties *duties;
    struct workdays *workdays; /* NULL: the office has no calendar */
    const char *by;            /* as it was typed; NULL: the account's own person */
    int64_t person_id;
    int64_t today;
    int64_t sunday; /* the last day of this week */
    int64_t later;  /* cases whose day comes after it */
    size_t limit;   /* rows kept in a section */
    bool is_head;   /* sees what only heads may do, and the counts of the office */
    struct todo_list lists[TODO_SECTIONS];
    struct value *stances; /* what was settled for an activation and a state */
};

/* Keeps the item where its day puts it, or only counts it; takes reason and command over. */
void todo_add(struct todo *todo, enum todo_section section, const struct todo_item *item);

/* Open cases of the office or of the person's unit, by their days. */
MUST_USE bool todo_gather_cases(struct todo *todo, struct err *err);
/* Proposals, drafts, the catch-up list; messages and cases that got stuck, for an administrator. */
MUST_USE bool todo_gather_waiting(struct todo *todo, struct err *err);

/* The sections that are not empty; map gets them under --json. */
MUST_USE bool todo_show(struct todo *todo, struct value *map, struct err *err);
/* Appends "duban fact 430000-2025-ZG-0027 申报销号 整改成效=": what deals with the row, ready to be
   copied and filled in. fact NULL: a look at the case. */
struct buf;
void todo_command(const struct todo *todo, const char *number, const struct value *about,
                  const char *fact, struct buf *out);
/* Appends the words every command begins with: duban, and the site when it is not here. */
void todo_begin_command(const struct todo *todo, struct buf *out);
void todo_end_command(const struct todo *todo, struct buf *out);

/* The office counted by unit, by person and by the offices below it. */
MUST_USE bool todo_show_head(struct todo *todo, struct value *map, struct err *err);

#endif
