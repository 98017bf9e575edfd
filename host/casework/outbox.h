/* Messages that a decision asked for, one row a person, under a key that makes a repeat harmless.
 */
#ifndef DUBAN_OUTBOX_H
#define DUBAN_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "casework/chain.h"
#include "store/store.h"

struct outbox_line {
    int64_t outbox_id;
    const char *number; /* of the case; NULL: sent by a job */
    int64_t office_id;  /* of the person */
    const char *effect_key;
    const char *person; /* code */
    const char *person_name;
    const char *unit_name; /* NULL: of the office itself */
    const char *template;
    const char *data;   /* canonical JSON */
    const char *status; /* waiting claimed digested sent unknown dead cancelled */
    int64_t created_at;
};
typedef bool outbox_line_fn(void *context, const struct outbox_line *line);

/* status NULL: all; case_id 0: every case. In order of id. */
MUST_USE bool outbox_list(struct store *store, int64_t case_id, const char *status,
                          outbox_line_fn *each, void *context, struct err *err);
/* What a decision asks to be sent, without to whom. Its texts are NUL-terminated beyond their
 * length. */
struct outbox_new {
    int64_t case_id; /* 0: sent by a job */
    struct span key;
    struct span template;
    struct span data;       /* canonical JSON */
    struct span principals; /* canonical JSON; bytes NULL: the person alone was meant */
    int64_t at;
};
/* A row that is there already is left as it is. */
MUST_USE bool outbox_add(struct store *store, const struct outbox_new *row, int64_t person_id,
                         struct err *err);
/* Cancels what waits under keys that begin with prefix. */
MUST_USE bool outbox_cancel(struct store *store, int64_t case_id, struct span prefix,
                            struct err *err);

#endif
