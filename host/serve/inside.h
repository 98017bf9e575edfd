/* What the files of the keeper share; nobody else looks inside. */
#ifndef DUBAN_KEEPER_INSIDE_H
#define DUBAN_KEEPER_INSIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "casework/acts.h"
#include "casework/chain.h"
#include "casework/events.h"
#include "casework/registry.h"
#include "casework/site.h"
#include "serve/batch.h"
#include "serve/pigeonholes.h"
#include "serve/granted.h"
#include "serve/keeper.h"
#include "serve/pool.h"
#include "serve/recipients.h"
#include "serve/verdict.h"

/* An office as decisions need it. Lives as long as the keeper: groups compare by address. */
struct bureau {
    int64_t office_id;
    char code[REGISTRY_CODE];
    struct almanac almanac;
    struct bureau *next;
};

struct keeper {
    struct site *site;
    struct store *store;
    struct zygote *zygote;
    struct chain *chain;
    struct pool *pool;
    struct recipients *recipients;
    struct pigeonholes *pigeonholes;
    struct bureau *bureaus;
    struct batch *now;  /* being written */
    struct batch *next; /* at the workers */
    struct verdict verdict;
    struct buf scratch;
    struct granted granted[GRANTED];
    int64_t written; /* store_writes after the last act on cases; -1: something else came since */
    struct keeper_ticked done; /* of what runs now */
    int64_t cut_at;            /* of clock_steady: when waves stop for others; 0: never */
    keeper_row_fn *each;
    void *context;
    struct buf told; /* rows that wait for their commit */
};

/* ---- keeper.c ---- */

/* Called first by everything public: what may have changed between two calls is read again. */
MUST_USE bool keeper_begin(struct keeper *keeper, struct err *err);
MUST_USE bool keeper_bureau(struct keeper *keeper, int64_t office_id, struct bureau **out,
                            struct err *err);
/* Keeps a row for the listener / hands all kept ones over after the commit / forgets them. */
void keeper_tell(struct keeper *keeper, const struct event *event);
void keeper_untold(struct keeper *keeper);
/* Savepoints with what must go with them: the rows to tell and the counts. */
struct keeper_mark {
    size_t told;
    struct keeper_ticked done;
};
MUST_USE bool keeper_savepoint(struct keeper *keeper, struct keeper_mark *mark, struct err *err);
MUST_USE bool keeper_back(struct keeper *keeper, const struct keeper_mark *mark, struct err *err);
/* Transactions with what must go with them: the clock and the rows to tell. */
MUST_USE bool keeper_commit(struct keeper *keeper, struct err *err);
void keeper_rollback(struct keeper *keeper);
/* The instant something new is recorded at. */
int64_t keeper_instant(const struct keeper *keeper);

/* ---- read.c ---- */

/* Reads one case into a batch, with its pending inputs; at CASE_NEVER takes no timers. ERR_CONFLICT
   when it is put aside or its version is. false with ERR_BUSY when the batch cannot take it: try
   after a reset. */
MUST_USE bool read_case(struct keeper *keeper, struct batch *batch, int64_t case_id,
                        struct item **out, struct err *err);
/* Puts the inputs after item->folded, up to the row last, into item->inputs. */
MUST_USE bool read_inputs_until(struct keeper *keeper, struct batch *batch, struct item *item,
                                int64_t last, struct err *err);
/* The next instant at which a case is due; CASE_NEVER when none is. */
MUST_USE bool read_next(struct keeper *keeper, int64_t *wake_at, struct err *err);
/* Cases due at or before until after the place given, in order, until the batch is full. */
MUST_USE bool read_due(struct keeper *keeper, struct batch *batch, struct place after,
                       int64_t until, struct err *err);

/* ---- opening.c ---- */
/* The unit of a record: the one whose code stands in its first unit field. 0: none. */
int64_t record_unit(struct keeper *keeper, const struct value *about, const struct value *record);
/* The number of a new case is taken, its row written; it has no event yet. */
struct opening {
    const struct bureau *bureau;
    struct crew *crew;
    const struct value *record;
    int64_t parent_id;
    const char *join_key;
    int64_t at;
};
MUST_USE bool opening_add(struct keeper *keeper, const struct opening *opening,
                          char number[static CASE_NUMBER_SIZE], int64_t *case_id, struct err *err);

/* ---- waves.c ---- */
/* Everything due at or before until, without jobs; less when keeper->cut_at comes. */
MUST_USE bool waves_run(struct keeper *keeper, int64_t until, struct err *err);
/* In a transaction: puts a case aside, and its version after three faults within an hour. */
MUST_USE bool waves_blame(struct keeper *keeper, const struct item *item, const struct err *why,
                          struct err *err);

#endif
