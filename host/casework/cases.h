/* The rows of cases: made, moved on after a decision, put aside. */
#ifndef DUBAN_CASES_H
#define DUBAN_CASES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/value.h"
#include "casework/chain.h"
#include "store/store.h"

#define CASE_NUMBER_SIZE 128 /* with its NUL */
#define CASE_NEVER INT64_MIN /* no instant */

/* What an act needs of one case. Embeds; cases_load fills it, case_clear frees. */
struct case_row {
    int64_t case_id;
    char number[CASE_NUMBER_SIZE];
    int64_t office_id;
    int64_t activation_id;
    char *state;
    char *record;
    char *snapshot; /* NULL: not decided yet */
    size_t snapshot_length;
    int64_t seq;
    int64_t folded;
    unsigned char head[DIGEST_SIZE];
    int64_t wake_at; /* CASE_NEVER: nothing */
    int64_t round;
    int64_t parent_id; /* 0: none */
    int64_t opened_at;
    int64_t closed_at; /* CASE_NEVER: open */
    char *outcome;
    char *set_aside; /* NULL: in order */
};
MUST_USE bool cases_load(struct store *store, int64_t case_id, struct case_row *out,
                         struct err *err);
void case_clear(struct case_row *row);

/* What is written for a new case: it has no rows yet (seq 0) and sleeps. */
struct case_new {
    const char *number;
    int64_t office_id;
    const char *workflow;
    int64_t activation_id;
    int64_t unit_id;      /* 0: none */
    const char *record;   /* canonical JSON */
    int64_t parent_id;    /* 0: none */
    const char *join_key; /* NULL: others do not join it */
    int64_t opened_at;
};
MUST_USE bool cases_add(struct store *store, const struct case_new *row, int64_t *case_id,
                        struct err *err);

/* What a decision leaves behind. */
struct case_moved {
    int64_t case_id;
    int64_t seen; /* seq when it was read */
    const char *state;
    const void *snapshot;
    size_t snapshot_length;
    int64_t seq; /* of the last row; everything up to it is decided */
    const unsigned char *head;
    const char *due;   /* NULL: no deadline runs */
    const char *late;  /* NULL: no passed day stands */
    int64_t wake_at;   /* CASE_NEVER: nothing */
    int64_t closed_at; /* CASE_NEVER: open */
    const char *outcome;
    bool keeps_times; /* wake_at and closed_at are as they were: tried first, and cheaper */
};
/* *moved is false when somebody wrote to the case since it was read; nothing is changed then. The
   round of the case begins again at 0. */
MUST_USE bool cases_move(struct store *store, const struct case_moved *row, bool *moved,
                         struct err *err);

/* The record changed with a decision: what was registered, and the unit it names (0: none). */
MUST_USE bool cases_amend(struct store *store, int64_t case_id, const char *record, int64_t unit_id,
                          struct err *err);

/* A pending input was appended. */
struct case_woken {
    int64_t case_id;
    int64_t seq;
    const unsigned char *head;
    int64_t at;
    int64_t round;
};
/* Head moves on and the case wakes at the instant in the round, unless it wakes at that instant or
   before already: then it keeps both. One that was put aside stays asleep. */
MUST_USE bool cases_wake(struct store *store, const struct case_woken *row, struct err *err);
/* Puts a case aside with its reason (it wakes no more) or takes it back (it wakes at the instant).
 */
MUST_USE bool cases_put_aside(struct store *store, int64_t case_id, const char *reason,
                              struct err *err);
MUST_USE bool cases_take_back(struct store *store, int64_t case_id, int64_t wake_at,
                              struct err *err);
/* The newest open case of the workflow in the office that was opened with that join key; 0 when
 * none. */
MUST_USE bool cases_joined(struct store *store, int64_t office_id, const char *workflow,
                           const char *key, int64_t *case_id, struct err *err);

#endif
