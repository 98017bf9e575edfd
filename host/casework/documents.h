/* Papers that a decision asked for; 文号 is taken with the row of a signed one. */
#ifndef DUBAN_DOCUMENTS_H
#define DUBAN_DOCUMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "casework/chain.h"
#include "store/store.h"

struct document_line {
    int64_t document_id;
    const char *case_number; /* NULL: asked for by a job */
    const char *effect_key;
    const char *name;
    const char *number; /* NULL: none */
    const char *data;   /* canonical JSON */
    const char *status; /* drafted numbered cancelled */
    int64_t created_at;
};
typedef bool document_line_fn(void *context, const struct document_line *line);

/* case_id 0: every case. In order of id. */
MUST_USE bool documents_list(struct store *store, int64_t case_id, document_line_fn *each,
                             void *context, struct err *err);
/* What a decision drafts. */
struct document_new {
    int64_t office_id;
    int64_t case_id; /* 0: asked for by a job */
    struct span key;
    struct span name;
    const char *number; /* NULL: a draft without one */
    struct span data;   /* canonical JSON */
    int64_t at;
};
MUST_USE bool documents_add(struct store *store, const struct document_new *row, struct err *err);
/* Cancels drafts whose key begins with prefix; numbered papers stay. */
MUST_USE bool documents_cancel(struct store *store, int64_t case_id, struct span prefix,
                               struct err *err);

#endif
