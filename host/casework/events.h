/* The append-only rows of a case's history. */
#ifndef DUBAN_EVENTS_H
#define DUBAN_EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "casework/chain.h"
#include "store/store.h"

/* Inserts one row whose hashes chain_hash has filled. Its texts are NUL-terminated beyond their
 * length. */
MUST_USE bool events_add(struct store *store, int64_t case_id, const struct event *event,
                         int64_t activation_id, int64_t calendar_id, struct err *err);

/* One row as it is shown; texts are borrowed until the callback returns. */
struct event_line {
    int64_t seq;
    bool is_input;
    const char *kind;
    const char *name;
    int64_t at;
    int64_t now;
    bool has_occurred;
    int64_t occurred;       /* a day */
    const char *actor;      /* NULL: nobody acted */
    const char *actor_name; /* NULL: nobody acted */
    const char *recorder;   /* NULL: the keeper */
    bool is_for_another;    /* the recorder's account was not the actor's own then */
    const char *stands_for; /* whose role it was done in; NULL: the actor's own */
    int64_t activation_id;
    int64_t line;
    const char *body; /* NULL: lawfully destroyed */
};
/* Return false to stop. */
typedef bool event_line_fn(void *context, const struct event_line *line);

/* In recorded order, rows with seq > after. */
MUST_USE bool events_list(struct store *store, int64_t case_id, int64_t after, event_line_fn *each,
                          void *context, struct err *err);

#endif
