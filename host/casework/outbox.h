/* Messages that a decision asked for, one row a person, under a key that makes a repeat harmless;
   and what people see of them and of the attempts to send them.
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
    const char *channel; /* NULL: not routed yet */
    int64_t priority;
    int64_t hold_until; /* 0: nothing holds it */
    int64_t expires_at; /* 0: never */
    int64_t retry_at;   /* ms of the boot; 0: at once */
    int64_t attempts;
    int64_t seen_at;     /* 0: not acknowledged */
    const char *reason;  /* "" when in order */
    const char *message; /* canonical JSON; NULL: not rendered yet */
};
typedef bool outbox_line_fn(void *context, const struct outbox_line *line);

/* Empty members ask for everything. */
struct outbox_filter {
    int64_t outbox_id;
    int64_t case_id;
    const char *status;
    const char *channel;
    int64_t since; /* created at or after */
    int64_t until; /* created before */
};
/* In order of id. */
MUST_USE bool outbox_list(struct store *store, const struct outbox_filter *filter,
                          outbox_line_fn *each, void *context, struct err *err);
/* One attempt of a message, in the platform's own words. */
struct outbox_attempt {
    int64_t attempt;
    const char *channel;
    int64_t at;     /* the wall's clock */
    int64_t micros; /* -1: no outcome came back */
    int64_t bytes;
    int64_t status;
    const char *code;
    const char *text;
    const char *outcome; /* "started" while it is under way */
};
typedef bool outbox_attempt_fn(void *context, const struct outbox_attempt *attempt);
/* In order; not while the rows of outbox_list are being read out of the same store. */
MUST_USE bool outbox_attempts(struct store *store, int64_t outbox_id, outbox_attempt_fn *each,
                              void *context, struct err *err);

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
/* A person has it sent again under its key, with a new chain of attempts. A dead message finds its
   channel and its words anew; one whose fate is unknown goes the same way in the same words, marked
   as a repeat. ERR_CONFLICT for any other state; at is the site's clock. */
MUST_USE bool outbox_replay(struct store *store, int64_t outbox_id, int64_t at, struct err *err);

#endif
