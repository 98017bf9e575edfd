/* A batch: cases read from the store, grouped by who answers for them, with the requests and
   answers that travel to workers and back. */
#ifndef DUBAN_BATCH_H
#define DUBAN_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/codec.h"
#include "base/digest.h"
#include "base/err.h"
#include "casework/cases.h"
#include "serve/arena.h"
#include "serve/pool.h"

#define BATCH_CASES 256
#define BATCH_GROUPS 4
#define BATCH_BYTES \
    ((size_t)4 * 1024 * 1024) /* of snapshots and inputs; a batch is cut beyond it */

/* The place of a case in the order of a wave. */
struct place {
    int64_t wake_at;
    int64_t round;
    int64_t case_id;
};
int place_compare(struct place a, struct place b);

/* Whose calendar is in force for a case. */
struct almanac {
    int64_t calendar_id;
    char hash[DIGEST_HEX];
};

/* What somebody wants recorded; texts borrowed. */
struct ask {
    const char *kind; /* fact, approved, rejected, plan_signed, calendar_changed */
    const char *name;
    int64_t at;
    bool has_occurred;
    int64_t occurred;
    const char *actor;    /* person's code; NULL: nobody */
    const char *recorder; /* account; NULL: the keeper */
    struct span body;     /* one codec value */
};

struct item {
    struct place place;
    const char *number;
    int64_t office_id;
    int64_t seq;
    int64_t folded;
    unsigned char head[DIGEST_SIZE];
    int64_t closed_at;
    const char *outcome;
    const char *workflow;
    int64_t parent_id;
    struct span snapshot; /* bytes NULL: none yet */
    struct span inputs;   /* codec values one after the other */
    size_t input_count;
    const struct ask *ask; /* NULL: none */
    int64_t at;            /* timers up to it are taken; CASE_NEVER: none */
    int64_t now;
    struct crew *crew;
    const struct almanac *almanac;
    struct codec_in answer; /* the RESULT, once there is one */
    bool is_answered;
    struct err fault; /* why there is none; kind ERR_NONE while there is no fault */
};

struct group {
    struct crew *crew;
    const struct almanac *almanac;
    size_t members[BATCH_CASES];
    size_t count;
    struct buf request;
    struct buf reply;
    bool is_sent;
};

struct batch {
    struct item items[BATCH_CASES];
    size_t count;
    struct group groups[BATCH_GROUPS];
    size_t group_count;
    struct arena arena; /* what items point to */
    size_t bytes;
    const struct almanac *almanac; /* counts for all instead of each office's own; NULL: none */
    struct place barrier;          /* something before the rest woke since this batch was read */
};

struct batch *batch_new(void);
void batch_free(struct batch *batch);
void batch_reset(struct batch *batch);
bool batch_is_full(const struct batch *batch);
/* A zeroed item at the end. */
struct item *batch_add(struct batch *batch);
/* Puts the last item into its group; false when that would be one group too many: the item is taken
 * back. */
MUST_USE bool batch_join(struct batch *batch);
/* Takes the last item out again. */
void batch_leave(struct batch *batch);
/* Sends all groups / takes all answers and finds each item's part. A group whose worker ends is
   asked again case by case; a case that ends a fresh worker twice gets a fault. false only when the
   world fails. */
MUST_USE bool batch_send(struct batch *batch, struct pool *pool, struct err *err);
MUST_USE bool batch_receive(struct batch *batch, struct pool *pool, struct err *err);
/* Drops what is on its way. */
void batch_abandon(struct batch *batch, struct pool *pool);

#endif
