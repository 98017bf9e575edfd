/* Effects that wait for those who may sign. */
#ifndef DUBAN_PROPOSALS_H
#define DUBAN_PROPOSALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "casework/chain.h"
#include "store/store.h"

struct proposal_line {
    int64_t proposal_id;
    int64_t case_id;
    const char *number; /* of the case */
    const char *workflow;
    int64_t office_id;
    const char *effect_key;
    const char *step; /* "ladder/step" */
    const char *title;
    const char *signs;  /* JSON list: who may sign, in order */
    int64_t next_sign;  /* 1-based index into signs */
    const char *status; /* waiting released rejected dropped expired */
    int64_t raised_at;
    int64_t settled_at; /* INT64_MIN: waiting */
};
typedef bool proposal_line_fn(void *context, const struct proposal_line *line);

/* Waiting ones, or all; case_id 0 is every case. In order of id. */
MUST_USE bool proposals_list(struct store *store, int64_t case_id, bool only_waiting,
                             proposal_line_fn *each, void *context, struct err *err);
MUST_USE bool proposals_show(struct store *store, int64_t proposal_id, proposal_line_fn *each,
                             void *context, struct err *err);
/* What a decision raises; signs is canonical JSON. */
struct proposal_new {
    int64_t case_id;
    struct span key;
    struct span step;
    struct span title;
    struct span signs;
    int64_t at;
};
MUST_USE bool proposals_raise(struct store *store, const struct proposal_new *row, struct err *err);
/* Moves a waiting proposal to its next sign, or settles it with its outcome; one that does not wait
   is left alone. */
MUST_USE bool proposals_next(struct store *store, int64_t case_id, struct span key, int64_t next,
                             struct err *err);
MUST_USE bool proposals_settle(struct store *store, int64_t case_id, struct span key,
                               struct span outcome, int64_t at, struct err *err);

#endif
