/* The warm workers: one an activation, a small number of them, the longest idle one ends first. */
#ifndef DUBAN_POOL_H
#define DUBAN_POOL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/value.h"
#include "casework/site.h"
#include "casework/versions.h"

struct pool;
struct zygote;

#define POOL_WORKERS 6 /* at once */

/* An activation as the keeper knows it, with or without a worker. Lives as long as the pool. */
struct crew {
    struct activation is;
    struct value *about;
    bool is_quarantined;        /* its version is put aside */
    struct worker_link *worker; /* NULL: none is warm */
    uint64_t used;
    uint64_t calendars; /* of the pool when the worker was loaded */
    bool is_busy;       /* a request is on its way */
    int64_t deadline;   /* of what is on its way */
    struct crew *next;
};

/* How a question ended when it did not end well. */
enum pool_end {
    POOL_FINE,
    POOL_ENDED, /* the script ended its worker: time, memory, a signal; the text says which */
    POOL_KILLED /* somebody outside killed the worker */
};

MUST_USE bool pool_open(struct site *site, struct zygote *zygote, struct pool **out,
                        struct err *err);
void pool_close(struct pool *pool);
/* The calendars of the site changed: workers are loaded anew before their next question. */
void pool_forget_calendars(struct pool *pool);
/* A calendar that is not stored, for questions until pool_forget_calendars. */
MUST_USE bool pool_lend_calendar(struct pool *pool, const char *hash, const struct value *years,
                                 struct err *err);
/* Asks the store again which versions are put aside. */
MUST_USE bool pool_refresh(struct pool *pool, struct err *err);

/* Finds or reads the activation. */
MUST_USE bool pool_crew(struct pool *pool, int64_t activation_id, struct crew **out,
                        struct err *err);
/* Every crew known so far; NULL ends. */
struct crew *pool_first(struct pool *pool);

struct pool_request {
    const struct buf *bytes;
    size_t items; /* of the batch: each adds to the time it may take */
};
/* Sends a request to the crew's warm worker, which is started when there is none. ERR_BUSY when all
   workers are busy with others. On false as in pool_receive. */
MUST_USE bool pool_send(struct pool *pool, struct crew *crew, const struct pool_request *request,
                        enum pool_end *end, struct err *err);
/* A single question is about to be put, likely to the worker that was asked last: wakes it. */
void pool_rouse(struct pool *pool);
/* Takes the answer to what was sent. On false with POOL_ENDED or POOL_KILLED the worker is gone and
   err is the sentence; with POOL_FINE the world failed. */
MUST_USE bool pool_receive(struct pool *pool, struct crew *crew, struct buf *reply,
                           enum pool_end *end, struct err *err);
/* Both. */
MUST_USE bool pool_ask(struct pool *pool, struct crew *crew, const struct pool_request *request,
                       struct buf *reply, enum pool_end *end, struct err *err);
/* Ends the crew's worker, so that the next question meets a fresh one. */
void pool_drop(struct pool *pool, struct crew *crew);
/* One question to a fresh worker that has only the library. */
MUST_USE bool pool_ask_plain(struct pool *pool, const struct buf *request, struct buf *reply,
                             struct err *err);

#endif
